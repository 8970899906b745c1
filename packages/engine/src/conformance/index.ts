export { accountsConformance, type OpenAccounts, type OpenedAccounts } from './accounts.suite.ts';
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
