export type { Account, AccountKey, AccountOptions, AccountState } from './account.ts';
export { type Adoption, adoptLocalStore, LOCAL_ACCOUNT } from './adopt.ts';
export { openAccount } from './open-account.ts';
export { createMemoryTokens, createStorageTokens, isTokens, type TextStorage, type TokenStore, type Tokens } from './token-store.ts';
