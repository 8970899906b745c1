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
  const sender = createSender(round);
  let mendings = 0;
  while (round.isCurrent()) {
    const first = sender.next();
    if (first === undefined) return null;
    const answer = await first.answer;
    if (answer.ok) await take(round, first, answer.value);
    // An answer may be a prefix.
    const rows = first.batch.units.flat();
    if (answer.ok && hasVerdict(round, rows.at(-1)) && !mirror.meta.heal) continue;
    for (const later of sender.recall()) {
      const late = await later.answer;
      if (late.ok) await take(round, later, late.value);
    }
    if (mirror.meta.heal) return 'pullFirst';
    // One that overtook says nothing of the server; alone it will.
    const overtook = first.follows && !answer.ok && answer.error.code === 'OUT_OF_ORDER';
    const result = answer.ok || overtook ? 'mended' : await mend(round, first, answer);
    if (result !== 'mended') return result;
    if (mirror.meta.heal) return 'pullFirst';
    if (!answer.ok || !hasVerdict(round, rows[0])) mendings += 1;
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

const hasVerdict = ({ transactions }: Round, row: OutboxRow | undefined): boolean =>
  row === undefined || transactions.mirror.outbox.get(row.mutation.mutationId) !== row;
