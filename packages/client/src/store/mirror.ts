import type { RecordState } from '@tidemark/protocol/messages';
import type { ClientStore, StoreRow, StoreTable } from './client-store.ts';
import { createOutboxIndex, type OutboxIndex } from './outbox-index.ts';
import {
  isJournalRow,
  isMeta,
  isOutboxRow,
  isParkedRow,
  isRecordState,
  type JournalRow,
  type Meta,
  type OutboxRow,
  type ParkedRow,
} from './rows.ts';

/** The rows of each table as this session knows them. `kept` are states that a snapshot replaced under pending mutations (rows of meta). */
export interface Rows {
  readonly records: Map<string, RecordState>;
  readonly staged: Map<string, RecordState>;
  readonly outbox: Map<string, OutboxRow>;
  readonly parked: Map<string, ParkedRow>;
  readonly journal: Map<string, JournalRow>;
  readonly kept: Map<string, RecordState>;
}

/** The local store in memory, true as of `meta.writes`. Only transactions change it, and only after the store did. */
export interface Mirror extends Rows {
  meta: Meta;
  readonly outboxIndex: OutboxIndex;
}

/** Puts a row into the outbox, or deletes it (null). The only way in which a mirror's outbox changes. */
export const setOutboxRow = (mirror: Mirror, mutationId: string, row: OutboxRow | null): void => {
  mirror.outboxIndex.replace(mirror.outbox.get(mutationId), row);
  if (row === null) mirror.outbox.delete(mutationId);
  else mirror.outbox.set(mutationId, row);
};

export const META_KEY = 'state';
const KEPT_PREFIX = 'kept:';

/** Where a table of the mirror is stored, and how its rows are told from damage. */
export const LAYOUT: {
  readonly [T in keyof Rows]: {
    readonly table: StoreTable;
    readonly prefix: string;
    readonly is: (row: unknown) => row is Rows[T] extends Map<string, infer V> ? V : never;
  };
} = {
  records: { table: 'records', prefix: '', is: isRecordState },
  staged: { table: 'staged', prefix: '', is: isRecordState },
  outbox: { table: 'outbox', prefix: '', is: isOutboxRow },
  parked: { table: 'parked', prefix: '', is: isParkedRow },
  journal: { table: 'journal', prefix: '', is: isJournalRow },
  kept: { table: 'meta', prefix: KEPT_PREFIX, is: isRecordState },
};

const fill = <V>(map: Map<string, V>, rows: readonly StoreRow[], prefix: string, is: (row: unknown) => row is V): void => {
  map.clear();
  for (const { key, value } of rows) {
    if (!key.startsWith(prefix)) continue;
    if (!is(value)) throw new Error(`The local store is damaged at ${key}`);
    map.set(key.slice(prefix.length), value);
  }
};

/** Answers the whole store, or null where it is fresh. Meta is read before and after, so that the rows belong together. */
export const readMirror = async (store: ClientStore): Promise<Mirror | null> => {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const meta = await store.read('meta', META_KEY);
    if (meta === undefined) return null;
    if (!isMeta(meta)) throw new Error('The local store is damaged: its state is not readable');
    const tables: readonly StoreTable[] = ['records', 'staged', 'outbox', 'parked', 'journal', 'meta'];
    const [records, staged, outbox, parked, journal, kept] = await Promise.all(tables.map((table) => store.readAll(table)));
    const after = await store.read('meta', META_KEY);
    if (!isMeta(after) || after.writes !== meta.writes || after.clientId !== meta.clientId) continue;
    const mirrored: Rows = {
      records: new Map(),
      staged: new Map(),
      outbox: new Map(),
      parked: new Map(),
      journal: new Map(),
      kept: new Map(),
    };
    fill(mirrored.records, records ?? [], '', isRecordState);
    fill(mirrored.staged, staged ?? [], '', isRecordState);
    fill(mirrored.outbox, outbox ?? [], '', isOutboxRow);
    fill(mirrored.parked, parked ?? [], '', isParkedRow);
    fill(mirrored.journal, [...(journal ?? [])].sort(byAge), '', isJournalRow);
    fill(mirrored.kept, kept ?? [], KEPT_PREFIX, isRecordState);
    return { ...mirrored, meta, outboxIndex: createOutboxIndex(mirrored.outbox.values()) };
  }
  throw new Error('The local store is written too fast by other tabs to be read');
};

/** The journal is pruned from its oldest end, so it is held in that order. */
const byAge = (a: StoreRow, b: StoreRow): number => Number(a.value.at) - Number(b.value.at);

/** Outbox rows in the order in which they are sent. */
export const inOrder = (mirror: Mirror): OutboxRow[] => [...mirror.outbox.values()].sort((a, b) => a.mutation.n - b.mutation.n);

/** Not acknowledged yet. A void stands for a parked mutation, so it is not counted as pending. */
export const pendingCount = (mirror: Mirror): number => {
  let count = 0;
  for (const row of mirror.outbox.values()) if (row.settled === undefined && row.mutation.op !== 'void') count += 1;
  return count;
};
