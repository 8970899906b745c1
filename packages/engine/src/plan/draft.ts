import { type AppDefinition, CONFLICTS, type JsonObject, upcastConflict, upcastFields } from '@tidemark/protocol';
import type { Append, ClientRow, Loaded, LogRow, ReceiptRow, RecordKey, RecordRow, SpaceRow } from '../storage/storage.ts';
import { createLogDraft, type DigestStep, type LogDraft, type UnhashedRow } from './log-draft.ts';
import { parseMeta, printMeta, type RecordMeta } from './meta.ts';
import { createJournal, createOverlay } from './overlay.ts';

/** A record as the planner sees it. `fieldsJson` and `schemaVersion` are as stored. */
export interface DraftRecord extends Omit<RecordRow, 'metaJson'> {
  /** Up-cast to the app's schemaVersion, when first looked at. Throws where no up-caster can: that is the fault of whoever edits it. */
  readonly fields: JsonObject;
  readonly meta: RecordMeta;
}

/** What merging looks at in a record. */
export type RecordContent = Pick<DraftRecord, 'fields' | 'meta'>;

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
  readonly asked: { has(key: string): boolean };
  readonly pastStates: ReadonlyMap<string, PastState>;
  readonly logRows: ReadonlyMap<number, LogRow | undefined>;
}

// U+0000 stands in no name and no id, so that two records never share a key.
export const recordKey = (collection: string, id: string): string => `${collection}\0${id}`;
export const pastKey = (collection: string, id: string, seq: number): string => `${seq}\0${recordKey(collection, id)}`;

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
  /** The chain hash of the log there, once `append` was called. */
  hash(): string;
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
  let fields: JsonObject | undefined;
  return {
    ...rest,
    meta: parseMeta(metaJson),
    get fields() {
      fields ??= currentFields(app, row);
      return fields;
    },
  };
};

const currentFields = (app: AppDefinition, row: RecordRow): JsonObject => {
  const stored: JsonObject = JSON.parse(row.fieldsJson);
  if (row.collection === CONFLICTS) return upcastConflict(app, stored, row.schemaVersion);
  const collection = Object.hasOwn(app.collections, row.collection) ? app.collections[row.collection] : undefined;
  if (collection === undefined || row.schemaVersion === app.schemaVersion) return stored;
  const upcast = upcastFields(app, collection, stored, row.schemaVersion);
  if (!upcast.ok) throw new Error(`record ${row.collection}/${row.id}: ${upcast.error.message}`);
  return upcast.value;
};

// Member by member, here and in addChange: taking a member out of an object costs more than naming all others.
const toRecordRow = ({ collection, id, seq, revision, updatedAt, schemaVersion, deleted, fieldsJson, meta }: DraftRecord): RecordRow => ({
  collection,
  id,
  seq,
  revision,
  updatedAt,
  schemaVersion,
  deleted,
  fieldsJson,
  metaJson: printMeta(meta),
});

const toChange = (
  { seq, collection, id, revision, updatedAt, schemaVersion, deleted, fieldsJson }: DraftRecord,
  prevSeq: number,
  mutationId: string,
  clientId: string,
  at: number,
): UnhashedRow => ({
  seq,
  collection,
  id,
  revision,
  prevSeq,
  updatedAt,
  schemaVersion,
  deleted,
  fieldsJson,
  mutationId,
  clientId,
  at,
  hash: '',
});

/** `recordKey` that makes no text anew while one record is looked up over and over, as in planning its mutation. */
const createKeys = (): typeof recordKey => {
  let last = { collection: '', id: '', key: recordKey('', '') };
  return (collection, id) => {
    if (last.id !== id || last.collection !== collection) last = { collection, id, key: recordKey(collection, id) };
    return last.key;
  };
};

export const createDraft = (app: AppDefinition, space: SpaceRow, input: PlanInput, now: number): Draft => {
  const keyOf = createKeys();
  const journal = createJournal();
  const log = createLogDraft(space, journal);
  const parsed = new Map<string, DraftRecord | undefined>();
  const stored = new Map(input.records.map((row) => [recordKey(row.collection, row.id), row]));
  const records = createOverlay((key) => {
    const row = stored.get(key);
    if (row !== undefined && !parsed.has(key)) parsed.set(key, parseRecord(app, row));
    return parsed.get(key);
  }, journal);
  const storedReceipts = new Map(input.receipts.map((row) => [row.mutationId, row]));
  const receipts = createOverlay((id) => storedReceipts.get(id), journal);
  const storedClients = new Map(input.clients.map((row) => [row.clientId, row]));
  const clients = createOverlay((id) => storedClients.get(id), journal);

  const addChange: Draft['addChange'] = ({ collection, id, deleted, fieldsJson, fields, meta }, { mutationId, clientId, at }) => {
    const key = keyOf(collection, id);
    const previous = records.get(key);
    const { schemaVersion } = app;
    const seq = log.head() + 1;
    const revision = (previous?.revision ?? 0) + 1;
    const prevSeq = previous?.seq ?? 0;
    const state: DraftRecord = { collection, id, seq, revision, updatedAt: now, schemaVersion, deleted, fieldsJson, fields, meta };
    log.add(toChange(state, prevSeq, mutationId, clientId, at));
    records.set(key, state);
    return state;
  };
  const append = (): Append | undefined => {
    if (!records.hasChanges() && !receipts.hasChanges() && !clients.hasChanges()) return undefined;
    const steps: DigestStep[] = [];
    const recordRows: RecordRow[] = [];
    for (const [key, after] of records.changed()) {
      steps.push({ before: stored.get(key), after });
      recordRows.push(toRecordRow(after));
    }
    return {
      expectedAppends: space.appends,
      space: { ...space, appends: space.appends + 1, committedAt: now, ...log.close(steps) },
      changes: log.changes,
      records: recordRows,
      receipts: [...receipts.changed().values()],
      clients: [...clients.changed().values()],
    };
  };
  return {
    app,
    now,
    epoch: space.epoch,
    epochStart: space.epochStart,
    head: log.head,
    hash: log.hash,
    changeCount: () => log.changes.length,
    record: (collection, id) => records.get(keyOf(collection, id)),
    ...lookups(space, input, log, (key) => records.get(key) !== undefined),
    receipt: receipts.get,
    client: clients.get,
    setReceipt: (row) => receipts.set(row.mutationId, row),
    setClient: (row) => clients.set(row.clientId, row),
    addChange,
    setMeta: (of, meta) => records.set(recordKey(of.collection, of.id), { ...of, meta }),
    mark: journal.mark,
    rollback: journal.rollback,
    append,
  };
};

/** What may have to be loaded first, and the list of what was missing. */
const lookups = (
  space: SpaceRow,
  input: PlanInput,
  log: LogDraft,
  isKnown: (key: string) => boolean,
): Pick<Draft, 'needs' | 'hasLoaded' | 'pastState' | 'logRow'> => {
  const needs: Needs = { records: [], pastStates: [], logRows: [] };
  return {
    needs,
    hasLoaded: (collection, id) => {
      const key = recordKey(collection, id);
      if (input.asked.has(key) || isKnown(key)) return true;
      needs.records.push({ collection, id });
      return false;
    },
    pastState: (collection, id, seq) => {
      const state = input.pastStates.get(pastKey(collection, id, seq));
      if (state === undefined) needs.pastStates.push({ collection, id, seq });
      return state;
    },
    logRow: (seq) => {
      if (seq > space.head) return log.changes[seq - space.head - 1];
      if (input.logRows.has(seq)) return input.logRows.get(seq);
      needs.logRows.push(seq);
      return 'needed';
    },
  };
};
