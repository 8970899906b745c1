import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine, type SpaceRef, type Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import type { Env, JsonObject } from '@tidemark/protocol';
import { createHttpApp, createLogger, createMetrics, createNodeEnv } from '@tidemark/server';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { onTestFinished } from 'vitest';
import { checkAnswer } from '../task-tracker/openapi.suite.ts';
import { timeTrackerRoutes } from './routes.ts';
import { timeTracker } from './schema.ts';

// What the tests of this app stand on: the real engine and server on a real storage, with a clock that a test moves.

export const STORAGES = ['memory', 'sqlite'] as const;
export type StorageKind = (typeof STORAGES)[number];

export const NOW = 1_732_100_000_000;

const openStorage = async (kind: StorageKind, env: Env): Promise<Storage> => {
  if (kind === 'memory') return createMemoryStorage();
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-timer-'));
  const opened = await openSqliteStorage({ file: join(folder, 'test.db'), env, apps: [timeTracker] });
  if (!opened.ok) throw new Error(opened.error.message);
  onTestFinished(async () => {
    await opened.value.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return opened.value;
};

export interface TimerServer {
  readonly engine: Engine;
  readonly space: SpaceRef;
  /** The server's clocks, in milliseconds. Each look at the monotonic one moves it by `monoStep`, so that no rate limit bites unasked. */
  readonly clock: { wall: number; mono: number; monoStep: number };
  /** The raw answer to a request of a user (ada unless given). */
  request(method: string, path: string, body?: string, user?: string): Promise<Response>;
  /** Status and JSON of the answer. */
  call(method: string, path: string, body?: unknown, user?: string): Promise<{ readonly status: number; readonly body: JsonObject }>;
}

/** All servers have the same spec: it is read from the first. */
let specSource: ReturnType<typeof createHttpApp> | undefined;

/** A server that has the timer at its root. Whoever says a name is that user. */
export const openTimerServer = async (kind: StorageKind = 'memory'): Promise<TimerServer> => {
  const clock = { wall: NOW, mono: 0, monoStep: 1_000 };
  const env: Env = {
    ...createNodeEnv(),
    wall: () => clock.wall,
    mono: () => {
      clock.mono += clock.monoStep;
      return clock.mono;
    },
  };
  const engine = createEngine({ storage: await openStorage(kind, env), apps: [timeTracker], env });
  onTestFinished(() => engine.close());
  const app = createHttpApp({
    engine,
    env,
    metrics: createMetrics(),
    logger: createLogger({ level: 'silent' }),
    mounts: [{ app: timeTracker, path: '/', routes: timeTrackerRoutes }],
    identity: {
      authenticate: async ({ authorization }) => {
        const subject = (authorization ?? '').replace(/^Bearer ?/, '');
        if (subject === '') return { ok: false, error: { code: 'UNAUTHENTICATED', message: 'Nobody is signed in.' } };
        const expiresAt = clock.wall + 3_600_000;
        return {
          ok: true,
          value: { issuer: 'test', subject, spaceKey: subject, scopes: ['read', 'write'], emailVerified: true, expiresAt },
        };
      },
    },
  });
  specSource ??= app;
  const request: TimerServer['request'] = async (method, path, body, user = 'ada') => {
    const headers = { Authorization: `Bearer ${user}`, 'Content-Type': 'application/json' };
    const response = await app.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
    const { status } = response;
    // Every answer of every test is held against the spec.
    await checkAnswer(specSource ?? app, method, path, { status, headers: response.headers, text: await response.clone().text() });
    return response;
  };
  return {
    engine,
    space: { app: timeTracker.name, key: `${timeTracker.name}/ada` },
    clock,
    request,
    call: async (method, path, body, user) => {
      const response = await request(method, path, body === undefined ? undefined : JSON.stringify(body), user);
      return { status: response.status, body: await response.json() };
    },
  };
};

/** A task as a timer sends it. */
export const task = (id: string, change: JsonObject = {}): JsonObject => ({
  id,
  title: `Task ${id}`,
  intervals: [],
  archived: false,
  tags: [],
  updatedAt: NOW - 1_000,
  version: 1,
  ...change,
});
