import type { Engine } from '@tidemark/engine';
import type { JsonObject } from '@tidemark/protocol';
import type { Client, ClientOptions } from '../client.ts';
import { openClient } from '../open-client.ts';
import type { ClientEnv } from '../platform/client-env.ts';
import type { ClientStore } from '../store/client-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { STORE_TABLES } from '../store/tables.ts';
import { type Clock, createClock } from './clock.suite.ts';
import { createNetwork, type Rules } from './network.suite.ts';
import { createHttp, notes, record } from './server.suite.ts';

// A whole world in one process: the real engine and server, clients on local stores, time that only a test moves, and
// a network between them that a test can break at any request.

export type { Fate, Seen } from './network.suite.ts';
export { notes } from './server.suite.ts';
export type NotesClient = Client<typeof notes.collections>;
type NotesOptions = ClientOptions<typeof notes.collections>;

const IDLE_TURNS_MAX = 200;
const BUSY_TURNS_MAX = 500;

/** Time that passes only in here. */
export interface Time {
  readonly clock: Clock;
  /** Lets time pass until the condition holds; throws after `limitMs` of the world's time. */
  until(condition: () => boolean, limitMs?: number): Promise<void>;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  /** Awaits a promise while time passes. */
  during<T>(promise: Promise<T>): Promise<T>;
}

export interface World extends Time, Rules {
  engine: Engine;
  /** The platform of one more tab. */
  env(): ClientEnv;
  open(options?: Partial<NotesOptions> & { readonly user?: string }): Promise<NotesClient>;
  /** Keeps this moment of the server's storage; the answer goes back to it, as a restore from a backup does. */
  backup(): () => Promise<void>;
}

const createTime = (clock: Clock, busy: () => number): Time => {
  const settle = async (): Promise<void> => {
    let quiet = 0;
    // A request that stays busy for so long waits for the clock, as the engine does between two tries of an append.
    for (let turns = 0; quiet < 4 && turns < BUSY_TURNS_MAX; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = busy() > 0 ? 0 : quiet + 1;
    }
  };
  const until: Time['until'] = async (condition, limitMs = 600_000) => {
    const limit = clock.wall() + limitMs;
    // With no timer left, an IndexedDB may still be at work: it takes some turns of the event loop for each request.
    for (let idle = 0; idle < IDLE_TURNS_MAX; idle = clock.fireNext(limit) ? 0 : idle + 1) {
      await settle();
      if (condition()) return;
    }
    throw new Error(`It did not come true within ${limitMs} ms`);
  };
  const flag = (): { over: boolean } => ({ over: false });
  return {
    clock,
    until,
    pass: async (ms) => {
      const end = flag();
      clock.setTimer(ms, () => {
        end.over = true;
      });
      await until(() => end.over, ms);
    },
    during: async (promise) => {
      const end = flag();
      const watched = promise.finally(() => {
        end.over = true;
      });
      watched.catch(() => undefined);
      await until(() => end.over);
      return watched;
    },
  };
};

/** A world whose randomness follows from the seed. */
export const createWorld = (seed = 1): World => {
  const clock = createClock(seed);
  let recorded = record();
  let http = createHttp(clock, recorded.storage);
  const rules: Rules = { requests: [], pageLimit: undefined, fate: () => 'pass' };
  const network = createNetwork(clock, rules, () => http.app);
  const world: World = Object.assign(rules, createTime(clock, network.busy), {
    engine: http.engine,
    env: network.env,
    open: ({ user = 'alice', ...options }: Partial<NotesOptions> & { readonly user?: string } = {}) =>
      openClient({
        app: notes,
        url: 'http://localhost/apps/notes',
        token: () => user,
        account: { issuer: 'test', subject: user },
        env: network.env(),
        store: createMemoryStore(true),
        live: false,
        ...options,
      }),
    backup: () => {
      const copy = recorded.copy();
      return async () => {
        recorded = await copy();
        http = createHttp(clock, recorded.storage);
        world.engine = http.engine;
      };
    },
  });
  return world;
};

/** Every note as a client shows it, by id. */
export const shown = (client: NotesClient): readonly JsonObject[] =>
  client
    .collection('notes')
    .list()
    .map((note) => ({ ...note }));

/** A store whose writes fail while the test says so. */
export const faultyStore = (store: ClientStore, fails: () => boolean): ClientStore => ({
  ...store,
  write: async (batch) => {
    if (fails()) throw new Error('QuotaExceededError');
    return store.write(batch);
  },
});

/** A copy of a store as it stands: a device restored from a backup, or cloned. */
export const copyStore = async (store: ClientStore): Promise<ClientStore> => {
  const copy = createMemoryStore(true);
  for (const table of STORE_TABLES) {
    await copy.write({ put: (await store.readAll(table)).map((row) => ({ table, ...row })) });
  }
  return copy;
};
