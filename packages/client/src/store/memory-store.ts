import { type JsonObject, jsonEqual } from '@tidemark/protocol';
import type { ClientStore, StoreTable } from './client-store.ts';
import { STORE_TABLES } from './tables.ts';

/**
 * A local store in memory: for tests, for the simulator, and as the last resort of a page that may not keep anything.
 * Several sessions may share one. Rows are kept and answered as they are given, since JSON is never changed in place here (its types
 * are readonly; to print each would be a third of a first sync's time).
 * @param durable what the store says of itself; a test that plays a restart keeps the same object and passes true.
 */
export const createMemoryStore = (durable = false): ClientStore => {
  const tables = new Map<StoreTable, Map<string, JsonObject>>(STORE_TABLES.map((table) => [table, new Map()]));
  return {
    durable,
    readAll: async (table) => [...(tables.get(table) ?? [])].map(([key, value]) => ({ key, value })),
    read: async (table, key) => tables.get(table)?.get(key),
    write: async ({ check = [], put = [], delete: gone = [], clear = [] }) => {
      if (!check.every(({ table, key, value }) => jsonEqual(tables.get(table)?.get(key), value))) return false;
      for (const table of clear) tables.get(table)?.clear();
      for (const { table, key } of gone) tables.get(table)?.delete(key);
      for (const { table, key, value } of put) tables.get(table)?.set(key, value);
      return true;
    },
    close: async () => undefined,
  };
};
