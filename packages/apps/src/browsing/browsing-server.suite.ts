import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine, type SpaceRef, type Storage } from '@tidemark/engine';
import { createMemoryAccounts } from '@tidemark/engine/accounts';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { type Env, isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import { createHttpApp, createLogger, createMetrics, createNodeEnv, type Identity } from '@tidemark/server';
import { createAccounts, createMailbox, openSigningKeys } from '@tidemark/server/accounts';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { onTestFinished } from 'vitest';
import { checkAnswer } from '../task-tracker/openapi.suite.ts';
import { browsingRoutes } from './routes.ts';
import { browsing } from './schema.ts';

// What the tests of this app stand on: the real engine, accounts and server on a real storage. Every answer is held against the spec.

export type StorageKind = 'memory' | 'sqlite';
export const PASSWORD = 'correct horse battery';
/** The clock of the server when a test begins: 2026-11-21T12:00:00Z. */
export const NOW = Date.UTC(2026, 10, 21, 12);

const MANY = { attempts: 1_000_000, seconds: 60 };
const NO_LIMITS = { address: MANY, signIn: MANY, account: MANY, server: MANY, register: MANY, mail: MANY, mailbox: MANY, code: MANY };

const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-browsing-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const openStorage = async (kind: StorageKind, file: string, env: Env): Promise<Storage> => {
  if (kind === 'memory') return createMemoryStorage();
  const opened = await openSqliteStorage({ file, env, apps: [browsing] });
  if (!opened.ok) throw new Error(opened.error.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
};

/** A clock that a test moves. The monotonic one moves with each look, so that no rate limit bites unasked. */
const createClock = (): Env & { move(ms: number): void } => {
  let [wall, mono] = [NOW, 0];
  return {
    ...createNodeEnv(),
    wall: () => wall,
    mono: () => {
      mono += 10;
      return mono;
    },
    move: (ms) => {
      wall += ms;
    },
  };
};

/** `test-NAME` is a token of that user; every other one is an account's. */
const identityWith = (accounts: Identity): Identity => ({
  authenticate: async (request) => {
    const [, subject] = /^Bearer test-(\w+)$/.exec(request.authorization ?? '') ?? [];
    if (subject === undefined) return accounts.authenticate(request);
    const expiresAt = Number.MAX_SAFE_INTEGER;
    const scopes = ['read', 'write'];
    return { ok: true, value: { issuer: 'test', subject, spaceKey: subject, scopes, emailVerified: true, expiresAt } };
  },
});

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; empty where it is no object. */
  readonly body: JsonObject;
}

const parse = (text: string): JsonObject => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
};

/** A request; a body that is a string is sent as it is, no `token` is none. Unless given, it is that of ada. */
export type Call = (method: string, path: string, body?: Json, token?: string) => Promise<Answered>;

export interface BrowsingServer {
  readonly engine: Engine;
  readonly storage: Storage;
  readonly file: string;
  readonly http: ReturnType<typeof createHttpApp>;
  readonly call: Call;
  readonly move: (ms: number) => void;
  readonly spaceOf: (user: string) => SpaceRef;
  /** The code of the newest mail. */
  readonly mailedCode: () => Promise<string>;
}

/** A server that has the browsing app at its root, as `serve --app browsing` has. */
export const openBrowsingServer = async (kind: StorageKind = 'memory', limits: object = NO_LIMITS): Promise<BrowsingServer> => {
  const clock = createClock();
  const folder = temporaryFolder();
  const file = join(folder, 'test.db');
  const storage = await openStorage(kind, file, clock);
  const engine = createEngine({ storage, apps: [browsing], env: clock });
  onTestFinished(() => engine.close());
  const logger = createLogger({ level: 'silent' });
  const signingKeys = await openSigningKeys(folder, clock);
  if (!signingKeys.ok) throw new Error(signingKeys.error.message);
  const mailbox = createMailbox(clock);
  const accounts = createAccounts({
    storage: createMemoryAccounts(),
    engine,
    env: clock,
    logger,
    signingKeys: signingKeys.value,
    mailer: mailbox,
    links: { publicUrl: 'https://sync.example' },
    hashCost: { memoryKib: 256, passes: 1 },
    allowances: limits,
  });
  const mounts = [{ app: browsing, path: '/', routes: browsingRoutes }];
  const identity = identityWith(accounts.identity);
  const http = createHttpApp({ engine, env: clock, metrics: createMetrics(), logger, mounts, identity, accounts });
  const call: Call = async (method, path, body, token = 'test-ada') => {
    const headers = new Headers(token === '' ? {} : { Authorization: `Bearer ${token}` });
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await http.request(path, { method, headers, ...sent });
    const answered = { status: response.status, headers: response.headers, text: await response.text() };
    await checkAnswer(http, method, path, answered);
    return { ...answered, body: parse(answered.text) };
  };
  return {
    engine,
    storage,
    file,
    http,
    call,
    move: clock.move,
    spaceOf: (user) => ({ app: browsing.name, key: `${browsing.name}/${user}` }),
    mailedCode: async () => {
      await accounts.context.post.settled();
      return /code: (\d{6})/.exec(mailbox.list()[0]?.text ?? '')?.[1] ?? '';
    },
  };
};

/** A visit that ended, `index` minutes into the day before NOW. */
export const visitAt = (index: number, more: JsonObject = {}): JsonObject => {
  const timestamp = NOW - 24 * 3_600_000 + index * 60_000;
  return {
    id: `pv_${timestamp}_${index % 7}`,
    tabId: index % 7,
    url: `https://site${index % 5}.example/page/${index}?q=tides`,
    domain: `site${index % 5}.example`,
    timestamp,
    endedAt: timestamp + 50_000,
    duration: 50_000,
    activeDuration: 30_000,
    isActive: false,
    anonymousClientId: 'browser-a',
    idlePeriods: [{ start: timestamp + 10_000, end: timestamp + 30_000, durationMs: 20_000, reason: 'idle' }],
    engagementRate: 0.6,
    ...more,
  };
};

export const aggregateOf = (tabId: number, more: JsonObject = {}): JsonObject => ({
  tabId,
  startTime: NOW - 3_600_000,
  lastActiveTime: NOW - 60_000,
  totalActiveDuration: 90_000,
  domainDurations: { 'site1.example': 60_000, 'site2.example': 30_000 },
  pageCount: 3,
  currentUrl: 'https://site2.example/',
  currentDomain: 'site2.example',
  anonymousClientId: 'browser-a',
  statistics: { mostVisitedDomain: 'site1.example', averagePageDuration: 30_000 },
  ...more,
});

/** Everything that can be read back of a user, in one text. */
export const readAll = async (call: Call, token?: string): Promise<string> => {
  const all: Json[] = [];
  for (const path of ['/api/page-visits', '/api/tab-aggregates']) {
    for (let cursor = ''; ; ) {
      const page = await call('GET', `${path}?limit=1000${cursor}`, undefined, token);
      if (page.status !== 200) throw new Error(page.text);
      const { data, nextCursor } = page.body;
      all.push(...(Array.isArray(data) ? data : []));
      if (typeof nextCursor !== 'string') break;
      cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
    }
  }
  return JSON.stringify(all);
};
