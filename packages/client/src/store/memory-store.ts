import { canonicalJson, type JsonObject } from '@tidemark/protocol';
import type { ClientStore, StoreBatch, StoreTable } from './client-store.ts';
import { STORE_TABLES } from './tables.ts';

/**
 * A local store in memory: for tests, for the simulator, and as the last resort of a page that may not keep anything.
 * Several sessions may share one. Rows are kept as text, so that nobody can change a stored row by its reference.
 * @param durable what the store says of itself; a test that plays a restart keeps the same object and passes true.
 */
export const createMemoryStore = (durable = false): ClientStore => {
  const tables = new Map<StoreTable, Map<string, string>>(STORE_TABLES.map((table) => [table, new Map()]));
  const rows = (table: StoreTable): Map<string, string> => {
    const found = tables.get(table);
    if (found === undefined) throw new Error(`The local store has no table ${table}`);
    return found;
  };
  return {
    durable,
    readAll: async (table) => [...rows(table)].map(([key, text]) => ({ key, value: parseRow(text) })),
    read: async (table, key) => {
      const text = rows(table).get(key);
      return text === undefined ? undefined : parseRow(text);
    },
    write: async (batch) => writeRows(rows, batch),
    close: async () => undefined,
  };
};

const writeRows = (rows: (table: StoreTable) => Map<string, string>, batch: StoreBatch): boolean => {
  for (const { table, key, value } of batch.check ?? []) {
    const stored = rows(table).get(key);
    if (stored !== (value === undefined ? undefined : canonicalJson(value))) return false;
  }
  for (const table of batch.clear ?? []) rows(table).clear();
  for (const { table, key } of batch.delete ?? []) rows(table).delete(key);
  for (const { table, key, value } of batch.put ?? []) rows(table).set(key, canonicalJson(value));
  return true;
};

const parseRow = (text: string): JsonObject => JSON.parse(text);
