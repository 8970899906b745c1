import { type AppDefinition, CONFLICTS } from '@tidemark/protocol';
import type { Accepted, Mutation, PushAnswer, RecordState } from '@tidemark/protocol/messages';
import { journalRows } from '../outbox/journal.ts';
import type { Mirror } from '../store/mirror.ts';
import { type JournalRow, type Meta, type OutboxRow, type ParkedRow, recordKey } from '../store/rows.ts';
import type { Change } from '../store/transactions.ts';
import { fold } from '../view/fold.ts';
import { collectionOf, foldContext } from '../view/view.ts';
import { healing } from './healing.ts';

/**
 * Plans what a push answer changes, all in one transaction: states, verdicts out of the outbox, refused ones into the
 * parked list, accepted ones into the journal, counters. Only rows with a verdict leave the outbox. A repeat of the
 * answer, or the same verdicts in another tab, change nothing more. `asked`: what was true when the request was made.
 */
export const applyPush = (app: AppDefinition, mirror: Mirror, answer: PushAnswer, asked: Meta, now: number): Change | null => {
  const { meta } = mirror;
  const { epoch } = answer;
  const states = createStates(app, mirror, answer);
  const outbox = new Map<string, OutboxRow | null>();
  const parked = new Map<string, ParkedRow | null>();
  const journal: JournalRow[] = [];
  let { receiptN } = meta;
  for (const item of [...answer.accepted, ...answer.rejected]) {
    const { mutationId } = item;
    const row = mirror.outbox.get(mutationId);
    if (row === undefined || row.settled !== undefined) continue;
    if (asked.clientId === meta.clientId) receiptN = Math.max(receiptN, row.mutation.n);
    outbox.set(mutationId, null);
    const isVoid = row.mutation.op === 'void';
    const before = mirror.parked.get(mutationId);
    const mutation = row.mutation.op === 'void' ? before?.mutation : row.mutation;
    if (mutation === undefined) continue;
    if ('code' in item) {
      const { code, message, details = {}, record } = item;
      const error = { code, message, details };
      if (!isVoid) parked.set(mutationId, { mutation, error, parkedAt: now });
      // The verdict that was stored before the mutation was given up says more than the failure of a request.
      else if (before !== undefined && code !== 'VOIDED') parked.set(mutationId, { ...before, error });
      if (record !== undefined && epoch === meta.epoch) states.put(record);
      continue;
    }
    // A void that is answered by an acceptance: the mutation had been applied before it was given up.
    if (isVoid) parked.set(mutationId, null);
    const { seq, first, status, conflictIds = [] } = item;
    journal.push({ mutation, epoch, seq, at: now, status: first ?? (status === 'duplicate' ? 'applied' : status), conflictIds });
    const isHere = (meta.epoch !== null && epoch !== meta.epoch) || states.take(item, mutation);
    // The edit stays in view until a pull brings the state.
    if (!isHere) outbox.set(mutationId, { mutation, settled: seq });
  }
  const heal = healing(meta, asked, answer);
  if (outbox.size === 0 && heal === undefined) return null;
  return {
    rows: { records: states.records, outbox, parked, journal: journalRows(mirror, journal, now) },
    meta: { receiptN, spaceId: meta.spaceId ?? answer.spaceId, ...heal },
  };
};

/** The states that an answer leads to. */
const createStates = (app: AppDefinition, mirror: Mirror, answer: PushAnswer) => {
  const records = new Map<string, RecordState>();
  /** Seqs at which this answer put a state of this client's own, per record. */
  const own = new Map<string, number>();
  /** Records of which this answer acknowledged a mutation whose state is not here yet. */
  const settled = new Set<string>();
  const known = (key: string): RecordState | undefined => records.get(key) ?? mirror.records.get(key);

  /** Takes a state of the server: never one that the cursor is past of, never a lower seq for a higher. */
  const put = (state: RecordState): void => {
    const key = recordKey(state.collection, state.id);
    if (state.seq > mirror.meta.seq && state.seq >= (known(key)?.seq ?? 0)) records.set(key, state);
  };

  /** The state an accepted mutation leads to, where the state before it is known for certain to be the one here. */
  const work = ({ seq, revision }: Accepted, mutation: Mutation, key: string): RecordState | undefined => {
    const { schemaVersion } = app;
    const { collection, id, base } = mutation;
    const state = known(key);
    const before = state?.seq ?? 0;
    const definition = collectionOf(app, collection);
    // Where another acknowledged mutation of the record waits for its state, the one here is not the one before.
    const waits = settled.has(key) || mirror.outboxIndex.of(key).some((row) => row.settled !== undefined);
    if (own.get(key) !== before && (base !== before || waits)) return undefined;
    if (definition === undefined || collection === CONFLICTS || mutation.healed) return undefined;
    if (mutation.schemaVersion !== schemaVersion || (state ?? mutation).schemaVersion !== schemaVersion) return undefined;
    // With itself as the base nothing counts as concurrent: it was not merged.
    const context = { ...foldContext(app, mirror, definition), epoch: mutation.epoch ?? null };
    const fields = fold(context, state, [{ ...mutation, base: before }]);
    if ((fields === null) !== (mutation.op === 'delete')) return undefined;
    const content: Pick<RecordState, 'deleted' | 'fields'> = fields === null ? { deleted: true } : { fields };
    return { collection, id, seq, revision, updatedAt: answer.serverTime, schemaVersion, ...content };
  };

  /** False where the state cannot be worked out here without a guess. */
  const take = (item: Accepted, mutation: Mutation): boolean => {
    const key = recordKey(mutation.collection, mutation.id);
    if (item.record === undefined && item.seq <= Math.max(mirror.meta.seq, known(key)?.seq ?? 0)) return true;
    const state = item.record ?? work(item, mutation, key);
    if (state === undefined) {
      settled.add(key);
      return false;
    }
    put(state);
    own.set(key, state.seq);
    return true;
  };
  return { records, put, take };
};
