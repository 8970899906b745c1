import type { ClientOptions, Status, Traffic } from './client.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createNews, type News } from './news.ts';
import { createDebounce } from './outbox/debounce.ts';
import { PUSH_MUTATIONS_MAX } from './outbox/limits.ts';
import { createWriter, type Write } from './outbox/write.ts';
import type { ClientEnv } from './platform/client-env.ts';
import { statusOf } from './status.ts';
import type { ClientStore } from './store/client-store.ts';
import { admission, freshMeta } from './store/owner.ts';
import { openTransactions, type Touched } from './store/transactions.ts';
import { createCalls } from './sync/calls.ts';
import { createDigestWatch } from './sync/digest-check.ts';
import { createLive, type Live } from './sync/live.ts';
import { createLoop, type Loop } from './sync/loop.ts';
import { pullAll } from './sync/pull.ts';
import { noSuspicion, type RoundEnd, renewClientId, runRound, type SyncTools } from './sync/round.ts';
import { createLiveQueries, type LiveQueries } from './view/live-queries.ts';
import { createView, type View } from './view/view.ts';

const POLL_MS = 30_000;
/** Poll this seldom while an event stream is open, in milliseconds; sooner for what was pushed and has not come back by it. */
const POLL_WHILE_LIVE_MS = 5 * 60_000;

/** One tab's work on a local store: its view, its sync loop, its listeners. */
export interface Session extends SyncTools {
  readonly view: View;
  readonly queries: LiveQueries;
  readonly loop: Loop;
  readonly news: News;
  readonly traffic: Listeners<Traffic>;
  readonly write: Write;
  status(): Status;
  isOnline(): boolean;
  setOnline(online: boolean): void;
  signedIn(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a session on a store of this owner and starts to sync. Throws as `admission` says. */
export const openSession = async (client: ClientOptions, env: ClientEnv, store: ClientStore, owner: string): Promise<Session> => {
  const { app, account, url, pollMs = POLL_MS, pushMutationsMax = PUSH_MUTATIONS_MAX } = client;
  let touch: (touched: Touched, own: boolean) => void = () => undefined;
  const transactions = await openTransactions({
    store,
    fresh: () => freshMeta(app, owner, env),
    admit: admission(app, owner),
    onTouched: (touched, own) => touch(touched, own),
  });
  const { mirror } = transactions;
  await transactions.run(({ meta }) => (meta.schemaVersion === app.schemaVersion ? null : { meta: { schemaVersion: app.schemaVersion } }));
  const name = `tidemark:${mirror.meta.storeId}`;
  const view = createView(app, mirror);
  const queries = createLiveQueries(view.records);
  const traffic = createListeners<Traffic>();
  const tools: SyncTools = {
    ...{ app, env, account, transactions, pushMutationsMax },
    calls: createCalls(env, url, client.token),
    onTraffic: (kind, count, ok) => traffic.call({ at: env.wall(), kind, count, ok }),
  };
  let lastEnd: RoundEnd | undefined;
  const status = (): Status =>
    statusOf(loop.state(), mirror, lastEnd, { openConflicts: news.openConflicts().length, durable: store.durable });
  const news = createNews(view, queries, status);
  const live = createLive(tools, url, () => loop.dispatch({ kind: 'poke' }));
  const loop = createLoop({
    env,
    lockName: name,
    pollMs: () => Math.max(pollMs, live.current() && mirror.outbox.size === 0 ? POLL_WHILE_LIVE_MS : 0),
    round: createRounds(tools, live),
    onChange: ({ kind }, end) => {
      if (end !== undefined && end.kind !== 'stale') lastEnd = end;
      steerLive(live, kind, client.live !== false && mirror.meta.cursor !== null);
      news.tellStatus();
    },
  });
  const channel = env.channel(name, () => void transactions.refresh().catch(() => undefined));
  touch = (touched, own) => {
    news.touched(touched);
    if (own) channel.post();
  };
  let wanted = true;
  /** Online is what both the platform and the application say. */
  const isOnline = (): boolean => wanted && env.online();
  const tellOnline = (): void => loop.dispatch({ kind: isOnline() ? 'online' : 'offline' });
  const stopNetwork = env.onOnline(tellOnline);
  const debounce = createDebounce(env, client.debounceMs);
  return {
    ...tools,
    ...{ view, queries, loop, news, traffic, status, isOnline },
    write: createWriter(app, env, transactions, () => loop.dispatch({ kind: 'edit', delayMs: debounce() })),
    setOnline: (online) => {
      wanted = online;
      tellOnline();
    },
    signedIn: async () => {
      const isRevoked = lastEnd?.error?.code === 'CLIENT_REVOKED';
      // Where the store cannot keep the new clientId now, the server says again that the old one is revoked.
      if (isRevoked) await renewClientId(tools, mirror.meta.clientId).catch(() => undefined);
      loop.dispatch({ kind: 'signedIn', online: isOnline() });
    },
    close: async () => {
      loop.dispatch({ kind: 'close' });
      stopNetwork();
      channel.close();
      // What is being written is still stored.
      await transactions.run(() => null);
    },
  };
};

const steerLive = (live: Live, kind: ReturnType<Loop['state']>['kind'], wanted: boolean): void => {
  if (kind === 'idle' || kind === 'waiting' || kind === 'running') {
    if (wanted) live.start();
  } else if (kind !== 'backoff') live.stop();
};

/** A round, and at rest the comparison with the server; what differs is loaded again in the same round. */
const createRounds = (tools: SyncTools, live: Live) => {
  const suspicion = noSuspicion();
  const digests = createDigestWatch(tools.env);
  return async (isCurrent: () => boolean, asked: boolean): Promise<RoundEnd> => {
    // Only what was pulled can be compared.
    const stream = () => (asked || digests.isDue() ? null : live.current());
    const round = { ...tools, isCurrent, stream, suspicion };
    const end = await runRound(round);
    const error = end.kind === 'done' ? await digests.findDifference(round) : null;
    return error === null ? end : ((await pullAll(round)) ?? { kind: 'done', error });
  };
};
