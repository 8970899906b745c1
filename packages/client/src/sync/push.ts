import { GROUP_MUTATIONS_MAX, PROTOCOL_VERSION, type Refusal } from '@tidemark/protocol';
import type { PushAnswer } from '@tidemark/protocol/messages';
import { firstBatch, toUnits, type Unit } from '../outbox/batch.ts';
import { PUSH_MUTATIONS_MAX } from '../outbox/limits.ts';
import { parkUnit, renameMutation } from '../outbox/park.ts';
import { waitingRows } from '../store/mirror.ts';
import { isPushAnswer } from './answers.ts';
import { startOver } from './apply-page.ts';
import { applyPush } from './apply-push.ts';
import { type Answer, type Failure, meaningOf } from './calls.ts';
import { endless, type Round, renewClientId, STALE, type Trouble, toTrouble, UNITS_ALL } from './round.ts';

/** Refused pushes in one round that are mended at once (a new clientId, a smaller batch); then the round waits. */
const MENDINGS_MAX = 16;
/** Server errors in a row before a push is suspected instead of the server. */
const STRIKES_MAX = 3;

/** So many rows hold the units of any batch whole. */
const ROWS_LOOKED_AT = PUSH_MUTATIONS_MAX + GROUP_MUTATIONS_MAX;

type Pushed = Trouble | 'pullFirst';

/** Sends the outbox, batch by batch, until it is empty. 'pullFirst': the server asks for a pull before it can go on. */
export const pushAll = async (round: Round): Promise<Pushed> => {
  const { transactions, suspicion } = round;
  const { mirror } = transactions;
  let mendings = 0;
  while (round.isCurrent()) {
    const batch = firstBatch(toUnits(waitingRows(mirror).slice(0, ROWS_LOOKED_AT)), suspicion.unitsMax);
    if (batch.length === 0) return null;
    const before = mirror.meta.receiptN;
    const result = await pushBatch(round, batch);
    if (result !== 'mended' && result !== 'progress') return result;
    if (mirror.meta.heal) return 'pullFirst';
    if (result === 'progress' && mirror.meta.receiptN > before) continue;
    mendings += 1;
    if (mendings > MENDINGS_MAX) return endless();
    // A write is planned on what other sessions stored; where nothing was written, it is read.
    await transactions.refresh();
  }
  return STALE;
};

const send = (round: Round, batch: readonly Unit[]): Promise<Answer<PushAnswer>> => {
  const { clientId, spaceId, cursor } = round.transactions.mirror.meta;
  return round.calls.ask('/sync/push', isPushAnswer, {
    protocolVersion: PROTOCOL_VERSION,
    clientId,
    schemaVersion: round.app.schemaVersion,
    spaceId: spaceId ?? undefined,
    cursor: cursor ?? undefined,
    mutations: batch.flat().map((row) => row.mutation),
  });
};

const pushBatch = async (round: Round, batch: readonly Unit[]): Promise<Pushed | 'mended' | 'progress'> => {
  const { transactions, suspicion, env } = round;
  const asked = transactions.mirror.meta;
  const answer = await send(round, batch);
  round.onTraffic('push', batch.flat().length, answer.ok);
  if (!answer.ok) return mend(round, batch, answer, asked.clientId);
  suspicion.strikes = 0;
  suspicion.isBaseAhead = false;
  suspicion.unitsMax = suspicion.unitsMax >= PUSH_MUTATIONS_MAX ? UNITS_ALL : suspicion.unitsMax * 2;
  await transactions.run((mirror) => applyPush(mirror, answer.value, asked, env.wall()));
  return 'progress';
};

/** What a refused push asks for. 'mended': it can be tried again at once. */
const mend = async (round: Round, batch: readonly Unit[], failed: Failure, clientId: string): Promise<Pushed | 'mended'> => {
  const { transactions, suspicion, env } = round;
  const { error, status } = failed;
  switch (error.code) {
    case 'CLIENT_REUSED':
      await renewClientId(round, clientId);
      return 'mended';
    case 'OUT_OF_ORDER':
      return mendOrder(round, batch, error, clientId);
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
      if (typeof named !== 'string') return suspect(round, batch, failed);
      const fresh = env.uuid();
      return (await transactions.run((mirror) => renameMutation(mirror, named, fresh))) ? 'mended' : toTrouble(failed);
    }
    default:
      // A 503 or 507 is the server saying that it is not itself (starting, overloaded, disk full): no mutation is to blame.
      return meaningOf(failed) === 'blame' || (status >= 500 && status !== 503 && status !== 507)
        ? suspect(round, batch, failed)
        : toTrouble(failed);
  }
};

/** The server lost what it had acknowledged: after the next pull everything is offered again. */
const healAll = ({ transactions }: Round, clientId: string): Promise<boolean> =>
  transactions.run(({ meta }) => (meta.clientId === clientId ? { meta: { heal: true } } : null));

const mendOrder = async (round: Round, batch: readonly Unit[], error: Refusal, clientId: string): Promise<Pushed | 'mended'> => {
  const expected = Number(error.details?.expected ?? 0);
  if (expected <= round.transactions.mirror.meta.receiptN) {
    // It gave receipts for numbers that it now expects: it lost them, so it was restored.
    await healAll(round, clientId);
    return 'pullFirst';
  }
  // The outbox is sent from its lowest number; where that is above the expected one, the one asked for is not here.
  const first = batch[0]?.[0]?.mutation.n ?? 0;
  if (first > expected) await renewClientId(round, clientId);
  return 'mended';
};

/**
 * Looks for the one mutation (or group) that the server cannot take: half of the batch, half of that, until one is left
 * that alone fails while an empty push succeeds. That one is parked. Server errors count only once they repeat.
 */
const suspect = async (round: Round, batch: readonly Unit[], failed: Failure): Promise<Pushed | 'mended'> => {
  const { suspicion, transactions, env } = round;
  const [unit, ...others] = batch;
  const isAlone = others.length === 0;
  if (failed.status >= 500) {
    suspicion.strikes += 1;
    if (suspicion.strikes < STRIKES_MAX && (isAlone || suspicion.unitsMax === UNITS_ALL)) return toTrouble(failed);
  }
  const probe = await send(round, []);
  if (!probe.ok) return toTrouble(probe.status === 0 || meaningOf(probe) !== 'blame' ? probe : failed);
  suspicion.strikes = 0;
  if (isAlone && unit !== undefined) await transactions.run((mirror) => parkUnit(mirror, unit, failed.error, env.wall()));
  else suspicion.unitsMax = Math.max(1, Math.floor(batch.length / 2));
  return 'mended';
};
