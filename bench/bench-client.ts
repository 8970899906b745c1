import { timeTracker } from '@tidemark/apps/time-tracker';
import { browserEnv, type Client, createMemoryStore, openClient, type Status } from '@tidemark/client';
import { within } from './platform/clock.ts';
import type { TidemarkServer } from './tidemark-server.ts';

const WAIT_MS_MAX = 120_000;

export type BenchClient = Client<typeof timeTracker.collections>;

/** The real client, on a memory store, without debounce, over the platform's own fetch. No channel: two clients are no two tabs. */
export const openBenchClient = async (server: TidemarkServer, user: string, live: boolean): Promise<BenchClient> => {
  const token = await server.tokenOf(user);
  return openClient({
    app: timeTracker,
    url: server.app,
    token: () => token,
    account: { issuer: 'tidemark-development', subject: user },
    store: createMemoryStore(true),
    env: { ...browserEnv(), channel: () => ({ post: () => undefined, close: () => undefined }) },
    debounceMs: 0,
    live,
  });
};

/** Resolves as soon as the client's status is as asked. */
export const untilStatus = (client: BenchClient, what: string, is: (status: Status) => boolean): Promise<void> => {
  const reached = new Promise<void>((resolve) => {
    let end = () => {};
    const look = (status: Status): void => {
      if (!is(status)) return;
      resolve();
      queueMicrotask(() => end());
    };
    end = client.onStatus(look);
    look(client.status());
  });
  return within(WAIT_MS_MAX, what, reached);
};
