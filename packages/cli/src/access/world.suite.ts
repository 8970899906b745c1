import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@tidemark/engine';
import { createMemoryAccounts } from '@tidemark/engine/accounts';
import { createMemoryStorage } from '@tidemark/engine/memory';
import type { Env, Result } from '@tidemark/protocol';
import {
  type Config,
  createDevelopmentIdentity,
  createHttpApp,
  createLogger,
  createMetrics,
  createNodeEnv,
  httpGet,
  issueDevelopmentToken,
  openDevelopmentKey,
  openIdentities,
} from '@tidemark/server';
import { createAccounts, createMailbox, openSigningKeys } from '@tidemark/server/accounts';
import { APPS, mountsOf } from '../apps.ts';

// The server as `serve` puts it together, on memory, and what the access table asks it.

export const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
};

/** Only people with a verified address may use these apps: one because the mount says so, the other by itself. */
export const VERIFIED_ONLY: ReadonlySet<string> = new Set(['task-tracker', 'weekday']);

const CONFIG: Config = {
  identities: { stranger: { kind: 'local', port: 0, like: { kind: 'google', clientIds: ['ours'] } } },
  apps: Object.fromEntries(APPS.map(({ name }) => [name, { identities: ['accounts', 'api-keys', 'development'] }])),
};
const CHEAP_HASH = { memoryKib: 256, passes: 1 };
const MANY = { attempts: 1_000_000, seconds: 60 };
const ALLOWANCES = { address: MANY, signIn: MANY, account: MANY, server: MANY, register: MANY, mail: MANY, mailbox: MANY, code: MANY };

const openParts = async (env: Env, folder: string, log: (line: string) => void) => {
  const engine = createEngine({ storage: createMemoryStorage(), apps: APPS, env });
  const logger = createLogger({ level: 'debug', destination: { write: log } });
  const mailbox = createMailbox(env);
  const accounts = createAccounts({
    storage: createMemoryAccounts(),
    engine,
    env,
    logger,
    signingKeys: unwrap(await openSigningKeys(folder, env)),
    mailer: mailbox,
    links: { publicUrl: 'https://sync.example' },
    hashCost: CHEAP_HASH,
    allowances: ALLOWANCES,
  });
  const key = unwrap(await openDevelopmentKey(folder));
  const development = unwrap(createDevelopmentIdentity({ key, env, nodeEnv: 'test' }));
  return { engine, logger, mailbox, accounts, key, development };
};

/** A request as the table sees it: what came back, and the code that the server noted for it. */
export interface Asked {
  /** `200`, or `404 NOT_FOUND` with the code of the catalogue, whatever words an app has for it. */
  readonly answer: string;
  readonly json: unknown;
  /** Everything a caller sees, with what differs from request to request taken out. */
  readonly seen: string;
}

export type Ask = (
  method: string,
  path: string,
  more?: { readonly body?: unknown; readonly token?: string | undefined; readonly hide?: string | undefined },
) => Promise<Asked>;

const readBody = async (response: Response): Promise<string> => {
  if (response.headers.get('Content-Type') !== 'text/event-stream') return response.text();
  // A live stream has no end: what it says first tells enough.
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return Buffer.from(value ?? []).toString();
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const openWorld = async () => {
  const env = createNodeEnv();
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-access-'));
  const lines: string[] = [];
  const parts = await openParts(env, folder, (line) => lines.push(line));
  const { engine, logger, mailbox, accounts, key, development } = parts;
  const surroundings = { apps: APPS.map(({ name }) => name), production: false, allowDevelopmentTokens: false };
  const identities = unwrap(await openIdentities(CONFIG, surroundings, { env, httpGet, nodeEnv: 'test', accounts, development }));
  const close = async () => {
    await identities.close();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const http = createHttpApp({
    engine,
    env,
    logger,
    identity: identities.identity,
    metrics: createMetrics(),
    mounts: mountsOf().map((mount) => (mount.app.name === 'task-tracker' ? { ...mount, requireVerifiedEmail: true } : mount)),
    accounts,
    mail: { mailbox, isLoopback: () => true },
    development: { key, isLoopback: () => true },
  });
  const credentials = new Set<string>();
  const ask: Ask = async (method, path, { body, token, hide } = {}) => {
    const correlationId = env.uuid();
    if (token !== undefined) credentials.add(token);
    const headers = new Headers({ 'X-Correlation-Id': correlationId });
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    const response = await http.request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await readBody(response);
    const line: { code?: string } = JSON.parse(lines.findLast((one) => one.includes(correlationId)) ?? '{}');
    const seen = [response.status, ...[...response.headers].map(([name, value]) => `${name}: ${value}`), text].join('\n');
    const same = seen
      .replaceAll(correlationId, '<correlation>')
      .replaceAll(/("?serverTime"?:)\d+/g, '$1<time>')
      .replace(/^ratelimit: .*\n/m, '');
    return {
      answer: line.code === undefined ? String(response.status) : `${response.status} ${line.code}`,
      json: parsed(text),
      seen: hide === undefined ? same : same.replaceAll(hide, '<id>').replaceAll(encodeURIComponent(hide), '<id>'),
    };
  };
  const strangerAddress = identities.localIssuers.get('stranger') ?? '';
  const routes: readonly string[] = http.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
  return {
    /** `GET /healthz`, each once or more; those for every method only refuse. */
    routes,
    ask,
    close,
    /** Every log line so far, and every credential that was sent. */
    lines,
    credentials,
    /** The newest mail's link token. */
    mailedToken: async (to: string): Promise<string> => {
      await accounts.context.post.settled();
      const mail = mailbox.list().find((one) => one.to === to);
      return /token=([\w.-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    },
    expired: (accountId: string, familyId: string) => accounts.context.accessTokens.sign({ accountId, familyId, lastsMs: -60_000 }),
    ofAnotherIssuer: async (): Promise<string> => {
      const answer = await fetch(`${strangerAddress}/token`, { method: 'POST', body: '{"sub":"stranger"}' });
      const { token }: { token: string } = JSON.parse(await answer.text());
      return token;
    },
    ofAnotherAudience: async (): Promise<string> => unwrap(await issueDevelopmentToken(key, { app: 'another-app', user: 'alice' }, env)),
  };
};

export type World = Awaited<ReturnType<typeof openWorld>>;
