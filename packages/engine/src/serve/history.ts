import { checkId, ok, type Result, refuse } from '@tidemark/protocol';
import type { HistoryAnswer, HistoryEntry, RecordState, StateAnswer } from '@tidemark/protocol/messages';
import type { SpaceRef } from '../engine.ts';
import { recordKey } from '../plan/draft.ts';
import type { LogRow, RecordKey, RecordRow, SpaceRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';

const PAGE_BYTES = 8 * 1024 * 1024;

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

/** How a record stood at `seq`, as a live state or a tombstone; undefined where there was none yet. Costs its own changes since. */
export const stateOfAt = async (
  { storage }: Serving,
  space: SpaceRow,
  record: RecordRow,
  seq: number,
): Promise<RecordRow | LogRow | undefined> => {
  if (record.seq <= seq) return record;
  const rows = await storage.readHistory(space.key, { seq: record.seq, limit: Number.MAX_SAFE_INTEGER, until: seq });
  const last = rows.at(-1);
  return last !== undefined && last.seq <= seq ? last : undefined;
};

const isLive = (row: RecordRow | LogRow | undefined): row is RecordRow | LogRow =>
  row !== undefined && !row.deleted && row.fieldsJson !== null;

const toKey = (after: string): Result<RecordKey> => {
  const [collection = '', ...rest] = after.split('\u0000');
  const id = rest.join('\u0000');
  return checkId(id) === undefined ? ok({ collection, id }) : refuse('BAD_REQUEST', 'after is not what an earlier page answered');
};

/**
 * GET /sync/state: the live records as of a seq or a time, in order of (collection, id). `limit` 1 … 5000, default 1000. Every record has
 * a row, if only a tombstone, and compaction keeps what stood at the floor; so a page costs its records and what changed of them since.
 */
export const stateAt = async (
  serving: Serving,
  space: SpaceRef,
  at: { readonly asOf?: number; readonly seq?: number; readonly after?: string; readonly limit?: number },
): Promise<Result<StateAnswer>> => {
  const row = await serving.ensureSpace(space);
  const point = await resolvePoint(serving, row, at);
  if (!point.ok) return point;
  const begin = at.after === undefined ? ok(undefined) : toKey(at.after);
  if (!begin.ok) return begin;
  const limit = Math.min(5_000, at.limit ?? 1_000);
  const found: (RecordRow | LogRow)[] = [];
  for (let after: RecordKey | undefined = begin.value; found.length <= limit; ) {
    const page = { limit: limit + 1, bytesMax: PAGE_BYTES, tombstones: true, ...(after === undefined ? {} : { after }) };
    const rows: readonly RecordRow[] = await serving.storage.readRecords(space.key, page);
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const record of rows) {
      const then = found.length > limit ? undefined : await stateOfAt(serving, row, record, point.value);
      if (isLive(then)) found.push(then);
    }
    after = { collection: last.collection, id: last.id };
  }
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  const nextAfter = last === undefined ? {} : { nextAfter: recordKey(last.collection, last.id) };
  return { ok: true, value: { seq: point.value, records: shown.map(toState), ...nextAfter } };
};
