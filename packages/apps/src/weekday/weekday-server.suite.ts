import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, type ClientEnv, createMemoryStore, openClient } from '@tidemark/client';
import { createEngine, type Engine, type SpaceRef, type Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { type Env, isJsonObject, type JsonObject } from '@tidemark/protocol';
import { createHttpApp, createLogger, createMetrics, createNodeEnv, type Identity } from '@tidemark/server';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { onTestFinished } from 'vitest';
import { checkAnswer } from '../task-tracker/openapi.suite.ts';
import { weekdayLibrary } from './library/schema.ts';
import { weekdayRoutes } from './routes.ts';
import { weekday } from './schema.ts';

// What the tests of this app stand on: the real engine and server on a real storage, and the real client on it.

export const STORAGES = ['memory', 'sqlite'] as const;
export type StorageKind = (typeof STORAGES)[number];

const HOUR_MS = 3_600_000;

const openStorage = async (kind: StorageKind, env: Env): Promise<Storage> => {
  if (kind === 'memory') return createMemoryStorage();
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-weekday-'));
  const opened = await openSqliteStorage({ file: join(folder, 'test.db'), env, apps: [weekday, weekdayLibrary] });
  if (!opened.ok) throw new Error(opened.error.message);
  onTestFinished(async () => {
    await opened.value.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return opened.value;
};

/** Whoever says a name is that user; the addresses of some are not verified. */
const byName = (env: Env, unverified: ReadonlySet<string>): Identity => ({
  authenticate: async ({ authorization }) => {
    const subject = (authorization ?? '').replace(/^Bearer ?/, '');
    if (subject === '') return { ok: false, error: { code: 'UNAUTHENTICATED', message: 'Nobody is signed in.' } };
    const expiresAt = env.wall() + HOUR_MS;
    const emailVerified = !unverified.has(subject);
    return { ok: true, value: { issuer: 'test', subject, spaceKey: subject, scopes: ['read', 'write'], emailVerified, expiresAt } };
  },
});

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; empty where there is none. */
  readonly body: JsonObject;
  /** `404 NOT_FOUND` of a refusal; `200`. */
  readonly refusal: string;
}

/** A device with the real client; it talks while `online`, and only when it is told to sync. */
export interface Device {
  readonly client: Client<typeof weekday.collections>;
  online: boolean;
}

export interface WeekdayServer {
  readonly engine: Engine;
  readonly storage: Storage;
  readonly space: SpaceRef;
  /** A request of a user (ada unless given), held against the spec. */
  call(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    user?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answered>;
  /** A bare GET of nobody, held against nothing. */
  fetch(path: string): Promise<Response>;
  /** Lets so many milliseconds go by. */
  pass(ms: number): void;
  /** A device of a user (ada unless given). */
  device(name: string, user?: string): Promise<Device>;
  /** Whoever is called `unverified` is so until then. */
  verify(user: string): void;
}

const parsed = (text: string): JsonObject => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
};

/** Sends requests to an app, as a user by name; `` is nobody. */
const sender =
  (http: ReturnType<typeof createHttpApp>) =>
  (
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | undefined,
    user: string,
    more: Readonly<Record<string, string>>,
  ) => {
    const headers = { ...(user === '' ? {} : { Authorization: `Bearer ${user}` }), 'Content-Type': 'application/json', ...more };
    return http.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
  };

/** A server that has the app at its root. */
export const openWeekdayServer = async (kind: StorageKind = 'memory'): Promise<WeekdayServer> => {
  let mono = 0;
  // Each look at this clock moves it, so that no rate limit bites unasked.
  const env: Env = { ...createNodeEnv(), mono: () => (mono += 1_000) };
  const storage = await openStorage(kind, env);
  const engine = createEngine({ storage, apps: [weekday, weekdayLibrary], env });
  onTestFinished(() => engine.close());
  const unverified = new Set(['unverified']);
  const mounts = [{ app: weekday, path: '/', routes: weekdayRoutes }];
  const logger = createLogger({ level: 'silent' });
  const http = createHttpApp({ engine, env, metrics: createMetrics(), logger, mounts, identity: byName(env, unverified) });
  const send = sender(http);
  const call: WeekdayServer['call'] = async (method, path, body, user = 'ada', more = {}) => {
    const response = await send(method, path, body, user, more);
    const { status, headers } = response;
    const text = await response.text();
    await checkAnswer(http, method, path, { status, headers, text });
    const answer = parsed(text);
    const code = isJsonObject(answer.error) ? ` ${String(answer.error.code)}` : '';
    return { status, headers, text, body: answer, refusal: `${status}${code}` };
  };
  const device = async (name: string, user = 'ada'): Promise<Device> => {
    let ids = 0;
    const rules = { online: true };
    const clientEnv: ClientEnv = {
      ...env,
      uuid: () => {
        ids += 1;
        return `${name}-${ids}`;
      },
      setTimer: () => () => undefined,
      http: async ({ method, url, headers, body }) => {
        if (!rules.online) throw new Error('connection refused');
        const { pathname, search } = new URL(url);
        const response = await http.request(pathname + search, { method, headers, ...(body === undefined ? {} : { body }) });
        const text = await response.text();
        return { status: response.status, header: (one) => response.headers.get(one), text: async () => text };
      },
      stream: () => Promise.reject(new Error('no stream')),
      online: () => rules.online,
      onOnline: () => () => undefined,
      lock: (_, task) => task(),
      channel: () => ({ post: () => undefined, close: () => undefined }),
    };
    const client = await openClient({
      app: weekday,
      url: 'http://weekday.test',
      token: () => user,
      account: { issuer: 'test', subject: user },
      store: createMemoryStore(true),
      env: clientEnv,
      live: false,
    });
    onTestFinished(() => client.close());
    return Object.assign(rules, { client });
  };
  return {
    engine,
    storage,
    space: { app: weekday.name, key: `${weekday.name}/ada` },
    call,
    fetch: async (path) => http.request(path),
    pass: (ms) => {
      mono += ms;
    },
    device,
    verify: (user) => void unverified.delete(user),
  };
};
