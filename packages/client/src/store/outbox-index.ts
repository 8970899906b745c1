import type { Mutation } from '@tidemark/protocol/messages';
import { type OutboxRow, recordKey } from './rows.ts';

/** Which outbox rows are about which record: an edit of one record then costs no look at all the others. Voids are about none. */
export interface OutboxIndex {
  /** Takes note of a row that was put (or, where absent, deleted) in the place of `before`. */
  replace(before: OutboxRow | undefined, after: OutboxRow | undefined): void;
  /** The rows about a record, in the order in which they are sent. */
  of(key: string): readonly OutboxRow[];
  /** The records that rows are about. */
  keys(): Iterable<string>;
  /** How many mutations are not acknowledged yet. A void stands for a parked mutation, so it is not counted. */
  pending(): number;
}

/** The record that a row is about. */
export const targetOf = (row: Pick<OutboxRow, 'mutation'> | undefined): string | undefined =>
  row === undefined || row.mutation.op === 'void' ? undefined : recordKey(row.mutation.collection, row.mutation.id);

export const createOutboxIndex = (): OutboxIndex => {
  const byRecord = new Map<string, Map<string, OutboxRow>>();
  let pending = 0;
  const replace: OutboxIndex['replace'] = (before, after) => {
    for (const row of [before, after]) {
      const key = targetOf(row);
      if (row === undefined || key === undefined) continue;
      const rows = byRecord.get(key) ?? new Map<string, OutboxRow>();
      const { mutationId } = row.mutation;
      if (row === after) rows.set(mutationId, row);
      else rows.delete(mutationId);
      if (rows.size === 0) byRecord.delete(key);
      else byRecord.set(key, rows);
      if (row.settled === undefined) pending += row === after ? 1 : -1;
    }
  };
  return {
    replace,
    of: (key) => bySending(byRecord.get(key)?.values() ?? []),
    keys: () => byRecord.keys(),
    pending: () => pending,
  };
};

/** Rows in the order in which they are sent. */
export const bySending = (rows: Iterable<OutboxRow>): OutboxRow[] => [...rows].sort((a, b) => a.mutation.n - b.mutation.n);

/** The mutations of rows, without the voids. */
export const pendingOf = (rows: readonly OutboxRow[]): Mutation[] =>
  rows.flatMap(({ mutation }) => (mutation.op === 'void' ? [] : [mutation]));
