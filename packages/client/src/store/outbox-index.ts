import { type OutboxRow, recordKey } from './rows.ts';

/** Which outbox rows are about which record: an edit of one record then costs no look at all the others. Voids are about none. */
export interface OutboxIndex {
  /** Takes note of a row that was put (or, where null, deleted) in the place of `before`. */
  replace(before: OutboxRow | undefined, after: OutboxRow | null): void;
  /** The rows about a record, in the order in which they are sent. */
  of(key: string): readonly OutboxRow[];
  /** The records that rows are about. */
  keys(): Iterable<string>;
  clear(): void;
}

const NONE: readonly OutboxRow[] = [];

const keyOf = ({ mutation }: OutboxRow): string | undefined =>
  mutation.op === 'void' ? undefined : recordKey(mutation.collection, mutation.id);

export const createOutboxIndex = (rows: Iterable<OutboxRow>): OutboxIndex => {
  const byKey = new Map<string, OutboxRow[]>();
  const remove = (row: OutboxRow, key: string): void => {
    const left = byKey.get(key)?.filter((one) => one.mutation.mutationId !== row.mutation.mutationId) ?? [];
    if (left.length === 0) byKey.delete(key);
    else byKey.set(key, left);
  };
  const add = (row: OutboxRow, key: string): void => {
    const present = byKey.get(key) ?? [];
    byKey.set(
      key,
      [...present, row].sort((a, b) => a.mutation.n - b.mutation.n),
    );
  };
  const replace: OutboxIndex['replace'] = (before, after) => {
    const left = before && keyOf(before);
    if (before !== undefined && left !== undefined) remove(before, left);
    const entered = after === null ? undefined : keyOf(after);
    if (after !== null && entered !== undefined) add(after, entered);
  };
  for (const row of rows) replace(undefined, row);
  return { replace, of: (key) => byKey.get(key) ?? NONE, keys: () => byKey.keys(), clear: () => byKey.clear() };
};
