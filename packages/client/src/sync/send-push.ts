import { GROUP_MUTATIONS_MAX, PROTOCOL_VERSION } from '@tidemark/protocol';
import type { PushAnswer } from '@tidemark/protocol/messages';
import { firstBatch, toUnits, type Unit } from '../outbox/batch.ts';
import { type Mirror, waitingRows } from '../store/mirror.ts';
import type { Meta, OutboxRow } from '../store/rows.ts';
import { isPushAnswer } from './answers.ts';
import type { Answer } from './calls.ts';
import type { Round } from './round.ts';

/** A push under way. */
export interface Sent {
  readonly units: readonly Unit[];
  /** What was true when it was sent. */
  readonly asked: Meta;
  readonly answer: Promise<Answer<PushAnswer>>;
}

/** Sends rows of the outbox; none to ask whether the server takes any push. */
export const sendPush = (round: Round, units: readonly Unit[] = []): Sent => {
  const { meta: asked } = round.transactions.mirror;
  const { clientId, spaceId, cursor } = asked;
  const answer = round.calls.ask('/sync/push', isPushAnswer, {
    protocolVersion: PROTOCOL_VERSION,
    clientId,
    schemaVersion: round.app.schemaVersion,
    spaceId: spaceId ?? undefined,
    cursor: cursor ?? undefined,
    mutations: units.flat().map((row) => row.mutation),
  });
  return { units, asked, answer };
};

/** Does a row stand in the outbox as it was looked up? Not where it has its verdict, or was renumbered. */
export const stands = ({ outbox }: Mirror, row: OutboxRow): boolean => outbox.get(row.mutation.mutationId) === row;

/**
 * Answers a function that sends what comes next in the outbox: after the push that is under way, or, with none, from its beginning.
 * Undefined where nothing does, or only once that one is answered: more was queued since, or all was renumbered.
 */
export const createSender = (round: Round): ((isFirst: boolean) => Sent | undefined) => {
  const { transactions, suspicion, pushMutationsMax } = round;
  const { mirror } = transactions;
  let rows: readonly OutboxRow[] = [];
  return (isFirst) => {
    if (isFirst) rows = waitingRows(mirror);
    // So many rows hold the units of any batch whole.
    const next = rows.slice(0, pushMutationsMax + GROUP_MUTATIONS_MAX);
    const batch = firstBatch(toUnits(next), suspicion.unitsMax, pushMutationsMax);
    rows = rows.slice(batch.flat().length);
    return batch.length > 0 && next.every((row) => stands(mirror, row)) ? sendPush(round, batch) : undefined;
  };
};
