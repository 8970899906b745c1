import type { ClientOptions, Status, Traffic } from './client.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createNews, type News } from './news.ts';
import { createDebounce } from './outbox/debounce.ts';
import { createWriter, type Write } from './outbox/write.ts';
import type { ClientEnv } from './platform/client-env.ts';
import { statusOf } from './status.ts';
import type { Mirror, Rows } from './store/mirror.ts';
import type { Touched, Transactions } from './store/transactions.ts';
import { type Calls, createCalls } from './sync/calls.ts';
import { createDigestWatch } from './sync/digest-check.ts';
import { createLive, type Live } from './sync/live.ts';
import { createLivePages } from './sync/live-page.ts';
import { createLoop, type Loop } from './sync/loop.ts';
import { pullAll } from './sync/pull.ts';
import { noSuspicion, type Round, type RoundEnd, renewClientId, runRound } from './sync/round.ts';
import { createLiveQueries, type LiveQueries } from './view/live-queries.ts';
import { createView, type View } from './view/view.ts';

const POLL_MS = 30_000;
/** Poll this seldom while an event stream is open, in milliseconds. */
const POLL_WHILE_LIVE_MS = 5 * 60_000;

/** One tab's work on a local store: its view, its sync loop, its listeners. */
export interface Session {
  readonly env: ClientEnv;
  readonly mirror: Mirror;
  readonly view: View;
  readonly queries: LiveQueries;
  readonly calls: Calls;
  readonly loop: Loop;
  readonly news: News;
  readonly traffic: Listeners<Traffic>;
  readonly write: Write;
  /** Deletes rows without queueing anything. */
  drop(rows: { readonly [T in keyof Rows]?: ReadonlyMap<string, null> }): Promise<void>;
  status(): Status;
  isOnline(): boolean;
  setOnline(online: boolean): void;
  signedIn(): Promise<void>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly client: ClientOptions;
  readonly env: ClientEnv;
  readonly durable: boolean;
  readonly transactions: (onTouched: (touched: Touched, own: boolean) => void) => Promise<Transactions>;
}

/** Opens a session on a store and starts to sync. */
export const openSession = async (options: SessionOptions): Promise<Session> => {
  const { client, env } = options;
  let touch: (touched: Touched, own: boolean) => void = () => undefined;
  const transactions = await options.transactions((touched, own) => touch(touched, own));
  const { mirror } = transactions;
  const name = `tidemark:${mirror.meta.storeId}`;
  const view = createView(client.app, mirror);
  const queries = createLiveQueries(view.records);
  const calls = createCalls({ env, url: client.url, token: client.token });
  const traffic = createListeners<Traffic>();
  const onTraffic: Round['onTraffic'] = (event) => traffic.call({ at: env.wall(), ...event });
  let lastEnd: RoundEnd | null = null;

  const status = (): Status =>
    statusOf({ state: loop.state(), mirror, end: lastEnd, openConflicts: news.openConflicts().length, durable: options.durable });
  const news = createNews(view, queries, status);
  const live = createLive({
    env,
    url: client.url,
    calls,
    from: () => livePosition(mirror),
    onPage: createLivePages({ env, transactions, onTraffic, poke: () => loop.dispatch({ kind: 'poke' }) }),
  });
  const loop = createLoop({
    env,
    lockName: name,
    online: env.online(),
    pollMs: () => Math.max(client.pollMs ?? POLL_MS, live.isOpen() ? POLL_WHILE_LIVE_MS : 0),
    round: createRounds(client, { env, calls, transactions, onTraffic }),
    onChange: (state, end) => {
      if (end !== null && end.kind !== 'stale') lastEnd = end;
      steerLive(live, state.kind, client.live !== false && mirror.meta.cursor !== null);
      news.tellStatus();
    },
  });
  const channel = env.channel(name, () => void transactions.refresh().catch(() => undefined));
  touch = (touched, own) => {
    news.touched(touched);
    if (own) channel.post();
  };
  const network = watchNetwork(env, (online) => loop.dispatch({ kind: online ? 'online' : 'offline' }));
  const debounce = createDebounce(env, client.debounceMs);
  const onQueued = (): void => loop.dispatch({ kind: 'edit', delayMs: debounce() });
  return {
    ...{ env, mirror, view, queries, calls, loop, news, traffic, status },
    write: createWriter({ app: client.app, env, transactions, onQueued }),
    drop: async (rows) => {
      await transactions.run(() => ({ rows }));
    },
    isOnline: network.isOnline,
    setOnline: network.setOnline,
    signedIn: async () => {
      const revoked = lastEnd !== null && 'error' in lastEnd && lastEnd.error?.code === 'CLIENT_REVOKED';
      if (revoked) await renewClientId({ transactions, env }, mirror.meta.clientId);
      loop.dispatch({ kind: 'signedIn', online: network.isOnline() });
    },
    close: async () => {
      loop.dispatch({ kind: 'close' });
      network.stop();
      channel.close();
      // What is being written is still stored.
      await transactions.run(() => null);
    },
  };
};

/** A stream goes on from the stored cursor; while a snapshot or a healing is under way there is nothing to go on from. */
const livePosition = ({ meta }: Mirror): { readonly clientId: string; readonly cursor: string } | null =>
  meta.cursor === null || meta.staging !== null || meta.heal !== null ? null : { cursor: meta.cursor, clientId: meta.clientId };

const steerLive = (live: Live, kind: ReturnType<Loop['state']>['kind'], wanted: boolean): void => {
  if (kind === 'idle' || kind === 'waiting' || kind === 'running') {
    if (wanted) live.start();
  } else if (kind !== 'backoff') live.stop();
};

/** A round, and at rest the comparison with the server; what differs is loaded again in the same round. */
const createRounds = (client: ClientOptions, tools: Pick<Round, 'env' | 'calls' | 'transactions' | 'onTraffic'>) => {
  const suspicion = noSuspicion();
  const digest = createDigestWatch(tools.env);
  return async (isCurrent: () => boolean): Promise<RoundEnd> => {
    const round: Round = { ...tools, app: client.app, account: client.account, isCurrent, suspicion };
    const end = await runRound(round);
    const difference = end.kind === 'done' ? await digest.check(round) : null;
    if (difference === null) return end;
    return (await pullAll(round)) ?? { kind: 'done', error: difference };
  };
};

/** Online is what both the platform and the application say. */
const watchNetwork = (env: ClientEnv, tell: (online: boolean) => void) => {
  let wanted = true;
  const isOnline = (): boolean => wanted && env.online();
  const stop = env.onOnline(() => tell(isOnline()));
  return {
    isOnline,
    stop,
    setOnline: (online: boolean): void => {
      wanted = online;
      tell(isOnline());
    },
  };
};
