import { type AppDefinition, addHash, type JsonObject, recordHash, subtractHash, upcastFields } from '@tidemark/protocol';
import { chainHash } from '../hash.ts';
import type { Append, ClientRow, Loaded, LogRow, ReceiptRow, RecordKey, RecordRow, SpaceRow } from '../storage/storage.ts';
import { parseMeta, printMeta, type RecordMeta } from './meta.ts';

/** A record as the planner sees it: parsed, up-cast to the app's schemaVersion. */
export interface DraftRecord extends Omit<RecordRow, 'metaJson'> {
  readonly fields: JsonObject;
  readonly meta: RecordMeta;
}

/** A state of the past that a mutation's base points to. 'compacted': the log no longer has it. */
export type PastState = { readonly fields: JsonObject | null } | 'compacted';

/** What planning found missing: loaded by the caller, who then plans again. */
export interface Needs {
  readonly records: RecordKey[];
  readonly pastStates: { readonly collection: string; readonly id: string; readonly seq: number }[];
  readonly logRows: number[];
}

/** Everything a plan may look at, loaded before. */
export interface PlanInput extends Loaded {
  /** Keys (recordKey) of the records that were asked for; one that is not among `records` does not exist. */
  readonly asked: ReadonlySet<string>;
  readonly pastStates: ReadonlyMap<string, PastState>;
  readonly logRows: ReadonlyMap<number, LogRow | undefined>;
}

export const recordKey = (collection: string, id: string): string => `${collection}\n${id}`;
export const pastKey = (collection: string, id: string, seq: number): string => `${seq}\n${collection}\n${id}`;

/**
 * The overlay in which a plan grows: the loaded state plus what the plan has changed so far. It stores nothing; `append`
 * is the batch to store. `mark` and `rollback` take a mutation or a whole group back.
 */
export interface Draft {
  readonly app: AppDefinition;
  /** Commit time, milliseconds. */
  readonly now: number;
  readonly needs: Needs;
  readonly epoch: string;
  readonly epochStart: number;
  head(): number;
  changeCount(): number;
  /** Undefined = never existed (or its tombstone was compacted). */
  record(collection: string, id: string): DraftRecord | undefined;
  /** False = that record was not loaded: needed first. */
  hasLoaded(collection: string, id: string): boolean;
  /** Undefined = needed first. */
  pastState(collection: string, id: string, seq: number): PastState | undefined;
  /** 'needed' = needed first; undefined = there is none. */
  logRow(seq: number): LogRow | undefined | 'needed';
  receipt(mutationId: string): ReceiptRow | undefined;
  client(clientId: string): ClientRow | undefined;
  setReceipt(row: ReceiptRow): void;
  setClient(row: ClientRow): void;
  /** Stores a new state and its change in the log; answers it with its seq. */
  addChange(next: Omit<DraftRecord, 'seq' | 'revision' | 'updatedAt' | 'schemaVersion'>, by: ChangeAuthor): DraftRecord;
  /** Replaces what is remembered of a record without a change of its fields: takes no seq. */
  setMeta(record: DraftRecord, meta: RecordMeta): void;
  mark(): number;
  rollback(mark: number): void;
  /** Undefined where nothing is to be stored. */
  append(): Append | undefined;
}

export interface ChangeAuthor {
  readonly mutationId: string;
  readonly clientId: string;
  /** The client's clock as sent. */
  readonly at: number;
}

const parseRecord = (app: AppDefinition, row: RecordRow): DraftRecord => {
  const { metaJson, ...rest } = row;
  const stored: JsonObject = JSON.parse(row.fieldsJson);
  const collection = app.collections[row.collection];
  const meta = parseMeta(metaJson);
  if (collection === undefined || row.schemaVersion === app.schemaVersion) return { ...rest, fields: stored, meta };
  const upcast = upcastFields(app, collection, stored, row.schemaVersion);
  if (!upcast.ok) throw new Error(`record ${row.collection}/${row.id}: ${upcast.error.message}`);
  return { ...rest, fields: upcast.value, meta };
};

const ZERO: readonly [number, number] = [0, 0];

/** The digest entry of a collection after one record's state was replaced. */
const nextDigest = (
  before: readonly [number, number, number],
  previous: { collection: string; id: string; seq: number; fieldsJson: string; deleted: boolean } | undefined,
  next: { collection: string; id: string; seq: number; fieldsJson: string; deleted: boolean },
): readonly [number, number, number] => {
  let count = before[0];
  let sum: readonly [number, number] = [before[1], before[2]];
  if (previous && !previous.deleted) {
    sum = subtractHash(sum, recordHash(previous.collection, previous.id, previous.seq, previous.fieldsJson));
    count -= 1;
  }
  if (!next.deleted) {
    sum = addHash(sum, recordHash(next.collection, next.id, next.seq, next.fieldsJson));
    count += 1;
  }
  return [count, sum[0], sum[1]];
};

export const createDraft = (app: AppDefinition, space: SpaceRow, input: PlanInput, now: number): Draft => {
  const stored = new Map(input.records.map((row) => [recordKey(row.collection, row.id), row]));
  const receipts = new Map(input.receipts.map((row) => [row.mutationId, row]));
  const clients = new Map(input.clients.map((row) => [row.clientId, row]));
  const records = new Map<string, DraftRecord | undefined>();
  const touched = { records: new Set<string>(), receipts: new Set<string>(), clients: new Set<string>() };
  const changes: LogRow[] = [];
  const digest = new Map(Object.entries(space.digest));
  const needs: Needs = { records: [], pastStates: [], logRows: [] };
  const undo: (() => void)[] = [];
  let head = space.head;
  let chain = space.hash;

  const record = (collection: string, id: string): DraftRecord | undefined => {
    const key = recordKey(collection, id);
    if (records.has(key)) return records.get(key);
    const row = stored.get(key);
    const parsed = row && parseRecord(app, row);
    records.set(key, parsed);
    return parsed;
  };

  /** Sets a map entry so that rollback can unset it. */
  const set = <V>(map: Map<string, V>, marked: Set<string>, key: string, value: V): void => {
    const had = map.has(key);
    const before = map.get(key);
    const wasMarked = marked.has(key);
    map.set(key, value);
    marked.add(key);
    undo.push(() => {
      if (had && before !== undefined) map.set(key, before);
      else map.delete(key);
      if (!wasMarked) marked.delete(key);
    });
  };

  const addChange: Draft['addChange'] = (next, by) => {
    const previous = record(next.collection, next.id);
    const seq = head + 1;
    const revision = (previous?.revision ?? 0) + 1;
    const saved = { chain, digest: digest.get(next.collection) };
    const common = {
      seq,
      collection: next.collection,
      id: next.id,
      revision,
      updatedAt: now,
      schemaVersion: app.schemaVersion,
      deleted: next.deleted,
    };
    const row = {
      ...common,
      prevSeq: previous?.seq ?? 0,
      fieldsJson: next.fieldsJson,
      mutationId: by.mutationId,
      clientId: by.clientId,
      at: by.at,
    };
    const state: DraftRecord = { ...common, fieldsJson: next.fieldsJson, fields: next.fields, meta: next.meta };
    chain = chainHash(chain, row);
    changes.push({ ...row, hash: chain });
    head = seq;
    digest.set(next.collection, nextDigest(saved.digest ?? [0, ...ZERO], previous, state));
    undo.push(() => {
      changes.pop();
      head = seq - 1;
      chain = saved.chain;
      if (saved.digest) digest.set(next.collection, saved.digest);
      else digest.delete(next.collection);
    });
    set(records, touched.records, recordKey(next.collection, next.id), state);
    return state;
  };

  const append = (): Append | undefined => {
    if (touched.records.size + touched.receipts.size + touched.clients.size === 0) return undefined;
    const pick = <V>(map: Map<string, V>, keys: Set<string>): NonNullable<V>[] =>
      [...keys].map((key) => map.get(key)).filter((v) => v !== undefined && v !== null);
    return {
      expectedAppends: space.appends,
      space: { ...space, appends: space.appends + 1, head, hash: chain, committedAt: now, digest: Object.fromEntries(digest) },
      changes,
      records: pick(records, touched.records).map(({ fields: _, meta, ...row }) => ({ ...row, metaJson: printMeta(meta) })),
      receipts: pick(receipts, touched.receipts),
      clients: pick(clients, touched.clients),
    };
  };

  return {
    app,
    now,
    needs,
    epoch: space.epoch,
    epochStart: space.epochStart,
    head: () => head,
    changeCount: () => changes.length,
    record,
    hasLoaded: (collection, id) => {
      const key = recordKey(collection, id);
      if (input.asked.has(key) || records.has(key)) return true;
      needs.records.push({ collection, id });
      return false;
    },
    pastState: (collection, id, seq) => {
      const state = input.pastStates.get(pastKey(collection, id, seq));
      if (state === undefined) needs.pastStates.push({ collection, id, seq });
      return state;
    },
    logRow: (seq) => {
      if (seq > space.head) return changes[seq - space.head - 1];
      if (!input.logRows.has(seq)) {
        needs.logRows.push(seq);
        return 'needed';
      }
      return input.logRows.get(seq);
    },
    receipt: (mutationId) => receipts.get(mutationId),
    client: (clientId) => clients.get(clientId),
    setReceipt: (row) => set(receipts, touched.receipts, row.mutationId, row),
    setClient: (row) => set(clients, touched.clients, row.clientId, row),
    addChange,
    setMeta: (of, meta) => set(records, touched.records, recordKey(of.collection, of.id), { ...of, meta }),
    mark: () => undo.length,
    rollback: (mark) => {
      while (undo.length > mark) undo.pop()?.();
    },
    append,
  };
};
