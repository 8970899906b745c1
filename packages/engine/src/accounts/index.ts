export {
  type AccountsItem,
  type AccountsStorage,
  ADDRESSES_MAX,
  type ItemAddress,
  type ItemPage,
  type ItemWrite,
  WRITES_MAX,
} from './accounts-storage.ts';
export { createMemoryAccounts } from './memory-accounts.ts';
