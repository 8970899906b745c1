import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine, type SpaceRef, type Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { type Env, isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import { createHttpApp, createLogger, createMetrics, createNodeEnv, type Identity } from '@tidemark/server';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { expect, onTestFinished } from 'vitest';
import { checkAnswer } from './openapi.suite.ts';
import { taskTrackerRoutes } from './routes.ts';
import { taskTracker } from './schema.ts';

// What the tests of this app stand on: the real engine and server on a real storage. Every answer is held against the spec.

export const STORAGES = ['memory', 'sqlite'] as const;
export type StorageKind = (typeof STORAGES)[number];

const openStorage = async (kind: StorageKind, env: Env): Promise<Storage> => {
  if (kind === 'memory') return createMemoryStorage();
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-tasks-'));
  const opened = await openSqliteStorage({ file: join(folder, 'test.db'), env, apps: [taskTracker] });
  if (!opened.ok) throw new Error(opened.error.message);
  onTestFinished(async () => {
    await opened.value.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return opened.value;
};

/** Whoever says a name is that user; after a colon the scopes of the token. */
const identity: Identity = {
  authenticate: async ({ authorization }) => {
    const [subject = '', scopes = ''] = (authorization ?? '').replace(/^Bearer ?/, '').split(':');
    if (subject === '') return { ok: false, error: { code: 'UNAUTHENTICATED', message: 'Nobody is signed in.' } };
    const given = scopes === '' ? ['read', 'write'] : scopes.split(',');
    const expiresAt = Number.MAX_SAFE_INTEGER;
    return { ok: true, value: { issuer: 'test', subject, spaceKey: subject, scopes: given, emailVerified: true, expiresAt } };
  },
};

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; empty where there is none. */
  readonly body: JsonObject;
  /** `data` of the body, where it is an object or a list. */
  readonly data: JsonObject;
  readonly list: readonly JsonObject[];
  /** `404 RESOURCE_NOT_FOUND` of a refusal. */
  readonly refusal: string;
}

type HttpApp = ReturnType<typeof createHttpApp>;

export interface TaskServer {
  readonly engine: Engine;
  readonly space: SpaceRef;
  /** A request of ada, unless a header says otherwise; the body is sent as JSON unless it is a string. */
  call(method: string, path: string, body?: Json, headers?: Record<string, string>): Promise<Answered>;
  /** The same on another HTTP surface, as of another process. */
  alsoServed(): TaskServer['call'];
  readonly http: HttpApp;
  /** Creates a task and answers it. */
  task(fields?: JsonObject): Promise<JsonObject>;
  category(name: string): Promise<string>;
}

const parse = (text: string): JsonObject => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
};

const asAnswered = async (response: Response): Promise<Answered> => {
  const text = await response.text();
  const body = parse(text);
  const { data, error } = body;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    data: isJsonObject(data) ? data : {},
    list: Array.isArray(data) ? data.filter(isJsonObject) : [],
    refusal: isJsonObject(error) ? `${response.status} ${String(error.code)}` : `${response.status}`,
  };
};

/** A server that has the task tracker at its root. */
export const openTaskServer = async (kind: StorageKind = 'memory', more: Partial<Env> = {}): Promise<TaskServer> => {
  let mono = 0;
  const env: Env = {
    ...createNodeEnv(),
    // Each look moves it, so that no rate limit bites unasked.
    mono: () => {
      mono += 10;
      return mono;
    },
    ...more,
  };
  const engine = createEngine({ storage: await openStorage(kind, env), apps: [taskTracker], env });
  onTestFinished(() => engine.close());
  const mounts = [{ app: taskTracker, path: '/', routes: taskTrackerRoutes }];
  const served = () =>
    createHttpApp({ engine, env, metrics: createMetrics(), logger: createLogger({ level: 'silent' }), mounts, identity });
  const callOf =
    (http: ReturnType<typeof served>): TaskServer['call'] =>
    async (method, path, body, headers = {}) => {
      const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
      const response = await http.request(path, { method, headers: { Authorization: 'Bearer ada', ...type, ...headers }, ...sent });
      const answered = await asAnswered(response);
      await checkAnswer(http, method, path, answered);
      return answered;
    };
  const http = served();
  const call = callOf(http);
  const created = async (path: string, body: JsonObject): Promise<JsonObject> => {
    const answer = await call('POST', path, body);
    expect(answer.status, answer.text).toBe(201);
    return answer.data;
  };
  return {
    engine,
    space: { app: taskTracker.name, key: `${taskTracker.name}/ada` },
    http,
    call,
    alsoServed: () => callOf(served()),
    task: (fields = {}) => created('/tasks', { title: 'Buy milk', priority: 'low', ...fields }),
    category: async (name) => String((await created('/categories', { name })).categoryId),
  };
};
