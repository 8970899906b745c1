import type { PullAnswer, RecordState } from '@tidemark/protocol/messages';
import type { Mirror, RowChanges } from '../store/mirror.ts';
import { targetOf } from '../store/outbox-index.ts';
import { type Meta, recordKey } from '../store/rows.ts';
import type { Change } from '../store/transactions.ts';
import { healing } from './healing.ts';

/** The cursor that the next pull goes on from: that of a snapshot on its way in, or the store's own. Null: from the beginning. */
export const nextCursor = (meta: Meta): string | null => (meta.staging ?? meta).cursor;

/**
 * Plans what a pull page changes, in one transaction with the cursor. `asked`: the state it was asked with. Null where the stored
 * cursor is no longer that one: another session was faster, or a snapshot has begun; nothing of the page applies then.
 */
export const applyPage = (mirror: Mirror, page: PullAnswer, asked: Meta, now: number): Change | null => {
  const { meta } = mirror;
  const cursor = nextCursor(meta);
  if (nextCursor(asked) !== cursor) return null;
  const heal = healing(meta, asked, page);
  const isReset = page.reset !== undefined;
  // Another lineage without a reset: what is here cannot be continued.
  if (!isReset && cursor !== null && page.epoch !== (meta.staging ?? meta).epoch)
    return { ...BEGINNING, meta: { ...BEGINNING.meta, ...heal } };
  const position = { ...positionOf(meta, page, asked, now), ...heal };
  const outbox = settledUpTo(mirror, page.seq);
  if (!isReset && cursor !== null && meta.staging === null) {
    if (page.seq < meta.seq) return null;
    return { rows: { records: newer(page.changes, mirror.records), outbox, kept: keptNoMore(mirror) }, meta: position };
  }
  // A page of a snapshot: set aside until the last one, which replaces the records.
  const begins = isReset || cursor === null;
  const before: Mirror['staged'] = begins ? new Map() : mirror.staged;
  const staged = newer(page.changes, before);
  if (page.hasMore) {
    return { clear: begins ? ['staged'] : [], rows: { staged }, meta: { ...heal, staging: { cursor: page.cursor, epoch: page.epoch } } };
  }
  const records = new Map(before);
  for (const [key, state] of staged) records.set(key, state);
  return {
    clear: ['records', 'staged'],
    rows: { records, outbox, kept: keepReplaced(mirror, records) },
    meta: { ackedN: 0, ...position, staging: null },
  };
};

const positionOf = (meta: Meta, page: PullAnswer, asked: Meta, now: number): Partial<Meta> => {
  const { cursor, seq, epoch, spaceId, hasMore, ackedN } = page;
  // A number that this store has not given out yet is of a twin: the device was restored or cloned, and its next push will hear so.
  const isOurs = ackedN !== undefined && asked.clientId === meta.clientId && ackedN < meta.nextN;
  const pushed = asked.pushed === meta.pushed ? null : meta.pushed;
  const syncedAt = hasMore ? meta.syncedAt : now;
  return { cursor, seq, epoch, spaceId, pushed, syncedAt, ...(isOurs && { ackedN }) };
};

/** No record is ever replaced by a lower seq. */
const newer = (changes: Iterable<RecordState>, known: ReadonlyMap<string, RecordState>): Map<string, RecordState> => {
  const rows = new Map<string, RecordState>();
  for (const change of changes) {
    const key = recordKey(change.collection, change.id);
    if (change.seq >= ((rows.get(key) ?? known.get(key))?.seq ?? 0)) rows.set(key, change);
  }
  return rows;
};

/** Acknowledged mutations whose state has arrived. */
const settledUpTo = (mirror: Mirror, seq: number): RowChanges['outbox'] => {
  const rows = new Map<string, null>();
  for (const [mutationId, { settled }] of mirror.outbox) if (settled !== undefined && settled <= seq) rows.set(mutationId, null);
  return rows;
};

const hasEdits = (mirror: Mirror, key: string): boolean =>
  mirror.outboxIndex.of(key).length > 0 || [...mirror.parked.values()].some((row) => targetOf(row) === key);

/** Of records with pending edits the state that they were made on is kept, so that a conflict can still show it. */
const keepReplaced = (mirror: Mirror, records: ReadonlyMap<string, RecordState>): RowChanges['kept'] => {
  const kept = new Map<string, RecordState>();
  for (const [key, state] of mirror.records) {
    if (state.seq !== records.get(key)?.seq && !mirror.kept.has(key) && hasEdits(mirror, key)) kept.set(key, state);
  }
  return kept;
};

const keptNoMore = (mirror: Mirror): RowChanges['kept'] =>
  new Map([...mirror.kept.keys()].flatMap((key) => (hasEdits(mirror, key) ? [] : [[key, null]])));

/** To start over from a snapshot, with everything else as it is. */
const BEGINNING = {
  clear: ['staged'],
  meta: { cursor: null, pushed: null, staging: { cursor: null, epoch: null } },
} as const satisfies Change;

/** Starts over: for a cursor the server does not take, or a copy that differs. */
export const startOver = ({ meta }: Mirror): Change | null => (meta.cursor === null && meta.staging?.cursor === null ? null : BEGINNING);
