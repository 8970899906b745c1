import { type Result, refuse } from '@tidemark/protocol';
import type { HistoryAnswer, HistoryEntry, RecordState, StateAnswer } from '@tidemark/protocol/messages';
import type { SpaceRef } from '../engine.ts';
import { recordKey } from '../plan/draft.ts';
import type { LogRow, RecordRow, SpaceRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';

export const toState = (row: RecordRow | LogRow): RecordState => {
  const { collection, id, seq, revision, updatedAt, schemaVersion } = row;
  const state = { collection, id, seq, revision, updatedAt, schemaVersion };
  return row.deleted || row.fieldsJson === null ? { ...state, deleted: true } : { ...state, fields: JSON.parse(row.fieldsJson) };
};

const toEntry = (row: LogRow): HistoryEntry => ({ ...toState(row), mutationId: row.mutationId, clientId: row.clientId, at: row.at });

/** GET /sync/history: the changes of one record, newest first. `limit` 1 … 1000, default 100. */
export const history = async (
  serving: Serving,
  space: SpaceRef,
  of: { readonly collection: string; readonly id: string; readonly before?: number; readonly limit?: number },
): Promise<Result<HistoryAnswer>> => {
  const limit = Math.min(1_000, of.limit ?? 100);
  const loaded = await serving.storage.load(space.key, { records: [{ collection: of.collection, id: of.id }], receipts: [], clients: [] });
  const record = loaded.records[0];
  if (record === undefined) return refuse('RECORD_NOT_FOUND', `there is no record ${of.collection}/${of.id}`);
  const rows = await serving.storage.readHistory(space.key, { seq: of.before ?? record.seq, limit: limit + 1 });
  const known = rows.filter((row) => row.fieldsJson !== null && row.collection === of.collection && row.id === of.id);
  const page = known.slice(0, limit);
  const next = known[limit];
  const last = page.at(-1);
  const compacted = next === undefined && last !== undefined && last.prevSeq > 0;
  return { ok: true, value: { entries: page.map(toEntry), ...(next ? { nextBefore: next.seq } : {}), compacted } };
};

/** The seq that a point in time or a seq stands for, or the refusal of one that the log no longer reaches. */
export const resolvePoint = async (
  serving: Serving,
  space: SpaceRow,
  at: { readonly asOf?: number | undefined; readonly seq?: number | undefined },
): Promise<Result<number>> => {
  const seq = at.seq ?? (at.asOf === undefined ? space.head : ((await serving.storage.findLogRowAt(space.key, at.asOf))?.seq ?? 0));
  if (seq < space.floor) return refuse('HISTORY_COMPACTED', `the log begins at seq ${space.floor}`, { floor: space.floor });
  return { ok: true, value: Math.min(seq, space.head) };
};

const LOG_PAGE = { limit: 5_000, bytesMax: 8 * 1024 * 1024 };

/**
 * The newest change of each record at or below `seq`, by recordKey, tombstones included. Compaction keeps what stood at
 * the floor, so the log alone tells.
 */
export const statesAt = async (serving: Serving, space: SpaceRow, seq: number): Promise<Map<string, LogRow>> => {
  const states = new Map<string, LogRow>();
  for (let after = 0; after < seq; ) {
    const rows = await serving.storage.readLog(space.key, { after, ...LOG_PAGE });
    if (rows.length === 0) break;
    for (const row of rows) {
      if (row.seq > seq) return states;
      if (row.fieldsJson !== null) states.set(recordKey(row.collection, row.id), row);
      after = row.seq;
    }
  }
  return states;
};

/** GET /sync/state: the live records as of a seq or a time, in order of (collection, id). `limit` 1 … 5000, default 1000. */
export const stateAt = async (
  serving: Serving,
  space: SpaceRef,
  at: { readonly asOf?: number; readonly seq?: number; readonly after?: string; readonly limit?: number },
): Promise<Result<StateAnswer>> => {
  const row = await serving.ensureSpace(space);
  const point = await resolvePoint(serving, row, at);
  if (!point.ok) return point;
  const states = await statesAt(serving, row, point.value);
  const keys = [...states]
    .filter(([key, state]) => !state.deleted && (at.after === undefined || key > at.after))
    .map(([key]) => key)
    .sort();
  const limit = Math.min(5_000, at.limit ?? 1_000);
  const page = keys.slice(0, limit);
  const records = page.flatMap((key) => {
    const state = states.get(key);
    return state ? [toState(state)] : [];
  });
  const last = page.at(-1);
  return { ok: true, value: { seq: point.value, records, ...(keys.length > limit && last !== undefined ? { nextAfter: last } : {}) } };
};
