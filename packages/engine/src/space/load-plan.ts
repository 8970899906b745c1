import type { AppDefinition } from '@tidemark/protocol';
import { upcastFields } from '@tidemark/protocol';
import { createDraft, type Draft, type Needs, type PastState, type PlanInput, pastKey, recordKey } from '../plan/draft.ts';
import type { LoadKeys, LogRow, RecordKey, SpaceRow, Storage } from '../storage/storage.ts';

type PastKey = Needs['pastStates'][number];

/** What planning has asked for so far, beyond the keys that were known at once. */
export interface Wanted {
  readonly records: Map<string, RecordKey>;
  readonly receipts: Set<string>;
  readonly clients: Set<string>;
  readonly pastStates: Map<string, PastKey>;
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

/** What a record was after its change `row`, the newest one at or below some seq; `oldest` is the oldest change that is left. */
const stateAfter = (app: AppDefinition, collection: string, row: LogRow | undefined, oldest: LogRow | undefined): PastState => {
  if (row === undefined) return oldest?.prevSeq === 0 ? { fields: null } : 'compacted';
  if (row.fieldsJson === null) return 'compacted';
  if (row.deleted) return { fields: null };
  const definition = app.collections[collection];
  if (definition === undefined) return { fields: JSON.parse(row.fieldsJson) };
  const upcast = upcastFields(app, definition, JSON.parse(row.fieldsJson), row.schemaVersion);
  return upcast.ok ? { fields: upcast.value } : 'compacted';
};

/** The wanted states of the past of one record, by one walk back from its newest change. */
const readPastStates = async (
  storage: Storage,
  app: AppDefinition,
  space: SpaceRow,
  newestSeq: number | undefined,
  wanted: readonly PastKey[],
): Promise<Map<string, PastState>> => {
  const states = new Map<string, PastState>();
  const newestFirst = [...wanted].sort((a, b) => b.seq - a.seq);
  const until = newestFirst.at(-1)?.seq ?? 0;
  const rows =
    newestSeq === undefined ? [] : await storage.readHistory(space.key, { seq: newestSeq, limit: Number.MAX_SAFE_INTEGER, until });
  let at = 0;
  for (const { collection, id, seq } of newestFirst) {
    while ((rows[at]?.seq ?? 0) > seq) at += 1;
    const unknown: PastState = space.floor > 0 ? 'compacted' : { fields: null };
    states.set(pastKey(collection, id, seq), newestSeq === undefined ? unknown : stateAfter(app, collection, rows[at], rows.at(-1)));
  }
  return states;
};

const byRecord = (wanted: Iterable<PastKey>): ReadonlyMap<string, readonly PastKey[]> => {
  const groups = new Map<string, PastKey[]>();
  for (const past of wanted) {
    const key = recordKey(past.collection, past.id);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [past]);
    else group.push(past);
  }
  return groups;
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
  for (const [record, pasts] of byRecord(wanted.pastStates.values())) {
    for (const [name, state] of await readPastStates(storage, app, space, newest.get(record), pasts)) pastStates.set(name, state);
  }
  // At once: the longer a plan is loaded, the likelier another process has moved the space meanwhile.
  const logRows = new Map(await Promise.all([...wanted.logRows].map(async (seq) => [seq, await storage.readLogRow(key, seq)] as const)));
  const input: PlanInput = { ...loaded, asked: wanted.records, pastStates, logRows };
  const commitTime = Math.max(now(), space.committedAt + 1);
  return { draft: createDraft(app, space, input, commitTime), space };
};
