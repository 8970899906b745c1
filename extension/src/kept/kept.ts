import type { ClientStore, StoreBatch } from '@tidemark/client';
import type { JsonObject, Refusal } from '@tidemark/protocol';
import type { BrowserEvent } from '../recorder/browser-event.ts';
import { type Recorded, record } from '../recorder/recorder.ts';
import type { RecorderState } from '../recorder/recorder-state.ts';
import { toAggregate } from '../recorder/tab-totals.ts';
import { type Head, isPending, isRefused, isSynced, type Kind, type PendingRow, type RefusedRow, toRow } from './rows.ts';
import { freshHead, openShelf, type Shelf, tabPlace } from './shelf.ts';

/** Synced records are kept here so long. */
const KEEP_SYNCED_MS = 30 * 24 * 60 * 60 * 1000;
const PRUNE_EVERY_MS = 24 * 60 * 60 * 1000;

/** A pending record under its key. */
export type Waiting = PendingRow & { readonly key: string };

/**
 * Everything that one person's browsing leaves in this browser: what the recorder remembers, records that wait for the server, records
 * that it has, and records that it refused. Each method is one durable write, or none; they happen one after the other.
 * They reject where the store cannot be written, or another worker has written to it meanwhile (open it again then).
 */
export interface Kept {
  recorder(): RecorderState;
  head(): Head;
  pending(): number;
  /** Hears an event of the browser. */
  hear(event: BrowserEvent): Promise<void>;
  /** Records that wait, the longest waiting first. */
  waiting(kind: Kind): Promise<readonly Waiting[]>;
  /** The server has answered about these. What has changed since they were read goes on waiting. */
  settle(sent: readonly Waiting[], refused: ReadonlyMap<string, Refusal>, now: number): Promise<void>;
  /** How the last try to sync ended. */
  ended(trouble: Refusal | null, now: number): Promise<void>;
  refused(): Promise<readonly (RefusedRow & { readonly key: string })[]>;
  /** Lets refused records wait again, or drops them. */
  decideRefused(decision: 'retry' | 'discard'): Promise<void>;
  /** Lets go of records that were synced long ago. Looks once a day. */
  prune(now: number): Promise<void>;
  /** Deletes everything, under a new anonymousClientId; `head().erasing` until `erased`. */
  erase(): Promise<void>;
  erased(): Promise<void>;
  /** Lets go of all records that the server has, and of the tabs, whose visits end. */
  leave(): Promise<void>;
  /** All records, for a file. */
  exported(): Promise<{ readonly visits: readonly JsonObject[]; readonly aggregates: readonly JsonObject[] }>;
  close(): Promise<void>;
}

type Put = NonNullable<StoreBatch['put']>[number];

/** The rows of what an event changed. */
const rowsOf = (before: RecorderState, { state, visits, totals }: Recorded, changes: number) => {
  const put: Put[] = [];
  const gone: NonNullable<StoreBatch['delete']>[number][] = [];
  for (const [id, tab] of state.tabs) if (tab !== before.tabs.get(id)) put.push({ ...tabPlace(id), value: toRow(tab) });
  for (const id of before.tabs.keys()) if (!state.tabs.has(id)) gone.push(tabPlace(id));
  const waiting = new Map<string, number>();
  let change = changes;
  const wait = (key: string, kind: Kind, value: object): void => {
    change += 1;
    waiting.set(key, change);
    put.push({ table: 'outbox', key, value: toRow({ kind, record: value, change }) });
    // What the server refused has changed: it gets another chance.
    gone.push({ table: 'parked', key });
  };
  for (const visit of visits) wait(`visit/${visit.id}`, 'visits', visit);
  for (const one of totals) wait(`tab/${one.tabId}/${one.startTime}`, 'aggregates', toAggregate(one));
  return { put, delete: gone, waiting, changes: change };
};

const hear = async (shelf: Shelf, event: BrowserEvent): Promise<void> => {
  const recorded = record(shelf.recorder, event);
  const { waiting, changes, ...batch } = rowsOf(shelf.recorder, recorded, shelf.head.changes);
  const { tabs: _, ...recorder } = recorded.state;
  await shelf.commit({ ...shelf.head, recorder, changes }, batch);
  shelf.recorder = recorded.state;
  for (const [key, change] of waiting) shelf.waiting.set(key, change);
};

const readWaiting = async ({ store }: Shelf, kind: Kind): Promise<readonly Waiting[]> => {
  const rows = await store.readAll('outbox');
  const ofKind = rows.flatMap(({ key, value }) => (isPending(value) && value.kind === kind ? [{ ...value, key }] : []));
  return ofKind.sort((a, b) => a.change - b.change);
};

const settle = async (shelf: Shelf, sent: readonly Waiting[], refused: ReadonlyMap<string, Refusal>, now: number): Promise<void> => {
  const answered = sent.filter(({ key, change }) => shelf.waiting.get(key) === change);
  const put = answered.map(({ key, kind, record: value }): Put => {
    const error = refused.get(key);
    return error === undefined
      ? { table: 'records', key, value: toRow({ kind, record: value, syncedAt: now }) }
      : { table: 'parked', key, value: toRow({ kind, record: value, error, refusedAt: now }) };
  });
  await shelf.commit(shelf.head, { put, delete: answered.map(({ key }) => ({ table: 'outbox', key })) });
  for (const { key } of answered) shelf.waiting.delete(key);
};

const readRefused = async ({ store }: Shelf) =>
  (await store.readAll('parked')).flatMap(({ key, value }) => (isRefused(value) ? [{ ...value, key }] : []));

const decideRefused = async (shelf: Shelf, decision: 'retry' | 'discard'): Promise<void> => {
  const rows = decision === 'retry' ? await readRefused(shelf) : [];
  const put: Put[] = [];
  let { changes } = shelf.head;
  for (const { key, kind, record: value } of rows) {
    changes += 1;
    put.push({ table: 'outbox', key, value: toRow({ kind, record: value, change: changes }) });
  }
  await shelf.commit({ ...shelf.head, changes }, { put, clear: ['parked'] });
  for (const { key, value } of put) if (isPending(value)) shelf.waiting.set(key, value.change);
};

const prune = async (shelf: Shelf, now: number): Promise<void> => {
  if (now < shelf.head.prunedAt + PRUNE_EVERY_MS) return;
  const old = (await shelf.store.readAll('records')).filter(({ value }) => !isSynced(value) || value.syncedAt < now - KEEP_SYNCED_MS);
  await shelf.commit({ ...shelf.head, prunedAt: now }, { delete: old.map(({ key }) => ({ table: 'records', key })) });
};

const erase = async (shelf: Shelf): Promise<void> => {
  const head = { ...freshHead(shelf.uuid()), erasing: true };
  await shelf.commit(head, { clear: ['records', 'staged', 'outbox', 'parked', 'journal', 'meta'] });
  shelf.recorder = { ...head.recorder, tabs: new Map() };
  shelf.waiting = new Map();
};

const leave = async (shelf: Shelf): Promise<void> => {
  const { tabs: _, ...known } = shelf.recorder;
  await hear(shelf, { ...known, kind: 'snapshot', tabs: [] });
  await shelf.commit(shelf.head, { clear: ['records'] });
};

const exported = async ({ store }: Shelf) => {
  const tables = await Promise.all([store.readAll('records'), store.readAll('parked'), store.readAll('outbox')]);
  // What waits is newer than what was synced under the same key.
  const rows = new Map(tables.flat().map(({ key, value }) => [key, value]));
  const of = (kind: Kind) => [...rows.values()].flatMap(({ kind: own, record: value }) => (own === kind ? [toRow(value)] : []));
  return { visits: of('visits'), aggregates: of('aggregates') };
};

/** Opens what is kept in a store. Rejects where it cannot be read. */
export const openKept = async (store: ClientStore, uuid: () => string): Promise<Kept> => {
  const shelf = await openShelf(store, uuid);
  const { inTurn } = shelf;
  const patch = (fields: Partial<Head>): Promise<void> => inTurn(() => shelf.commit({ ...shelf.head, ...fields }));
  return {
    recorder: () => shelf.recorder,
    head: () => shelf.head,
    pending: () => shelf.waiting.size,
    hear: (event) => inTurn(() => hear(shelf, event)),
    waiting: (kind) => inTurn(() => readWaiting(shelf, kind)),
    settle: (sent, refused, now) => inTurn(() => settle(shelf, sent, refused, now)),
    ended: (trouble, now) => patch({ trouble, ...(trouble === null ? { lastSyncAt: now } : {}) }),
    refused: () => inTurn(() => readRefused(shelf)),
    decideRefused: (decision) => inTurn(() => decideRefused(shelf, decision)),
    prune: (now) => inTurn(() => prune(shelf, now)),
    erase: () => inTurn(() => erase(shelf)),
    erased: () => patch({ erasing: false }),
    leave: () => inTurn(() => leave(shelf)),
    exported: () => inTurn(() => exported(shelf)),
    close: () => inTurn(() => store.close()),
  };
};
