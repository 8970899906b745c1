import type { Mutation, RecordState } from '@tidemark/protocol/messages';
import type { StoreTable } from './client-store.ts';
import { bySending, createOutboxIndex, type OutboxIndex, pendingOf } from './outbox-index.ts';
import {
  isJournalRow,
  isOutboxRow,
  isParkedRow,
  isRecordState,
  type JournalRow,
  type Meta,
  type OutboxRow,
  type ParkedRow,
} from './rows.ts';

/** What one row of each table is. `kept` are states that a snapshot replaced under pending mutations (rows of meta). */
export interface RowTypes {
  readonly records: RecordState;
  readonly staged: RecordState;
  readonly outbox: OutboxRow;
  readonly parked: ParkedRow;
  readonly journal: JournalRow;
  readonly kept: RecordState;
}
export type TableName = keyof RowTypes;

/** The rows of each table as this session knows them. */
export type Rows = { readonly [T in TableName]: Map<string, RowTypes[T]> };

/** Rows that are put (a value) or deleted (null), per table. */
export type RowChanges = { readonly [T in TableName]?: ReadonlyMap<string, RowTypes[T] | null> | undefined };

/** The local store in memory, true as of `meta.writes`. Only transactions change it, and only after the store did. */
export interface Mirror extends Rows {
  meta: Meta;
  readonly outboxIndex: OutboxIndex;
}

export const META_KEY = 'state';
const KEPT_PREFIX = 'kept:';

/** How the rows of a table are told from damage. */
export const ROW_TESTS: { readonly [T in TableName]: (row: unknown) => row is RowTypes[T] } = {
  records: isRecordState,
  staged: isRecordState,
  outbox: isOutboxRow,
  parked: isParkedRow,
  journal: isJournalRow,
  kept: isRecordState,
};

export const TABLE_NAMES: readonly TableName[] = ['records', 'staged', 'outbox', 'parked', 'journal', 'kept'];

/** Where a row is stored. */
export interface Place {
  readonly table: StoreTable;
  readonly key: string;
}

export const placeOf = (name: TableName, key: string): Place =>
  name === 'kept' ? { table: 'meta', key: KEPT_PREFIX + key } : { table: name, key };

/** A map for each table, also for changes of them (`N`: null). */
export const emptyRows = <N = never>(): { readonly [T in TableName]: Map<string, RowTypes[T] | N> } => ({
  records: new Map(),
  staged: new Map(),
  outbox: new Map(),
  parked: new Map(),
  journal: new Map(),
  kept: new Map(),
});

export const emptyMirror = (meta: Meta): Mirror => ({ ...emptyRows<never>(), meta, outboxIndex: createOutboxIndex() });

/** Changes one table. The only way in which a mirror's rows change. */
export const applyRows = <T extends TableName>(mirror: Mirror, name: T, rows: RowChanges[T]): void => {
  const present: Rows[T] = mirror[name];
  for (const [key, row] of rows ?? []) {
    if (row === null) present.delete(key);
    else present.set(key, row);
  }
};

/** Outbox rows in the order in which they are sent. */
export const inOrder = (mirror: Mirror): OutboxRow[] => bySending(mirror.outbox.values());

/** Those without a receipt, in the order in which they are sent. */
export const waitingRows = (mirror: Mirror): OutboxRow[] => inOrder(mirror).filter((row) => row.settled === undefined);

/** What waits in the outbox, without the voids. */
export const pendingMutations = (mirror: Mirror): Mutation[] => pendingOf(waitingRows(mirror));
