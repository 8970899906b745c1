export type {
  Client,
  ClientOptions,
  CollectionHandle,
  GroupWriter,
  LocalConflict,
  MutationState,
  ParkedMutation,
  Status,
  SyncState,
  Traffic,
  Written,
} from './client.ts';
export { openClient } from './open-client.ts';
export { browserEnv, openIndexedDbStore } from './platform/browser-env.ts';
export type { ClientEnv, HttpRequest, HttpResponse, HttpStream } from './platform/client-env.ts';
export type { ClientStore, StoreBatch, StoreRow, StoreTable } from './store/client-store.ts';
export { createIndexedDbStore, type IndexedDbOptions } from './store/indexeddb-store.ts';
export { createMemoryStore } from './store/memory-store.ts';
