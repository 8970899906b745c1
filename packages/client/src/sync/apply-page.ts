import type { PullAnswer, RecordState } from '@tidemark/protocol/messages';
import type { Mirror } from '../store/mirror.ts';
import { type Meta, type OutboxRow, recordKey } from '../store/rows.ts';
import type { Change } from '../store/transactions.ts';
import type { Asked } from './apply-push.ts';

/** The cursor that the next pull goes on from: that of a snapshot on its way in, or the store's own. Null: from the beginning. */
export const nextCursor = (meta: Meta): string | null => (meta.staging === null ? meta.cursor : meta.staging.cursor);

/**
 * Plans what a pull page changes, in one transaction with the cursor. 'stale' where the stored cursor is not the one
 * the page was asked with: another session was faster, or a snapshot has begun; nothing of it applies then.
 */
export const applyPage = (mirror: Mirror, page: PullAnswer, cursor: string | null, asked: Asked, now: number): Change | 'stale' => {
  const { meta } = mirror;
  if (nextCursor(meta) !== cursor) return 'stale';
  const heal = needsHealing(meta, page, asked);
  const healing = heal === null ? {} : { heal };
  const lineage = page.epoch !== (meta.staging === null ? meta.epoch : meta.staging.epoch);
  if (page.reset === undefined && lineage && cursor !== null) {
    // Another lineage without a reset: what is here cannot be continued.
    return { clear: ['staged'], meta: { ...healing, cursor: null, staging: { cursor: null, epoch: null } } };
  }
  if (page.reset !== undefined || meta.staging !== null || cursor === null) return stagePage(mirror, page, cursor, healing, asked, now);
  if (page.seq < meta.seq) return 'stale';
  return {
    rows: { records: newer(page.changes, mirror.records), outbox: settledUpTo(mirror, page.seq), kept: keptNoMore(mirror) },
    meta: { ...healing, ...position(meta, page, asked, now) },
  };
};

const needsHealing = (meta: Meta, page: PullAnswer, asked: Asked): { all: boolean } | null => {
  if (meta.heal !== null) return null;
  const forgot = asked.clientId === meta.clientId && page.ackedN !== undefined && page.ackedN < asked.receiptN;
  if (forgot) return { all: true };
  return page.reset === 'epoch' || (meta.epoch !== null && page.epoch !== meta.epoch) ? { all: false } : null;
};

const position = (meta: Meta, page: PullAnswer, asked: Asked, now: number): Partial<Meta> => ({
  cursor: page.cursor,
  seq: page.seq,
  epoch: page.epoch,
  spaceId: page.spaceId,
  ...(page.hasMore ? {} : { syncedAt: now }),
  ...(isOurs(meta, page.ackedN, asked) ? { ackedN: page.ackedN } : {}),
});

/** A number that this store has not given out yet is of a twin: the device was restored or cloned, and its next push will hear so. */
const isOurs = (meta: Meta, ackedN: number | undefined, asked: Asked): ackedN is number =>
  ackedN !== undefined && asked.clientId === meta.clientId && ackedN < meta.nextN;

/** No record is ever replaced by a lower seq. */
const newer = (changes: readonly RecordState[], known: ReadonlyMap<string, RecordState>): Map<string, RecordState> => {
  const rows = new Map<string, RecordState>();
  for (const change of changes) {
    const key = recordKey(change.collection, change.id);
    if (change.seq >= ((rows.get(key) ?? known.get(key))?.seq ?? 0)) rows.set(key, change);
  }
  return rows;
};

/** Acknowledged mutations whose state has arrived. */
const settledUpTo = (mirror: Mirror, seq: number): Map<string, OutboxRow | null> => {
  const rows = new Map<string, null>();
  for (const [mutationId, row] of mirror.outbox) if (row.settled !== undefined && row.settled <= seq) rows.set(mutationId, null);
  return rows;
};

/** A page of a snapshot: set aside until the last one, which replaces the records. */
const stagePage = (mirror: Mirror, page: PullAnswer, cursor: string | null, healing: Partial<Meta>, asked: Asked, now: number): Change => {
  const begins = page.reset !== undefined || cursor === null;
  const before = begins ? new Map<string, RecordState>() : mirror.staged;
  const staged = newer(page.changes, before);
  if (page.hasMore) {
    const meta = { ...healing, staging: { cursor: page.cursor, epoch: page.epoch } };
    return { clear: begins ? ['staged'] : [], rows: { staged }, meta };
  }
  const records = new Map([...before, ...staged]);
  // What a push answer brought after the snapshot began is newer than the snapshot.
  if (page.epoch === mirror.meta.epoch) {
    for (const [key, state] of mirror.records)
      if (state.seq > page.seq && state.seq > (records.get(key)?.seq ?? 0)) records.set(key, state);
  }
  const fresh: Partial<Meta> = { ackedN: 0, ...position(mirror.meta, page, asked, now), staging: null };
  return {
    clear: ['records', 'staged'],
    rows: { records, outbox: settledUpTo(mirror, page.seq), kept: keepReplaced(mirror, records) },
    meta: { ...healing, ...fresh },
  };
};

const keysWithEdits = (mirror: Mirror): Set<string> => {
  const keys = new Set<string>();
  for (const { mutation } of mirror.outbox.values()) if (mutation.op !== 'void') keys.add(recordKey(mutation.collection, mutation.id));
  for (const { mutation } of mirror.parked.values()) keys.add(recordKey(mutation.collection, mutation.id));
  return keys;
};

/** Of records with pending edits the state that they were made on is kept, so that a conflict can still show it. */
const keepReplaced = (mirror: Mirror, records: ReadonlyMap<string, RecordState>): Map<string, RecordState> => {
  const kept = new Map<string, RecordState>();
  for (const key of keysWithEdits(mirror)) {
    const state = mirror.records.get(key);
    if (state !== undefined && state.seq !== records.get(key)?.seq && !mirror.kept.has(key)) kept.set(key, state);
  }
  return kept;
};

const keptNoMore = (mirror: Mirror): Map<string, RecordState | null> => {
  const rows = new Map<string, null>();
  if (mirror.kept.size === 0) return rows;
  const wanted = keysWithEdits(mirror);
  for (const key of mirror.kept.keys()) if (!wanted.has(key)) rows.set(key, null);
  return rows;
};

/** Starts over from a snapshot, with everything else as it is: for a cursor the server does not take, or a copy that differs. */
export const startOver = (mirror: Mirror): Change | null =>
  mirror.meta.cursor === null && mirror.meta.staging?.cursor === null
    ? null
    : { clear: ['staged'], meta: { cursor: null, staging: { cursor: null, epoch: null } } };
