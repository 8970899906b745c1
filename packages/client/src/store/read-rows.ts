import type { JsonObject } from '@tidemark/protocol';
import type { ClientStore } from './client-store.ts';
import { emptyRows, placeOf, ROW_TESTS, type RowTypes, TABLE_NAMES, type TableName } from './mirror.ts';
import type { Change } from './transactions.ts';

/** The Error of a store that holds what nobody wrote. */
export const damaged = (key: string): Error => new Error(`The local store is damaged at ${key}`);

/**
 * Reads the named rows (one that is not there counts as deleted), or with null everything, as the change that brings a mirror
 * up to date. Rejects where a row is damaged.
 */
export const readRows = async (store: ClientStore, named: readonly (readonly [TableName, string])[] | null): Promise<Change> => {
  const rows: { readonly [T in TableName]: Map<string, RowTypes[T] | null> } = emptyRows<null>();
  const take = <T extends TableName>(name: T, key: string, value: JsonObject | undefined): void => {
    const isRow: (row: unknown) => row is RowTypes[T] = ROW_TESTS[name];
    if (value !== undefined && !isRow(value)) throw damaged(key);
    rows[name].set(key, value ?? null);
  };
  if (named !== null) {
    const read = async ([name, key]: readonly [TableName, string]): Promise<void> => {
      const place = placeOf(name, key);
      take(name, key, await store.read(place.table, place.key));
    };
    await Promise.all(named.map(read));
    return { rows };
  }
  for (const name of TABLE_NAMES) {
    const { table, key: prefix } = placeOf(name, '');
    const found = [...(await store.readAll(table))];
    // The journal is pruned from its oldest end, so it is held in that order.
    if (name === 'journal') found.sort((a, b) => Number(a.value.at) - Number(b.value.at));
    for (const { key, value } of found) if (key.startsWith(prefix)) take(name, key.slice(prefix.length), value);
  }
  return { clear: TABLE_NAMES, rows };
};
