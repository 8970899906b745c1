export {
  appendOf,
  changeRow,
  clientRow,
  countTo,
  type Open,
  type Opened,
  receiptRow,
  recordOf,
  recordRow,
  SPACE,
  spaceRow,
  storeRecords,
} from './build.ts';
export { storageConformance } from './conformance.suite.ts';
