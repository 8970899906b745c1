import { PROTOCOL_VERSION, type Refusal } from '@tidemark/protocol';
import { firstBatch, toUnits, type Unit } from '../outbox/batch.ts';
import { PUSH_MUTATIONS_MAX } from '../outbox/limits.ts';
import { parkUnit, renameMutation } from '../outbox/park.ts';
import { type Mirror, waitingRows } from '../store/mirror.ts';
import { toRow } from '../store/rows.ts';
import { isPushAnswer } from './answers.ts';
import { startOver } from './apply-page.ts';
import { applyPush } from './apply-push.ts';
import { type Answer, type Failure, meaningOf } from './calls.ts';
import { type Round, renewClientId, type Trouble, toTrouble, UNITS_ALL, unexpected } from './round.ts';

/** Refused pushes in one round that are mended at once (a new clientId, a smaller batch); then the round waits. */
const MENDINGS_MAX = 16;
/** Server errors in a row before a push is suspected instead of the server. */
const STRIKES_MAX = 3;

type Pushed = Trouble | 'pullFirst';

/** Sends the outbox, batch by batch, until it is empty. 'pullFirst': the server asks for a pull before it can go on. */
export const pushAll = async (round: Round): Promise<Pushed> => {
  let mendings = 0;
  for (;;) {
    if (!round.isCurrent()) return { kind: 'stale' };
    // What other sessions queued or pushed meanwhile is read from the store, whether or not they told us.
    await round.transactions.refresh();
    const { mirror } = round.transactions;
    const batch = firstBatch(toUnits(waitingRows(mirror)), round.suspicion.unitsMax);
    if (batch.length === 0) return null;
    const before = mirror.outbox.size;
    const result = await pushBatch(round, batch);
    if (result !== 'mended' && result !== 'progress') return result;
    if (result === 'mended' || (mirror.outbox.size >= before && mirror.meta.heal === null)) mendings += 1;
    if (mirror.meta.heal !== null) return 'pullFirst';
    if (mendings > MENDINGS_MAX) return unexpected('/sync/push');
  }
};

const send = (round: Round, mirror: Mirror, batch: readonly Unit[]): Promise<Answer> => {
  const { clientId, spaceId, cursor } = mirror.meta;
  const body = {
    protocolVersion: PROTOCOL_VERSION,
    clientId,
    schemaVersion: round.app.schemaVersion,
    ...(spaceId === null ? {} : { spaceId }),
    ...(cursor === null ? {} : { cursor }),
    mutations: batch.flat().map((row) => toRow(row.mutation)),
  };
  return round.calls.post('/sync/push', body);
};

const pushBatch = async (round: Round, batch: readonly Unit[]): Promise<Pushed | 'mended' | 'progress'> => {
  const { transactions, suspicion, env } = round;
  const { mirror } = transactions;
  const asked = { clientId: mirror.meta.clientId, receiptN: mirror.meta.receiptN };
  const count = batch.flat().length;
  const answer = await send(round, mirror, batch);
  round.onTraffic({ kind: 'push', count, ok: answer.ok });
  if (!answer.ok) return mend(round, batch, answer.failure, asked.clientId);
  const { body } = answer;
  if (!isPushAnswer(body)) return unexpected('/sync/push');
  suspicion.strikes = 0;
  suspicion.isBaseAhead = false;
  suspicion.unitsMax = suspicion.unitsMax >= PUSH_MUTATIONS_MAX ? UNITS_ALL : suspicion.unitsMax * 2;
  await transactions.run((current) => applyPush(round.app, current, body, asked, env.wall()));
  return 'progress';
};

/** What a refused push asks for. 'mended': it can be tried again at once. */
const mend = async (round: Round, batch: readonly Unit[], failure: Failure, clientId: string): Promise<Pushed | 'mended'> => {
  const { transactions, env } = round;
  const { error } = failure;
  switch (error.code) {
    case 'CLIENT_REUSED':
      await renewClientId(round, clientId);
      return 'mended';
    case 'OUT_OF_ORDER':
      return mendOrder(round, batch, error, clientId);
    case 'BASE_AHEAD':
      return mendBase(round);
    case 'BAD_CURSOR':
      await transactions.run(startOver);
      return 'pullFirst';
    case 'MUTATION_REUSED': {
      const named = error.details?.mutationId;
      if (typeof named !== 'string') return suspect(round, batch, failure);
      const fresh = env.uuid();
      const renamed = await transactions.run((mirror) => renameMutation(mirror, named, fresh));
      return renamed ? 'mended' : toTrouble(failure);
    }
    default:
      return isSuspect(failure) ? suspect(round, batch, failure) : toTrouble(failure);
  }
};

const mendOrder = async (round: Round, batch: readonly Unit[], error: Refusal, clientId: string): Promise<Pushed | 'mended'> => {
  const { transactions } = round;
  const expected = Number(error.details?.expected ?? 0);
  if (expected <= transactions.mirror.meta.receiptN) {
    // It gave receipts for numbers that it now expects: it lost them, so it was restored.
    await transactions.run(({ meta }) => (meta.heal === null && meta.clientId === clientId ? { meta: { heal: { all: true } } } : null));
    return 'pullFirst';
  }
  // The outbox is sent from its lowest number; where that is above the expected one, the one asked for is not here.
  const first = batch[0]?.[0]?.mutation.n ?? 0;
  if (first > expected) await renewClientId(round, clientId);
  return 'mended';
};

/** A base above the head: a pull should bring what is newer. Where it brought nothing, the server has lost it. */
const mendBase = async ({ transactions, suspicion }: Round): Promise<Pushed> => {
  if (suspicion.isBaseAhead) await transactions.run(({ meta }) => (meta.heal === null ? { meta: { heal: { all: true } } } : null));
  suspicion.isBaseAhead = !suspicion.isBaseAhead;
  return 'pullFirst';
};

/** A 503 or 507 is the server saying that it is not itself (starting, overloaded, disk full): no mutation is to blame. */
const isSuspect = (failure: Failure): boolean =>
  meaningOf(failure) === 'blame' || (failure.status >= 500 && failure.status !== 503 && failure.status !== 507);

/**
 * Looks for the one mutation (or group) that the server cannot take: half of the batch, half of that, until one is left
 * that alone fails while an empty push succeeds. That one is parked. Server errors count only once they repeat.
 */
const suspect = async (round: Round, batch: readonly Unit[], failure: Failure): Promise<Pushed | 'mended'> => {
  const { suspicion, transactions, env } = round;
  const single = batch.length === 1 ? batch[0] : undefined;
  if (failure.status >= 500) {
    suspicion.strikes += 1;
    const searching = suspicion.unitsMax < UNITS_ALL && single === undefined;
    if (suspicion.strikes < STRIKES_MAX && !searching) return toTrouble(failure);
  }
  const probe = await send(round, transactions.mirror, []);
  if (!probe.ok) return toTrouble(probe.failure.status === 0 || meaningOf(probe.failure) !== 'blame' ? probe.failure : failure);
  if (single === undefined) {
    suspicion.unitsMax = Math.max(1, Math.floor(batch.length / 2));
    suspicion.strikes = 0;
    return 'mended';
  }
  suspicion.strikes = 0;
  await transactions.run((mirror) => parkUnit(mirror, single, failure.error, env.wall()));
  return 'mended';
};
