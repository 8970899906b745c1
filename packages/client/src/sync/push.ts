import type { PushAnswer } from '@tidemark/protocol/messages';
import { applyPush } from './apply-push.ts';
import { mend, type Pushed } from './mend-push.ts';
import { endless, type Round, STALE, UNITS_ALL } from './round.ts';
import { createSender, type Sent, stands } from './send-push.ts';

/** Refused pushes in one round that are mended at once (a new clientId, a smaller batch); then the round waits. */
const MENDINGS_MAX = 16;

/**
 * Sends the outbox, batch by batch, until it is empty. The server plans one push while the next is on its way; their numbers keep
 * them in order: it refuses one that overtook (OUT_OF_ORDER), or that follows what it did not take, and it is sent again. From
 * then on they go one by one, for a further answer that nobody waits for is like a lost one.
 */
export const pushAll = async (round: Round): Promise<Pushed> => {
  const { transactions } = round;
  const { mirror } = transactions;
  const send = createSender(round);
  let mendings = 0;
  let ahead: Sent | undefined;
  let isOneByOne = false;
  while (round.isCurrent()) {
    const sent = ahead ?? send(true);
    if (sent === undefined) return null;
    ahead = isOneByOne ? undefined : send(false);
    const answer = await sent.answer;
    const rows = sent.units.flat();
    round.onTraffic('push', rows.length, answer.ok);
    if (answer.ok) await take(round, sent, answer.value);
    else {
      const result = await mend(round, sent, answer);
      if (result !== 'mended') return result;
    }
    if (mirror.meta.heal) return 'pullFirst';
    // An answer may be a prefix.
    const left = rows.filter((row) => stands(mirror, row)).length;
    if (answer.ok && left === 0) continue;
    isOneByOne = true;
    ahead = undefined;
    if (!answer.ok || left === rows.length) mendings += 1;
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
