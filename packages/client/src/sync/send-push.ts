import { GROUP_MUTATIONS_MAX, PROTOCOL_VERSION } from '@tidemark/protocol';
import type { PushAnswer } from '@tidemark/protocol/messages';
import { type Batch, firstBatch, toUnits } from '../outbox/batch.ts';
import { waitingRows } from '../store/mirror.ts';
import type { Meta, OutboxRow } from '../store/rows.ts';
import { isPushAnswer } from './answers.ts';
import type { Answer } from './calls.ts';
import { type Round, UNITS_ALL } from './round.ts';

/** Pushes under way at once: the server plans one while the next is on its way. */
const UNDER_WAY_MAX = 2;

/** A push under way. */
export interface Sent {
  readonly batch: Batch;
  /** What was true when it was sent. */
  readonly asked: Meta;
  /** It was sent while another was under way, whose numbers come before its own. */
  readonly follows: boolean;
  readonly answer: Promise<Answer<PushAnswer>>;
}

const NOTHING: Batch = { units: [], texts: [], chars: 0 };

/** Sends mutations as they were printed; none to ask whether the server takes any push. */
export const sendPush = async (round: Round, { texts }: Batch = NOTHING): Promise<Answer<PushAnswer>> => {
  const { clientId, spaceId, cursor } = round.transactions.mirror.meta;
  const { schemaVersion } = round.app;
  const head = { protocolVersion: PROTOCOL_VERSION, clientId, schemaVersion, spaceId: spaceId ?? undefined, cursor: cursor ?? undefined };
  const body = `${JSON.stringify(head).slice(0, -1)},"mutations":[${texts.join()}]}`;
  const answer = await round.calls.ask('/sync/push', isPushAnswer, body);
  if (texts.length > 0) round.onTraffic('push', texts.length, answer.ok);
  return answer;
};

/** The pushes of a round, in the order of the outbox. */
export interface Sender {
  /** The push that was sent first, once what may go with it is sent too; undefined where nothing waits and none is under way. */
  next(): Sent | undefined;
  /** All others that are under way. What of them got no verdict is sent again, from now on one by one. */
  recall(): readonly Sent[];
}

export const createSender = (round: Round): Sender => {
  const { transactions, suspicion, pushMutationsMax } = round;
  const { outbox } = transactions.mirror;
  let underWay: Sent[] = [];
  let rows: readonly OutboxRow[] = [];
  let at = 0;
  let underWayMax = UNDER_WAY_MAX;
  const stands = (row: OutboxRow): boolean => outbox.get(row.mutation.mutationId) === row;
  const nextBatch = (): Batch => {
    // So many rows hold the units of any batch whole.
    const window = (): readonly OutboxRow[] => rows.slice(at, at + pushMutationsMax + GROUP_MUTATIONS_MAX);
    if (at >= rows.length || !window().every(stands)) {
      // Rows were renumbered, or more were queued: what is under way is waited for before they are looked up.
      if (underWay.length > 0) return NOTHING;
      rows = waitingRows(transactions.mirror);
      at = 0;
    }
    return firstBatch(toUnits(window()), suspicion.unitsMax, pushMutationsMax);
  };
  const mayFollow = (batch: Batch): boolean => {
    const last = underWay.at(-1);
    // While a mutation is suspected each push is judged alone. A much smaller push would overtake the one before it.
    return last === undefined || (suspicion.unitsMax === UNITS_ALL && suspicion.strikes === 0 && batch.chars * 2 > last.batch.chars);
  };
  return {
    next: () => {
      while (underWay.length < underWayMax) {
        const batch = nextBatch();
        if (batch.texts.length === 0 || !mayFollow(batch)) break;
        at += batch.texts.length;
        const asked = transactions.mirror.meta;
        underWay.push({ batch, asked, follows: underWay.length > 0, answer: sendPush(round, batch) });
      }
      return underWay.shift();
    },
    recall: () => {
      const recalled = underWay;
      underWay = [];
      rows = [];
      underWayMax = 1;
      return recalled;
    },
  };
};
