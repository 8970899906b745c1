import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine, type Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { defineApp, defineCollection, type Env, type Result, review } from '@tidemark/protocol';

import type { Mutation } from '@tidemark/protocol/messages';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import { type DevelopmentKey, openDevelopmentKey } from './identity/development-key.ts';
import { createDevelopmentIdentity, issueDevelopmentToken } from './identity/development-tokens.ts';
import { createNodeEnv } from './platform/node-env.ts';
import { createSecretWatch } from './secret-watch.suite.ts';
import { createServer, type Server, type ServerOptions } from './server.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';

// What the tests of this package stand on: a small app on the real engine and the memory storage.

export const notes = defineApp({
  name: 'notes',
  schemaVersion: 1,
  collections: {
    notes: defineCollection({
      name: 'notes',
      fields: { title: { schema: z.string() }, body: { schema: z.string().optional(), merge: review() } },
    }),
  },
});
export const lists = defineApp({ ...notes, name: 'lists' });

export const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
};

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-server-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Timers that fire only when a test says so, and a wall clock it can move; the rest is real. */
export interface TestEnv extends Env {
  /** Fires every timer that is waiting. */
  fireTimers(): void;
  waitingTimers(): number;
  moveWall(ms: number): void;
}

export const createTestEnv = (): TestEnv => {
  const real = createNodeEnv();
  const timers = new Set<() => void>();
  let moved = 0;
  return {
    ...real,
    wall: () => real.wall() + moved,
    setTimer: (_, fire) => {
      timers.add(fire);
      return () => timers.delete(fire);
    },
    fireTimers: () => {
      for (const fire of [...timers]) {
        timers.delete(fire);
        fire();
      }
    },
    waitingTimers: () => timers.size,
    moveWall: (ms) => {
      moved += ms;
    },
  };
};

export interface TestServer {
  readonly server: Server;
  readonly engine: Engine;
  readonly storage: Storage;
  readonly key: DevelopmentKey;
  readonly metrics: Metrics;
  /** The JSON lines logged so far. */
  readonly logged: () => readonly Record<string, unknown>[];
  /** A token of a user of an app; app notes unless given. */
  readonly token: (user: string, app?: string) => Promise<string>;
  /** A request by a user (alice unless given) to a path; the body is sent as JSON. */
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
}

/** The routes' env is `env`; the engine's is a real one, so that its own timers run. */
export const openTestServer = async (options: Partial<ServerOptions> = {}): Promise<TestServer> => {
  const watch = createSecretWatch();
  const env = options.env ?? createNodeEnv();
  const storage = createMemoryStorage();
  const metrics = createMetrics();
  const engine = createEngine({ storage, apps: [notes, lists], env: createNodeEnv(), onCommit: metrics.onCommit });
  const key = unwrap(await openDevelopmentKey(temporaryFolder()));
  const identity = unwrap(createDevelopmentIdentity({ key, env, nodeEnv: 'test' }));
  const logger = createLogger({ level: 'debug', destination: watch.destination });
  const mounts = [
    { app: notes, path: '/apps/notes' },
    { app: lists, path: '/apps/lists' },
  ];
  const server = await createServer({ engine, identity, env, logger, metrics, mounts, ...options });
  server.app.fetch = watch.watch(server.app.fetch);
  onTestFinished(async () => {
    await server.close();
    await storage.close();
  });
  const token = async (user: string, app = 'notes') => {
    const issued = unwrap(await issueDevelopmentToken(key, { app, user }, env));
    watch.note(issued);
    return issued;
  };
  const alice = await token('alice');
  return {
    server,
    engine,
    storage,
    key,
    metrics,
    token,
    logged: () => watch.lines.map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line))),
    call: async (method, path, body, headers = {}) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
      return server.app.request(path, { method, headers: { Authorization: `Bearer ${alice}`, ...type, ...headers }, ...sent });
    },
  };
};

export const put = (n: number, id: string, more: Partial<Mutation> = {}): Mutation => ({
  mutationId: `m-${id}-${n}`,
  n,
  collection: 'notes',
  id,
  op: 'put',
  fields: { title: `note ${id}` },
  base: 0,
  at: 1_700_000_000_000,
  ...more,
});

export const pushOf = (mutations: readonly unknown[], clientId = 'phone') => ({
  protocolVersion: 1,
  clientId,
  schemaVersion: 1,
  mutations,
});

const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string().min(1),
    details: z.unknown().optional(),
    correlationId: z.string().min(1),
  }),
});

/** Status and code of a refusal; fails when the body is not an error body. */
export const refusalOf = async (response: Response): Promise<string> => {
  const { error } = errorSchema.parse(await response.json());
  return `${response.status} ${error.code}`;
};

/** The JSON of an answer, as an object. */
export const objectOf = async (response: Response): Promise<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(await response.json());
