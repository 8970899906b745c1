import type { Refusal } from '@tidemark/protocol';
import { parkUnit, renameMutation } from '../outbox/park.ts';
import { startOver } from './apply-page.ts';
import { type Failure, meaningOf } from './calls.ts';
import { type Round, renewClientId, type Trouble, toTrouble, UNITS_ALL } from './round.ts';
import { type Sent, sendPush } from './send-push.ts';

/** Server errors in a row before a push is suspected instead of the server. */
const STRIKES_MAX = 3;

/** How a push ended that is not to be tried again at once. 'pullFirst': the server asks for a pull before it can go on. */
export type Pushed = Trouble | 'pullFirst';

/** What a refused push asks for. 'mended': it can be tried again at once. */
export const mend = async (round: Round, sent: Sent, failed: Failure): Promise<Pushed | 'mended'> => {
  const { transactions, suspicion, env } = round;
  const { error, status } = failed;
  const { clientId } = sent.asked;
  switch (error.code) {
    case 'CLIENT_REUSED':
      await renewClientId(round, clientId);
      return 'mended';
    case 'OUT_OF_ORDER':
      return mendOrder(round, sent, error);
    case 'BASE_AHEAD':
      // A pull should bring what is newer. Where it brought nothing, the server has lost it.
      if (suspicion.isBaseAhead) await healAll(round, clientId);
      suspicion.isBaseAhead = !suspicion.isBaseAhead;
      return 'pullFirst';
    case 'BAD_CURSOR':
      await transactions.run(startOver);
      return 'pullFirst';
    case 'MUTATION_REUSED': {
      const named = error.details?.mutationId;
      if (typeof named !== 'string') return suspect(round, sent, failed);
      const fresh = env.uuid();
      return (await transactions.run((mirror) => renameMutation(mirror, named, fresh))) ? 'mended' : toTrouble(failed);
    }
    default:
      // A 503 or 507 is the server saying that it is not itself (starting, overloaded, disk full): no mutation is to blame.
      return meaningOf(failed) === 'blame' || (status >= 500 && status !== 503 && status !== 507)
        ? suspect(round, sent, failed)
        : toTrouble(failed);
  }
};

/** The server lost what it had acknowledged: after the next pull everything is offered again. */
const healAll = ({ transactions }: Round, clientId: string): Promise<boolean> =>
  transactions.run(({ meta }) => (meta.clientId === clientId ? { meta: { heal: true } } : null));

const mendOrder = async (round: Round, { units, asked }: Sent, error: Refusal): Promise<Pushed | 'mended'> => {
  const expected = Number(error.details?.expected ?? 0);
  if (expected <= asked.receiptN) {
    // It gave receipts for numbers that it now expects: it lost them, so it was restored.
    await healAll(round, asked.clientId);
    return 'pullFirst';
  }
  // The outbox is sent from its lowest number; where that is above the expected one, the one asked for is not here.
  const first = units[0]?.[0]?.mutation.n ?? 0;
  // So it is, too, where this push overtook the one before it; but that one has its receipts by now.
  if (first > expected && expected > round.transactions.mirror.meta.receiptN) await renewClientId(round, asked.clientId);
  return 'mended';
};

/**
 * Looks for the one mutation (or group) that the server cannot take: half of the batch, half of that, until one is left
 * that alone fails while an empty push succeeds. That one is parked. Server errors count only once they repeat.
 */
const suspect = async (round: Round, { units }: Sent, failed: Failure): Promise<Pushed | 'mended'> => {
  const { suspicion, transactions, env } = round;
  const [unit, ...others] = units;
  const isAlone = others.length === 0;
  if (failed.status >= 500) {
    suspicion.strikes += 1;
    if (suspicion.strikes < STRIKES_MAX && (isAlone || suspicion.unitsMax === UNITS_ALL)) return toTrouble(failed);
  }
  const probe = await sendPush(round).answer;
  if (!probe.ok) return toTrouble(probe.status === 0 || meaningOf(probe) !== 'blame' ? probe : failed);
  suspicion.strikes = 0;
  if (isAlone && unit !== undefined) await transactions.run((mirror) => parkUnit(mirror, unit, failed.error, env.wall()));
  else suspicion.unitsMax = Math.max(1, Math.floor(units.length / 2));
  return 'mended';
};
