import type { PushAnswer } from '@tidemark/protocol/messages';
import type { OutboxRow } from '../store/rows.ts';
import { applyPush } from './apply-push.ts';
import { mend, type Pushed } from './mend-push.ts';
import { endless, type Round, STALE, UNITS_ALL } from './round.ts';
import { createSender, type Sent } from './send-push.ts';

/** Refused pushes in one round that are mended at once (a new clientId, a smaller batch); then the round waits. */
const MENDINGS_MAX = 16;

/**
 * Sends the outbox, batch by batch, until it is empty. A second push may be under way with the first; their numbers keep them
 * in order: the server refuses one that overtook (OUT_OF_ORDER), or that follows what it did not take, and it is sent again.
 */
export const pushAll = async (round: Round): Promise<Pushed> => {
  const { transactions } = round;
  const { mirror } = transactions;
  const nextPush = createSender(round);
  const hasVerdict = (row: OutboxRow | undefined): boolean => row === undefined || mirror.outbox.get(row.mutation.mutationId) !== row;
  let mendings = 0;
  let again = false;
  while (round.isCurrent()) {
    const sent = nextPush(again);
    if (sent === undefined) return null;
    const answer = await sent.answer;
    const rows = sent.units.flat();
    if (answer.ok) await take(round, sent, answer.value);
    else {
      const result = await mend(round, sent, answer);
      if (result !== 'mended') return result;
    }
    if (mirror.meta.heal) return 'pullFirst';
    // An answer may be a prefix.
    again = !answer.ok || !hasVerdict(rows.at(-1));
    if (!again) continue;
    if (!answer.ok || !hasVerdict(rows[0])) mendings += 1;
    if (mendings > MENDINGS_MAX) return endless();
    // A write is planned on what other sessions stored; where nothing was written, it is read.
    await transactions.refresh();
  }
  return STALE;
};

/** Takes the verdicts of a push. */
const take = async ({ transactions, suspicion, pushMutationsMax, env }: Round, { asked }: Sent, answer: PushAnswer): Promise<void> => {
  suspicion.strikes = 0;
  suspicion.isBaseAhead = false;
  suspicion.unitsMax = suspicion.unitsMax >= pushMutationsMax ? UNITS_ALL : suspicion.unitsMax * 2;
  await transactions.run((mirror) => applyPush(mirror, answer, asked, env.wall()));
};
