import { createEngine, type Engine, type Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { counter, defineApp, defineCollection, type Env, type JsonObject, max, review, set } from '@tidemark/protocol';
import { createHttpApp, createLogger, createMetrics } from '@tidemark/server';
import * as z from 'zod';
import type { Client, ClientOptions } from './client.ts';
import { openClient } from './open-client.ts';
import type { ClientEnv, HttpRequest, HttpResponse } from './platform/client-env.ts';
import type { ClientStore } from './store/client-store.ts';
import { createMemoryStore } from './store/memory-store.ts';
import { STORE_TABLES } from './store/tables.ts';

// A whole world in one process: the real engine and server, clients on local stores, time that only a test moves, and
// a network between them that a test can break at any request.

export const notes = defineApp({
  name: 'notes',
  schemaVersion: 1,
  collections: {
    notes: defineCollection({
      name: 'notes',
      fields: {
        title: { schema: z.string().max(100) },
        body: { schema: z.string().optional(), merge: review() },
        likes: { schema: z.number().optional(), merge: counter() },
        best: { schema: z.number().optional(), merge: max() },
        tags: { schema: z.array(z.string()).optional(), merge: set() },
      },
    }),
  },
});
export type NotesClient = Client<typeof notes.collections>;

/** Time, timers and randomness that follow from a seed. */
export interface Clock extends Env {
  /** Fires the earliest timer; false where there is none up to `limit`. */
  fireNext(limit: number): boolean;
}

export const createClock = (seed: number): Clock => {
  let now = 1_700_000_000_000;
  let state = seed >>> 0;
  let order = 0;
  const timers = new Map<number, { readonly at: number; readonly fire: () => void }>();
  // Source: mulberry32, Tommy Ettinger, public domain.
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    wall: () => now,
    mono: () => now,
    random,
    uuid: () =>
      Array.from({ length: 4 }, () =>
        Math.floor(random() * 2 ** 32)
          .toString(16)
          .padStart(8, '0'),
      ).join('-'),
    setTimer: (delayMs, fire) => {
      order += 1;
      const id = order;
      timers.set(id, { at: now + Math.max(0, delayMs), fire });
      return () => timers.delete(id);
    },
    fireNext: (limit) => {
      const next = [...timers].sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (next === undefined || next[1].at > limit) return false;
      timers.delete(next[0]);
      now = Math.max(now, next[1].at);
      next[1].fire();
      return true;
    },
  };
};

/** What happens to one request: nothing, lost on the way there, lost on the way back, or answered by somebody else. */
export type Fate =
  | 'pass'
  | 'dropRequest'
  | 'dropAnswer'
  | 'hang'
  | { readonly status: number; readonly body?: JsonObject; readonly headers?: { readonly [name: string]: string } };

export interface World {
  readonly clock: Clock;
  engine: Engine;
  /** Requests that reached the network, as `POST /sync/push`. */
  readonly requests: { readonly line: string; readonly body: JsonObject | undefined }[];
  /** Changes a page may hold; the server's own limit otherwise. */
  pageLimit: number | undefined;
  /** Decides the fate of each request; reset it to let everything pass. */
  fate: (request: { readonly line: string; readonly body: JsonObject | undefined; readonly user: string }) => Fate;
  open(options?: Partial<ClientOptions<typeof notes.collections>> & { readonly user?: string }): Promise<NotesClient>;
  /** Lets time pass until the condition holds; throws after `limitMs` of the world's time. */
  until(condition: () => boolean, limitMs?: number): Promise<void>;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  /** Awaits a promise while time passes. */
  during<T>(promise: Promise<T>): Promise<T>;
  /** Goes back to a copy of the server's storage, as a restore from a backup does. */
  backup(): () => Promise<void>;
}

interface Recorded {
  readonly storage: Storage;
  readonly inner: Storage;
  /** The same writes again on an empty storage: a copy of this moment. */
  copy(): () => Promise<Recorded>;
}

const record = (writes: readonly ((storage: Storage) => Promise<unknown>)[] = []): Recorded => {
  const done = [...writes];
  const inner = createMemoryStorage();
  const also = <T>(write: (storage: Storage) => Promise<T>): Promise<T> => {
    done.push(write);
    return write(inner);
  };
  return {
    inner,
    storage: {
      ...inner,
      append: (batch) => also((storage) => storage.append(batch)),
      putClient: (space, client) => also((storage) => storage.putClient(space, client)),
      compact: (batch) => also((storage) => storage.compact(batch)),
      erase: (batch) => also((storage) => storage.erase(batch)),
    },
    copy: () => {
      const kept = [...done];
      return async () => {
        const again = record(kept);
        for (const write of kept) await write(again.inner);
        return again;
      };
    },
  };
};

export const createWorld = (seed = 1): World => {
  const clock = createClock(seed);
  let recorded = record();
  let http = createHttp(clock, recorded.storage);
  let busy = 0;
  const channels = new Map<string, Set<() => void>>();
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 4; quiet = busy > 0 ? 0 : quiet + 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const waitVirtually = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimer(ms, resolve));
  const throughNetwork = async (request: HttpRequest, path: string): Promise<HttpResponse> => {
    const line = `${request.method} ${path.replace(/\?.*/, '')}`;
    const body = parse(request.body);
    world.requests.push({ line, body });
    const user = (request.headers.authorization ?? '').replace('Bearer ', '');
    const fate = world.fate({ line, body, user });
    if (fate === 'hang') {
      await waitVirtually(request.timeoutMs);
      throw new Error('no answer in time');
    }
    if (fate === 'dropRequest') throw new Error('connection refused');
    if (typeof fate === 'object') return answerOf(fate.status, fate.body ?? {}, fate.headers ?? {});
    busy += 1;
    try {
      const limited = path.endsWith('/sync/pull') && world.pageLimit !== undefined && body !== undefined;
      const text = limited ? JSON.stringify({ ...body, limit: world.pageLimit }) : request.body;
      const init = { method: request.method, headers: request.headers, ...(text === undefined ? {} : { body: text }) };
      const response = await http.app.request(path, init);
      const answer = await response.text();
      if (fate === 'dropAnswer') throw new Error('connection reset');
      return { status: response.status, header: (name) => response.headers.get(name), text: async () => answer };
    } finally {
      busy -= 1;
    }
  };
  const envOf = (): ClientEnv => ({
    ...clock,
    http: (request) => throughNetwork(request, new URL(request.url).pathname + new URL(request.url).search),
    stream: async (request) => {
      const url = new URL(request.url);
      const abort = new AbortController();
      const response = await http.app.request(url.pathname + url.search, { headers: request.headers, signal: abort.signal });
      return { status: response.status, chunks: chunksOf(response, abort.signal), close: () => abort.abort() };
    },
    online: () => true,
    onOnline: () => () => undefined,
    lock: (_, task) => task(),
    channel: (name, onMessage) => {
      const others = channels.get(name) ?? new Set();
      channels.set(name, others.add(onMessage));
      return {
        post: () => {
          for (const other of others) if (other !== onMessage) other();
        },
        close: () => others.delete(onMessage),
      };
    },
  });
  const world: World = {
    clock,
    engine: http.engine,
    requests: [],
    pageLimit: undefined,
    fate: () => 'pass',
    open: ({ user = 'alice', ...options } = {}) =>
      openClient({
        app: notes,
        url: 'http://localhost/apps/notes',
        token: () => user,
        account: { issuer: 'test', subject: user },
        env: envOf(),
        store: createMemoryStore(true),
        live: false,
        ...options,
      }),
    until: async (condition, limitMs = 600_000) => {
      const limit = clock.wall() + limitMs;
      for (;;) {
        await settle();
        if (condition()) return;
        if (!clock.fireNext(limit)) throw new Error(`It did not come true within ${limitMs} ms`);
      }
    },
    pass: async (ms) => {
      const limit = clock.wall() + ms;
      let over = false;
      clock.setTimer(ms, () => {
        over = true;
      });
      for (await settle(); !over && clock.fireNext(limit); ) await settle();
    },
    during: async (promise) => {
      let over = false;
      const watched = promise.finally(() => {
        over = true;
      });
      watched.catch(() => undefined);
      await world.until(() => over);
      return watched;
    },
    backup: () => {
      const copy = recorded.copy();
      return async () => {
        recorded = await copy();
        http = createHttp(clock, recorded.storage);
        world.engine = http.engine;
      };
    },
  };
  return world;
};

const createHttp = (env: Env, storage: Storage) => {
  const metrics = createMetrics();
  const engine = createEngine({ storage, apps: [notes], env, onCommit: metrics.onCommit });
  const app = createHttpApp({
    engine,
    env,
    metrics,
    logger: createLogger({ level: 'silent' }),
    mounts: [{ app: notes, path: '/apps/notes' }],
    identity: {
      authenticate: async ({ authorization }) => {
        const subject = (authorization ?? '').replace('Bearer ', '');
        if (subject === '' || subject === 'expired') return { ok: false, error: { code: 'UNAUTHENTICATED', message: 'expired' } };
        const expiresAt = env.wall() + 3_600_000;
        return { ok: true, value: { issuer: 'test', subject, spaceKey: subject, scopes: [], emailVerified: true, expiresAt } };
      },
    },
  });
  return { app, engine };
};

const parse = (text: string | undefined): JsonObject | undefined => (text === undefined ? undefined : JSON.parse(text));

const answerOf = (status: number, body: JsonObject, headers: { readonly [name: string]: string }): HttpResponse => ({
  status,
  header: (name) => headers[name.toLowerCase()] ?? null,
  text: async () => JSON.stringify(body),
});

async function* chunksOf(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

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
