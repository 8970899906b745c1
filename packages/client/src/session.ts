import { ok, type Refusal, type Result, refuse } from '@tidemark/protocol';
import type { PullAnswer } from '@tidemark/protocol/messages';
import type { ClientOptions, LocalConflict, Status, Traffic, Written } from './client.ts';
import { openConflicts } from './conflicts.ts';
import { createDebounce } from './outbox/debounce.ts';
import { type Edit, planEdits } from './outbox/queue.ts';
import type { ClientEnv } from './platform/client-env.ts';
import { statusOf } from './status.ts';
import type { Mirror, Rows } from './store/mirror.ts';
import type { Change, Touched, Transactions } from './store/transactions.ts';
import { applyPage } from './sync/apply-page.ts';
import { type Calls, createCalls } from './sync/calls.ts';
import { createDigestWatch } from './sync/digest-check.ts';
import { createLive } from './sync/live.ts';
import { createLoop, type Loop } from './sync/loop.ts';
import { pullAll } from './sync/pull.ts';
import { noSuspicion, type Round, type RoundEnd, renewClientId, runRound } from './sync/round.ts';
import { createLiveQueries, type LiveQueries } from './view/live-queries.ts';
import { createView, type View } from './view/view.ts';

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
  /** Queues edits, all or none; `also` are rows that go with them. Resolves when they are durable here. */
  write(edits: readonly Edit[], group?: string, also?: Change['rows']): Promise<Result<readonly Written[]>>;
  /** Changes rows without queueing anything. */
  change(rows: { readonly [T in keyof Rows]?: ReadonlyMap<string, null> }): Promise<void>;
  status(): Status;
  isOnline(): boolean;
  setOnline(online: boolean): void;
  signedIn(): Promise<void>;
  readonly onStatus: Listeners<Status>['add'];
  readonly onConflicts: Listeners<readonly LocalConflict[]>['add'];
  readonly onTraffic: Listeners<Traffic>['add'];
  close(): Promise<void>;
}

interface Listeners<T> {
  add(listener: (value: T) => void): () => void;
  call(value: T): void;
}

const createListeners = <T>(): Listeners<T> => {
  const listeners = new Set<(value: T) => void>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    call: (value) => {
      for (const listener of [...listeners]) listener(value);
    },
  };
};

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
  const onStatus = createListeners<Status>();
  const onConflicts = createListeners<readonly LocalConflict[]>();
  const onTraffic = createListeners<Traffic>();
  const traffic = (event: Omit<Traffic, 'at'>): void => onTraffic.call({ at: env.wall(), ...event });
  const debounce = createDebounce(env, client.debounceMs);
  let appOnline = true;
  let lastEnd: RoundEnd | null = null;
  let conflicts = openConflicts(view);
  let shown = '';

  const status = (): Status =>
    statusOf({ state: loop.state(), mirror, end: lastEnd, openConflicts: conflicts.length, durable: options.durable });
  const tellStatus = (): void => {
    const now = status();
    const text = JSON.stringify(now);
    if (text === shown) return;
    shown = text;
    onStatus.call(now);
  };
  const suspicion = noSuspicion();
  const roundOf = (isCurrent: () => boolean): Round => ({
    app: client.app,
    env,
    calls,
    transactions,
    account: client.account,
    isCurrent,
    onTraffic: traffic,
    suspicion,
  });
  const digest = createDigestWatch(env);
  const run = async (isCurrent: () => boolean): Promise<RoundEnd> => {
    const round = roundOf(isCurrent);
    const end = await runRound(round);
    if (end.kind !== 'done') return end;
    const difference = await digest.check(round);
    if (difference === null) return end;
    const trouble = await pullAll(round);
    return trouble ?? { kind: 'done', error: difference };
  };
  const onPage = async (page: PullAnswer, cursor: string): Promise<void> => {
    const asked = { clientId: mirror.meta.clientId, receiptN: mirror.meta.receiptN };
    const apply = (): Promise<boolean> =>
      transactions.run((current) => {
        const change = applyPage(current, page, cursor, asked, env.wall());
        return change === 'stale' ? null : change;
      });
    traffic({ kind: 'live', count: page.changes.length, ok: true });
    if (await apply()) {
      if (mirror.meta.heal !== null || mirror.meta.staging !== null) loop.dispatch({ kind: 'poke' });
      return;
    }
    await transactions.refresh();
    // Another session or a pull was faster; only where the page has more than they brought is there something to fetch.
    if (page.seq > mirror.meta.seq || page.epoch !== mirror.meta.epoch) loop.dispatch({ kind: 'poke' });
  };
  const live = createLive({
    env,
    url: client.url,
    calls,
    from: () => {
      const { cursor, clientId, staging, heal } = mirror.meta;
      return cursor === null || staging !== null || heal !== null ? null : { cursor, clientId };
    },
    onPage,
  });
  const loop = createLoop({
    env,
    lockName: name,
    online: env.online(),
    pollMs: () => (live.isOpen() ? Math.max(client.pollMs ?? 30_000, POLL_WHILE_LIVE_MS) : (client.pollMs ?? 30_000)),
    round: run,
    onChange: (state, end) => {
      if (end !== null && end.kind !== 'stale') lastEnd = end;
      const sends = state.kind === 'idle' || state.kind === 'waiting' || state.kind === 'running';
      if (client.live !== false && sends && mirror.meta.cursor !== null) live.start();
      else if (!sends && state.kind !== 'backoff') live.stop();
      tellStatus();
    },
  });
  const channel = env.channel(name, () => void transactions.refresh().catch(() => undefined));
  touch = (touched, own) => {
    const changes = view.update(touched);
    queries.notify(changes);
    const now = openConflicts(view);
    if (JSON.stringify(now) !== JSON.stringify(conflicts)) {
      conflicts = now;
      onConflicts.call(now);
    }
    tellStatus();
    if (own) channel.post();
  };
  const isOnline = (): boolean => appOnline && env.online();
  const tellOnline = (): void => loop.dispatch({ kind: isOnline() ? 'online' : 'offline' });
  const stopListening = env.onOnline(tellOnline);

  const write: Session['write'] = async (edits, group, also) => {
    let refused: Refusal | null = null;
    let queued = 0;
    const stamp = { app: client.app, at: env.wall(), ...(group === undefined ? {} : { group }) };
    try {
      await transactions.run((current) => {
        const planned = planEdits(current, edits, stamp);
        refused = planned.ok ? null : planned.error;
        queued = planned.ok ? (planned.value.rows?.outbox?.size ?? 0) : 0;
        return planned.ok && (queued > 0 || also) ? { ...planned.value, rows: { ...planned.value.rows, ...also } } : null;
      });
    } catch (fault) {
      return refuse('STORAGE_FULL', `The edit could not be stored here: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
    if (refused !== null) return { ok: false, error: refused };
    if (queued > 0) loop.dispatch({ kind: 'edit', delayMs: debounce() });
    return ok(edits.map(({ id, mutationId }) => ({ id, mutationId })));
  };
  return {
    env,
    mirror,
    view,
    queries,
    calls,
    loop,
    write,
    change: async (rows) => {
      await transactions.run(() => ({ rows }));
    },
    status,
    isOnline,
    setOnline: (online) => {
      appOnline = online;
      tellOnline();
    },
    signedIn: async () => {
      const revoked = lastEnd !== null && 'error' in lastEnd && lastEnd.error?.code === 'CLIENT_REVOKED';
      if (revoked) await renewClientId({ transactions, env }, mirror.meta.clientId);
      loop.dispatch({ kind: 'signedIn', online: isOnline() });
    },
    onStatus: onStatus.add,
    onConflicts: onConflicts.add,
    onTraffic: onTraffic.add,
    close: async () => {
      loop.dispatch({ kind: 'close' });
      stopListening();
      channel.close();
      // What is being written is still stored.
      await transactions.run(() => null);
    },
  };
};
