import { GROUP_MUTATIONS_MAX, PROTOCOL_VERSION } from '@tidemark/protocol';
import type { PushAnswer } from '@tidemark/protocol/messages';
import { type Batch, firstBatch } from '../outbox/batch.ts';
import { type Mirror, waitingRows } from '../store/mirror.ts';
import type { Meta, OutboxRow } from '../store/rows.ts';
import { isPushAnswer } from './answers.ts';
import type { Answer } from './calls.ts';
import type { Round } from './round.ts';

/** A push under way. */
export interface Sent extends Batch {
  /** What was true when it was sent. */
  readonly asked: Meta;
  readonly answer: Promise<Answer<PushAnswer>>;
}

/** Sends mutations as they were printed; none to ask whether the server takes any push. */
export const sendPush = async (round: Round, texts: readonly string[] = []): Promise<Answer<PushAnswer>> => {
  const { clientId, spaceId, cursor } = round.transactions.mirror.meta;
  const { schemaVersion } = round.app;
  const head = { protocolVersion: PROTOCOL_VERSION, clientId, schemaVersion, spaceId: spaceId ?? undefined, cursor: cursor ?? undefined };
  const body = `${JSON.stringify(head).slice(0, -1)},"mutations":[${texts}]}`;
  const answer = await round.calls.ask('/sync/push', isPushAnswer, body);
  if (texts.length > 0) round.onTraffic('push', texts.length, answer.ok);
  return answer;
};

/** Does a row stand in the outbox as it was looked up? Not where it has its verdict, or was renumbered. */
export const stands = ({ outbox }: Mirror, row: OutboxRow): boolean => outbox.get(row.mutation.mutationId) === row;

/**
 * Answers a function that sends what comes next in the outbox: after the push that is under way, or, with none, from its beginning.
 * Undefined where nothing does, or only once that one is answered.
 */
export const createSender = (round: Round): ((underWay?: Sent) => Sent | undefined) => {
  const { transactions, suspicion, pushMutationsMax } = round;
  const { mirror } = transactions;
  let rows: readonly OutboxRow[] = [];
  return (underWay) => {
    if (!underWay) rows = waitingRows(mirror);
    // So many rows hold the units of any batch whole.
    const next = rows.slice(0, pushMutationsMax + GROUP_MUTATIONS_MAX);
    const batch = firstBatch(next, suspicion.unitsMax, pushMutationsMax);
    const { texts, chars } = batch;
    // A much smaller push would overtake the one before it.
    if (texts.length === 0 || (underWay && chars * 2 < underWay.chars) || !next.every((row) => stands(mirror, row))) return undefined;
    rows = rows.slice(texts.length);
    return { ...batch, asked: mirror.meta, answer: sendPush(round, texts) };
  };
};
