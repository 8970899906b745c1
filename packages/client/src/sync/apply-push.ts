import { type AppDefinition, CONFLICTS, isJsonObject, type Refusal } from '@tidemark/protocol';
import type { Accepted, Mutation, PushAnswer, RecordState, Rejected } from '@tidemark/protocol/messages';
import { journalRows } from '../outbox/journal.ts';
import type { Mirror } from '../store/mirror.ts';
import { type JournalRow, type OutboxRow, type ParkedRow, recordKey } from '../store/rows.ts';
import type { Change } from '../store/transactions.ts';
import { fold } from '../view/fold.ts';
import { collectionOf, foldContext } from '../view/view.ts';

/** What was true when the request was made. */
export interface Asked {
  readonly clientId: string;
  readonly receiptN: number;
}

interface Draft {
  readonly app: AppDefinition;
  readonly mirror: Mirror;
  readonly answer: PushAnswer;
  readonly now: number;
  readonly records: Map<string, RecordState>;
  readonly outbox: Map<string, OutboxRow | null>;
  readonly parked: Map<string, ParkedRow | null>;
  readonly journal: JournalRow[];
  /** Seqs at which this answer put a state of this client's own, per record. */
  readonly own: Map<string, number>;
  /** Records of which this answer acknowledged a mutation whose state is not here yet. */
  readonly settled: Set<string>;
  receiptN: number;
}

/**
 * Plans what a push answer changes, all in one transaction: states, verdicts out of the outbox, refused ones into the
 * parked list, accepted ones into the journal, counters. Only rows with a verdict leave the outbox. A repeat of the
 * answer, or the same verdicts in another tab, change nothing more.
 */
export const applyPush = (app: AppDefinition, mirror: Mirror, answer: PushAnswer, asked: Asked, now: number): Change | null => {
  const draft: Draft = {
    app,
    mirror,
    answer,
    now,
    records: new Map(),
    outbox: new Map(),
    parked: new Map(),
    journal: [],
    own: new Map(),
    settled: new Set(),
    receiptN: mirror.meta.receiptN,
  };
  const sameClient = asked.clientId === mirror.meta.clientId;
  for (const item of answer.accepted) accept(draft, item, sameClient);
  for (const item of answer.rejected) reject(draft, item, sameClient);
  const heal = needsHealing(mirror, answer, asked, sameClient);
  if (draft.outbox.size === 0 && heal === null) return null;
  return {
    rows: {
      records: draft.records,
      outbox: draft.outbox,
      parked: draft.parked,
      journal: journalRows(mirror, draft.journal, now),
    },
    meta: { receiptN: draft.receiptN, spaceId: mirror.meta.spaceId ?? answer.spaceId, ...(heal === null ? {} : { heal }) },
  };
};

/** A server that forgot receipts it gave, or that has another epoch, was restored from a backup. */
const needsHealing = (mirror: Mirror, answer: PushAnswer, asked: Asked, sameClient: boolean): { all: boolean } | null => {
  if (mirror.meta.heal !== null) return mirror.meta.heal;
  if (sameClient && answer.ackedN < asked.receiptN) return { all: true };
  return mirror.meta.epoch !== null && answer.epoch !== mirror.meta.epoch ? { all: false } : null;
};

const accept = (draft: Draft, item: Accepted, sameClient: boolean): void => {
  const { mutationId } = item;
  const row = draft.mirror.outbox.get(mutationId);
  if (row === undefined || row.settled !== undefined) return;
  if (sameClient) draft.receiptN = Math.max(draft.receiptN, row.mutation.n);
  // A void that is answered by an acceptance: the mutation had been applied before it was given up.
  const mutation = row.mutation.op === 'void' ? draft.mirror.parked.get(mutationId)?.mutation : row.mutation;
  if (row.mutation.op === 'void') draft.parked.set(mutationId, null);
  draft.outbox.set(mutationId, null);
  if (mutation === undefined) return;
  draft.journal.push({
    mutation,
    epoch: draft.answer.epoch,
    seq: item.seq,
    at: draft.now,
    status: item.first ?? (item.status === 'duplicate' ? 'applied' : item.status),
    conflictIds: item.conflictIds ?? [],
  });
  if (draft.answer.epoch !== draft.mirror.meta.epoch && draft.mirror.meta.epoch !== null) return;
  takeState(draft, item, mutation);
};

const takeState = (draft: Draft, item: Accepted, mutation: Mutation): void => {
  const key = recordKey(mutation.collection, mutation.id);
  const known = draft.records.get(key) ?? draft.mirror.records.get(key);
  const reached = Math.max(draft.mirror.meta.seq, known?.seq ?? 0);
  if (item.record !== undefined) {
    putState(draft, item.record);
    draft.own.set(key, item.record.seq);
    return;
  }
  if (item.seq <= reached) return;
  const state = ownState(draft, item, mutation, known, key);
  if (state === undefined) {
    // The state cannot be worked out here without a guess: the edit stays in view until a pull brings it.
    draft.outbox.set(item.mutationId, { mutation, settled: item.seq });
    draft.settled.add(key);
    return;
  }
  draft.records.set(key, state);
  draft.own.set(key, item.seq);
};

/** The state an accepted mutation leads to, where the state before it is known for certain to be the one here. */
const ownState = (
  draft: Draft,
  item: Accepted,
  mutation: Mutation,
  known: RecordState | undefined,
  key: string,
): RecordState | undefined => {
  const { app, mirror } = draft;
  const collection = collectionOf(app, mutation.collection);
  const before = known?.seq ?? 0;
  const certain = draft.own.get(key) === before || (mutation.base === before && !hasSettled(draft, key));
  if (!certain || collection === undefined || mutation.collection === CONFLICTS || mutation.healed) return undefined;
  if (mutation.schemaVersion !== app.schemaVersion || (known !== undefined && known.schemaVersion !== app.schemaVersion)) return undefined;
  // With itself as the base nothing counts as concurrent: it was not merged.
  const context = { ...foldContext(app, mirror, collection), epoch: mutation.epoch ?? null };
  const fields = fold(context, known, [{ ...mutation, base: before }]);
  if ((fields === null) !== (mutation.op === 'delete')) return undefined;
  return {
    collection: mutation.collection,
    id: mutation.id,
    seq: item.seq,
    revision: item.revision,
    updatedAt: draft.answer.serverTime,
    schemaVersion: app.schemaVersion,
    ...(fields === null ? { deleted: true } : { fields }),
  };
};

/** Does another acknowledged mutation of the record wait for its state? Then the one here is not the one before. */
const hasSettled = (draft: Draft, key: string): boolean =>
  draft.settled.has(key) || draft.mirror.outboxIndex.of(key).some((row) => row.settled !== undefined);

/** Takes a state of the server: never one that the cursor is past of, never a lower seq for a higher. */
const putState = (draft: Draft, state: RecordState): void => {
  const key = recordKey(state.collection, state.id);
  const known = draft.records.get(key) ?? draft.mirror.records.get(key);
  if (state.seq > draft.mirror.meta.seq && state.seq >= (known?.seq ?? 0)) draft.records.set(key, state);
};

const reject = (draft: Draft, item: Rejected, sameClient: boolean): void => {
  const { mutationId } = item;
  const row = draft.mirror.outbox.get(mutationId);
  if (row === undefined || row.settled !== undefined) return;
  if (sameClient) draft.receiptN = Math.max(draft.receiptN, row.mutation.n);
  draft.outbox.set(mutationId, null);
  const parked = draft.mirror.parked.get(mutationId);
  const details = isJsonObject(item.details) ? { details: item.details } : {};
  const error: Refusal = { code: item.code, message: item.message, ...details };
  if (row.mutation.op !== 'void') draft.parked.set(mutationId, { mutation: row.mutation, error, parkedAt: draft.now });
  // The verdict that was stored before the mutation was given up says more than the failure of a request.
  else if (parked !== undefined && item.code !== 'VOIDED') draft.parked.set(mutationId, { ...parked, error });
  if (item.record !== undefined && draft.answer.epoch === draft.mirror.meta.epoch) putState(draft, item.record);
};
