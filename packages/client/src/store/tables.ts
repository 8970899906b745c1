import type { StoreTable } from './client-store.ts';

/** Every table of a local store. */
export const STORE_TABLES: readonly StoreTable[] = ['records', 'staged', 'outbox', 'parked', 'journal', 'meta'];

/** Layout of the local store. A store of a greater one is refused. 1: first. */
export const STORAGE_VERSION = 1;
