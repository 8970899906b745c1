import { GROUP_MUTATIONS_MAX, PROTOCOL_VERSION } from '@tidemark/protocol';
import type { PushAnswer } from '@tidemark/protocol/messages';
import { type Batch, firstBatch, toUnits } from '../outbox/batch.ts';
import { waitingRows } from '../store/mirror.ts';
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
  const body = `${JSON.stringify(head).slice(0, -1)},"mutations":[${texts.join()}]}`;
  const answer = await round.calls.ask('/sync/push', isPushAnswer, body);
  if (texts.length > 0) round.onTraffic('push', texts.length, answer.ok);
  return answer;
};

/**
 * Answers a function that gives the pushes of a round one after another, in the order of the outbox; undefined when nothing waits.
 * The server plans one while the next is on its way. `again`: the last one left something to be sent again; what is under way
 * then counts as lost, and the rest goes one by one, for its answers decide.
 */
export const createSender = (round: Round): ((again: boolean) => Sent | undefined) => {
  const { transactions, suspicion, pushMutationsMax } = round;
  const { mirror } = transactions;
  let underWayMax = 2;
  let underWay: Sent[] = [];
  let rows: readonly OutboxRow[] = [];
  // So many rows hold the units of any batch whole.
  const nextRows = (): readonly OutboxRow[] => rows.slice(0, pushMutationsMax + GROUP_MUTATIONS_MAX);
  const stands = (row: OutboxRow): boolean => mirror.outbox.get(row.mutation.mutationId) === row;
  const sendNext = (): boolean => {
    const last = underWay.at(-1);
    if (rows.length === 0 || !nextRows().every(stands)) {
      // More were queued, or all renumbered: what is under way is waited for before they are looked up.
      if (last !== undefined) return false;
      rows = waitingRows(mirror);
    }
    const batch = firstBatch(toUnits(nextRows()), suspicion.unitsMax, pushMutationsMax);
    const { texts, chars } = batch;
    // A much smaller push would overtake the one before it.
    if (texts.length === 0 || (last !== undefined && chars * 2 < last.chars)) return false;
    rows = rows.slice(texts.length);
    underWay.push({ ...batch, asked: mirror.meta, answer: sendPush(round, texts) });
    return true;
  };
  return (again) => {
    if (again) {
      underWayMax = 1;
      underWay = [];
      rows = [];
    }
    while (underWay.length < underWayMax && sendNext());
    return underWay.shift();
  };
};
