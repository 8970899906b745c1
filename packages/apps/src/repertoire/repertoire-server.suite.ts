import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine, type SpaceRef, type Storage } from '@tidemark/engine';
import { type AccountsStorage, createMemoryAccounts } from '@tidemark/engine/accounts';
import { createMemoryStorage } from '@tidemark/engine/memory';
import type { Env, JsonObject } from '@tidemark/protocol';
import { createHttpApp, createLogger, createMetrics, createNodeEnv, type Identity } from '@tidemark/server';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { onTestFinished } from 'vitest';
import { checkAnswer } from '../task-tracker/openapi.suite.ts';
import { repertoireRoutes } from './routes.ts';
import { repertoire } from './schema.ts';

// What the tests of this app stand on: the real engine and server on a real storage, with a clock that a test moves.

export const STORAGES = ['memory', 'sqlite'] as const;
export type StorageKind = (typeof STORAGES)[number];

export const NOW = Date.parse('2026-03-01T10:00:00.250Z');
const HOUR_MS = 3_600_000;

interface Opened {
  readonly storage: Storage;
  readonly items: AccountsStorage;
  close(): Promise<void>;
}

const openFile = async (file: string, env: Env): Promise<Opened> => {
  const opened = await openSqliteStorage({ file, env, apps: [repertoire] });
  if (!opened.ok) throw new Error(opened.error.message);
  return { storage: opened.value, items: opened.value.accounts, close: () => opened.value.close() };
};

const openMemory = (): Opened => ({ storage: createMemoryStorage(), items: createMemoryAccounts(), close: async () => undefined });

export interface RepertoireServer {
  engine(): Engine;
  readonly space: SpaceRef;
  /** The server's wall clock, in milliseconds. */
  readonly clock: { wall: number };
  /** The raw answer to a request of a user (ada unless given). */
  raw(method: string, path: string, body?: string, user?: string): Promise<Response>;
  /** The same, held against the spec. */
  request(method: string, path: string, body?: string, user?: string): Promise<Response>;
  call(method: string, path: string, body?: unknown, user?: string): Promise<{ readonly status: number; readonly body: JsonObject }>;
  /** The process ends and another one opens the same storage. */
  restart(): Promise<void>;
}

/** Whoever says a name is that user. */
const byName = (clock: { readonly wall: number }): Identity => ({
  authenticate: async ({ authorization }) => {
    const subject = (authorization ?? '').replace(/^Bearer ?/, '');
    if (subject === '') return { ok: false, error: { code: 'UNAUTHENTICATED', message: 'Nobody is signed in.' } };
    const profile = { email: `${subject}@example.com`, name: subject };
    const expiresAt = clock.wall + HOUR_MS;
    const value = { issuer: 'test', subject, spaceKey: subject, scopes: ['read', 'write'], emailVerified: true, expiresAt, profile };
    return { ok: true, value };
  },
});

interface ServerWish {
  readonly kind?: StorageKind;
  readonly identity?: Identity;
  /** Milliseconds that each look at the monotonic clock moves it by, so that no rate limit bites unasked. */
  readonly monoStep?: number;
}

/** A server that has the app at its root. */
export const openRepertoireServer = async ({ kind = 'memory', identity, monoStep = 1_000 }: ServerWish = {}): Promise<RepertoireServer> => {
  const clock = { wall: NOW };
  let mono = 0;
  const env: Env = {
    ...createNodeEnv(),
    wall: () => clock.wall,
    mono: () => {
      mono += monoStep;
      return mono;
    },
  };
  const folder = kind === 'sqlite' ? mkdtempSync(join(tmpdir(), 'tidemark-repertoire-')) : undefined;
  let opened = folder === undefined ? openMemory() : await openFile(join(folder, 'test.db'), env);
  const build = () => {
    const engine = createEngine({ storage: opened.storage, apps: [repertoire], env });
    const mounts = [{ app: repertoire, path: '/', routes: repertoireRoutes }];
    const logger = createLogger({ level: 'silent' });
    const parts = { engine, env, items: opened.items, metrics: createMetrics(), logger, mounts };
    return { engine, app: createHttpApp({ ...parts, identity: identity ?? byName(clock) }) };
  };
  let running = build();
  const spec = running.app;
  onTestFinished(async () => {
    await running.engine.close();
    await opened.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  const raw: RepertoireServer['raw'] = async (method, path, body, user = 'ada') => {
    const headers = { ...(user === '' ? {} : { Authorization: `Bearer ${user}` }), 'Content-Type': 'application/json' };
    return running.app.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
  };
  const request: RepertoireServer['request'] = async (method, path, body, user) => {
    const response = await raw(method, path, body, user);
    const { status } = response;
    await checkAnswer(spec, method, path, { status, headers: response.headers, text: await response.clone().text() });
    return response;
  };
  return {
    engine: () => running.engine,
    space: { app: repertoire.name, key: `${repertoire.name}/ada` },
    clock,
    raw,
    request,
    call: async (method, path, body, user) => {
      const response = await request(method, path, body === undefined ? undefined : JSON.stringify(body), user);
      return { status: response.status, body: await response.json() };
    },
    restart: async () => {
      await running.engine.close();
      if (folder !== undefined) {
        await opened.close();
        opened = await openFile(join(folder, 'test.db'), env);
      }
      running = build();
    },
  };
};
