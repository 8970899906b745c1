import type { JsonObject } from '@tidemark/protocol';

/**
 * The local store port: named tables of JSON rows and transactions over them.
 *
 * - `write` is atomic and durable: when it resolves, all of it survives a crash (IndexedDB `durability: 'strict'`); when
 *   it rejects, nothing of it is stored. Several sessions (tabs) may have one store open; writes are serialised, and
 *   `check` is evaluated inside the transaction, so that a page applies only if the stored cursor is still the one it was asked with.
 * - `read` answers a consistent state.
 */
export interface ClientStore {
  /** False where it does not outlive the page. */
  readonly durable: boolean;
  readAll(table: StoreTable): Promise<readonly StoreRow[]>;
  read(table: StoreTable, key: string): Promise<JsonObject | undefined>;
  /** False when `check` was not met; then nothing was written. */
  write(batch: StoreBatch): Promise<boolean>;
  close(): Promise<void>;
}

/** records: server states · staged: a snapshot on its way in · outbox, parked, journal: mutations · meta: cursor, clientId, counters. */
export type StoreTable = 'records' | 'staged' | 'outbox' | 'parked' | 'journal' | 'meta';

export interface StoreRow {
  readonly key: string;
  readonly value: JsonObject;
}

export interface StoreBatch {
  /** The stored row must be exactly this (by canonical JSON), or absent where `value` is undefined. */
  readonly check?: readonly { readonly table: StoreTable; readonly key: string; readonly value: JsonObject | undefined }[];
  readonly put?: readonly { readonly table: StoreTable; readonly key: string; readonly value: JsonObject }[];
  readonly delete?: readonly { readonly table: StoreTable; readonly key: string }[];
  /** Emptied before the puts. */
  readonly clear?: readonly StoreTable[];
}
