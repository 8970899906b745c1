import { type JsonObject, jsonEqual } from '@tidemark/protocol';
import type { ClientStore, StoreTable } from './client-store.ts';
import { STORE_TABLES } from './tables.ts';

/**
 * A local store in memory: for tests, for the simulator, and as the last resort of a page that may not keep anything.
 * Several sessions may share one. Rows are kept as text, so that nobody can change a stored row by its reference.
 * @param durable what the store says of itself; a test that plays a restart keeps the same object and passes true.
 */
export const createMemoryStore = (durable = false): ClientStore => {
  const tables = new Map<StoreTable, Map<string, string>>(STORE_TABLES.map((table) => [table, new Map()]));
  const readRow = (table: StoreTable, key: string): JsonObject | undefined => {
    const text = tables.get(table)?.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  };
  return {
    durable,
    readAll: async (table) => [...(tables.get(table) ?? [])].map(([key, text]) => ({ key, value: JSON.parse(text) })),
    read: async (table, key) => readRow(table, key),
    write: async ({ check = [], put = [], delete: gone = [], clear = [] }) => {
      if (!check.every(({ table, key, value }) => jsonEqual(readRow(table, key), value))) return false;
      for (const table of clear) tables.get(table)?.clear();
      for (const { table, key } of gone) tables.get(table)?.delete(key);
      for (const { table, key, value } of put) tables.get(table)?.set(key, JSON.stringify(value));
      return true;
    },
    close: async () => undefined,
  };
};
