import type { AppDefinition, Refusal } from '@tidemark/protocol';
import type { ClientOptions, Traffic } from '../client.ts';
import { takeNewClientId } from '../outbox/journal.ts';
import type { ClientEnv, HttpStream } from '../platform/client-env.ts';
import type { Transactions } from '../store/transactions.ts';
import { isSessionAnswer } from './answers.ts';
import { type Calls, type Failure, failure, meaningOf } from './calls.ts';
import { pullAll } from './pull.ts';
import { pushAll } from './push.ts';
import { SLOW_RETRY_MS } from './retry.ts';

/** How a round ended. 'stale': it was abandoned (offline, closed), nobody waits for it. */
export interface RoundEnd {
  readonly kind: 'done' | 'stale' | 'failed' | 'refused' | 'fatal';
  /** With 'done': something was found wrong and repaired. */
  readonly error?: Refusal;
  /** No answer came. */
  readonly offline?: boolean;
  /** A wait that the failure asks for, beyond the usual one. */
  readonly askedMs?: number | undefined;
}

/** What went wrong and what it means here; null: nothing. */
export type Trouble = RoundEnd | null;

/** What a session syncs with. */
export interface SyncTools {
  readonly app: AppDefinition;
  readonly env: ClientEnv;
  readonly calls: Calls;
  readonly transactions: Transactions;
  readonly account: ClientOptions['account'];
  /** Mutations of one push. */
  readonly pushMutationsMax: number;
  readonly onTraffic: (kind: Traffic['kind'], count: number, ok: boolean) => void;
}

/** What a round works with. */
export interface Round extends SyncTools {
  /** False once the session is offline or closed: then nothing more is sent. */
  readonly isCurrent: () => boolean;
  /**
   * The event stream that brings what is new, where nobody asked for more: what is pushed while it is open needs no pull. An answer
   * that comes over another one than the push began with may be of a server that was restored since.
   */
  readonly stream: () => HttpStream | null;
  /** What earlier rounds found out about mutations that the server may choke on. */
  readonly suspicion: Suspicion;
}

/** Search for a mutation that makes the server refuse the whole request. */
export interface Suspicion {
  /** Units (mutations or groups) sent at once; halved while looking, doubled after each success. */
  unitsMax: number;
  /** Server errors (5xx) to pushes in a row. */
  strikes: number;
  /** A pull did not help against BASE_AHEAD yet. */
  isBaseAhead: boolean;
}

/** All units at once: nothing is being looked for. */
export const UNITS_ALL = Number.MAX_SAFE_INTEGER;

export const noSuspicion = (): Suspicion => ({ unitsMax: UNITS_ALL, strikes: 0, isBaseAhead: false });

/** Healing, pushing and pulling again within one round; more waits for the next. */
const PASSES_MAX = 4;

export const STALE: RoundEnd = { kind: 'stale' };

export const toTrouble = (failed: Failure): RoundEnd => {
  const { status, error, retryMs } = failed;
  const meaning = meaningOf(failed);
  // Where only an update of the server helps, it is asked seldom.
  const askedMs = error.code === 'SCHEMA_AHEAD' ? SLOW_RETRY_MS : retryMs;
  return { kind: meaning === 'blame' ? 'failed' : meaning, error, offline: status === 0, askedMs };
};

/** A server that answers, but never to an end. */
export const endless = (): RoundEnd => toTrouble(failure(503, 'UNAVAILABLE', 'Syncing never ends'));

/** Pushes the outbox and pulls until both are up to date. Every loop is bounded, or makes progress in the store with each request. */
export const runRound = async (round: Round): Promise<RoundEnd> => {
  const { transactions } = round;
  await transactions.refresh();
  const refused = await learnSpace(round);
  if (refused !== null) return refused;
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const { meta } = transactions.mirror;
    // A snapshot under way, a healing and a first sync come before any push: what is pushed should stand on what is.
    if (meta.staging !== null || meta.heal || meta.cursor === null) {
      const trouble = (await pullAll(round)) ?? (await heal(round));
      if (trouble !== null) return trouble;
    }
    const { receiptN } = transactions.mirror.meta;
    const stream = round.stream();
    const pushed = await pushAll(round);
    if (pushed !== null && pushed !== 'pullFirst') return pushed;
    const isFollowed = pushed === null && transactions.mirror.meta.receiptN > receiptN && stream && stream === round.stream();
    const trouble = isFollowed ? null : await pullAll(round);
    if (trouble !== null) return trouble;
    if (pushed === null && !transactions.mirror.meta.heal) return { kind: 'done' };
  }
  return endless();
};

/** Learns the space before anything of it is sent, and that it belongs to the account that the store is bound to. */
const learnSpace = async ({ transactions, calls, account, isCurrent }: Round): Promise<Trouble> => {
  if (transactions.mirror.meta.spaceId !== null) return null;
  if (!isCurrent()) return STALE;
  const answer = await calls.ask('/sync/session', isSessionAnswer);
  if (!answer.ok) return toTrouble(answer);
  const { spaceId, issuer, subject } = answer.value;
  if (subject !== account.subject || issuer !== account.issuer) {
    const message = `${issuer} ${subject}, not ${account.issuer} ${account.subject}`;
    return toTrouble(failure(409, 'WRONG_SPACE', message));
  }
  await transactions.run(({ meta }) => (meta.spaceId === null ? { meta: { spaceId } } : null));
  return null;
};

/** After the pull that a restored server answered: offers it again what it had acknowledged. */
const heal = async (round: Round): Promise<Trouble> => {
  if (!round.isCurrent()) return STALE;
  const { meta } = round.transactions.mirror;
  if (meta.heal) await renewClientId(round, meta.clientId);
  return null;
};

/** Goes on under another clientId; see docs/PROTOCOL.md, "Order". */
export const renewClientId = async ({ transactions, env }: Pick<Round, 'transactions' | 'env'>, old: string): Promise<void> => {
  const clientId = env.uuid();
  // Another session may have done it already.
  await transactions.run((mirror) => (mirror.meta.clientId === old ? takeNewClientId(mirror, clientId, env.wall()) : null));
};
