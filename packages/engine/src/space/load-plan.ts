import type { AppDefinition } from '@tidemark/protocol';
import { upcastFields } from '@tidemark/protocol';
import { createDraft, type Draft, type Needs, type PastState, type PlanInput, pastKey, recordKey } from '../plan/draft.ts';
import type { LoadKeys, LogRow, RecordKey, SpaceRow, Storage } from '../storage/storage.ts';

/** What planning has asked for so far, beyond the keys that were known at once. */
export interface Wanted {
  readonly records: Map<string, RecordKey>;
  readonly receipts: Set<string>;
  readonly clients: Set<string>;
  readonly pastStates: Map<string, { collection: string; id: string; seq: number }>;
  readonly logRows: Set<number>;
}

export const emptyWanted = (): Wanted => ({
  records: new Map(),
  receipts: new Set(),
  clients: new Set(),
  pastStates: new Map(),
  logRows: new Set(),
});

export const wantKeys = (wanted: Wanted, keys: LoadKeys): void => {
  for (const key of keys.records) wanted.records.set(recordKey(key.collection, key.id), key);
  for (const id of keys.receipts) wanted.receipts.add(id);
  for (const id of keys.clients) wanted.clients.add(id);
};

/** Adds what a draft found missing; false where there was nothing new. */
export const wantNeeds = (wanted: Wanted, needs: Needs): boolean => {
  const before = wanted.records.size + wanted.pastStates.size + wanted.logRows.size;
  for (const key of needs.records) wanted.records.set(recordKey(key.collection, key.id), key);
  for (const past of needs.pastStates) wanted.pastStates.set(pastKey(past.collection, past.id, past.seq), past);
  for (const seq of needs.logRows) wanted.logRows.add(seq);
  return wanted.records.size + wanted.pastStates.size + wanted.logRows.size > before;
};

/** The state of a record at a seq, found by walking back from its newest change. */
const readPastState = async (
  storage: Storage,
  app: AppDefinition,
  space: SpaceRow,
  newestSeq: number | undefined,
  past: { collection: string; seq: number },
): Promise<PastState> => {
  if (newestSeq === undefined) return space.floor > 0 ? 'compacted' : { fields: null };
  const rows = await storage.readHistory(space.key, { seq: newestSeq, limit: Number.MAX_SAFE_INTEGER, until: past.seq });
  const row = rows.at(-1);
  if (row === undefined || row.seq > past.seq) return row !== undefined && row.prevSeq === 0 ? { fields: null } : 'compacted';
  if (row.fieldsJson === null) return 'compacted';
  if (row.deleted) return { fields: null };
  const collection = app.collections[past.collection];
  if (collection === undefined) return { fields: JSON.parse(row.fieldsJson) };
  const upcast = upcastFields(app, collection, JSON.parse(row.fieldsJson), row.schemaVersion);
  return upcast.ok ? { fields: upcast.value } : 'compacted';
};

/** Loads what is wanted and opens a draft over it. `fresh` makes the row of a space that does not exist yet. */
export const loadDraft = async (
  storage: Storage,
  app: AppDefinition,
  key: string,
  wanted: Wanted,
  now: () => number,
  fresh: () => SpaceRow,
): Promise<{ draft: Draft; space: SpaceRow }> => {
  const keys: LoadKeys = { records: [...wanted.records.values()], receipts: [...wanted.receipts], clients: [...wanted.clients] };
  const loaded = await storage.load(key, keys);
  const space = loaded.space ?? fresh();
  const newest = new Map(loaded.records.map((row) => [recordKey(row.collection, row.id), row.seq]));
  const pastStates = new Map<string, PastState>();
  for (const [name, past] of wanted.pastStates) {
    pastStates.set(name, await readPastState(storage, app, space, newest.get(recordKey(past.collection, past.id)), past));
  }
  const logRows = new Map<number, LogRow | undefined>();
  for (const seq of wanted.logRows) logRows.set(seq, await storage.readLogRow(key, seq));
  const input: PlanInput = { ...loaded, asked: new Set(wanted.records.keys()), pastStates, logRows };
  const commitTime = Math.max(now(), space.committedAt + 1);
  return { draft: createDraft(app, space, input, commitTime), space };
};
