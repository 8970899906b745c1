import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@tidemark/engine';
import type { Result } from '@tidemark/protocol';
import {
  createDevelopmentIdentity,
  createLogger,
  createMetrics,
  createNodeEnv,
  createServer,
  issueDevelopmentToken,
  type Mount,
  openDevelopmentKey,
} from '@tidemark/server';
import { createAccounts, createMailbox, openSigningKeys } from '@tidemark/server/accounts';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { APPS, mountsOf, STORED_APPS } from 'tidemark/apps';
import { onTestFinished } from 'vitest';
import { ALLOWANCES, CHEAP_HASH } from './unlimited-accounts.ts';

/** The apps that `tidemark serve` serves. */
export const APP_NAMES: readonly string[] = APPS.map(({ name }) => name);

/** A route as the running server lists it: `GET` and `/apps/time-tracker/sync/pull`. */
export interface ServedRoute {
  readonly method: string;
  readonly path: string;
}

/** A whole server on a real socket and SQLite, put together as `tidemark serve` does it, but without limits of requests. */
export interface WholeTarget {
  readonly port: number;
  /** Every route there is. */
  readonly routes: readonly ServedRoute[];
  /** A development token of a user (demo unless given) for an app. */
  tokenFor(app: string, user?: string): Promise<string>;
  /** Errors logged since the start. */
  readonly errors: readonly string[];
  /** What is wrong with the file, the chain and the digests. */
  problems(): Promise<readonly string[]>;
}

const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

/** Without its limit of requests: beyond it nothing but 429 would be tested. */
const unlimited = ({ routes, ...mount }: Mount): Mount => {
  if (routes === undefined) return mount;
  const { rateLimit: _, ...rest } = routes;
  return { ...mount, routes: rest };
};

/** A page as the build leaves one. */
const makePage = (folder: string): string => {
  const page = join(folder, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Page</title>');
  writeFileSync(join(page, 'assets', 'index-1.js'), `export const long = '${'x'.repeat(5_000)}';`);
  return page;
};

/** `withAccounts`: their routes too, at the root and under each mount. */
export const openWhole = async (mounts: readonly Mount[] = mountsOf(), withAccounts = true): Promise<WholeTarget> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-fuzz-'));
  const env = createNodeEnv();
  const storage = unwrap(await openSqliteStorage({ file: join(folder, 'tidemark.db'), env, apps: STORED_APPS }));
  const key = unwrap(await openDevelopmentKey(folder));
  const engine = createEngine({ storage, apps: STORED_APPS, env });
  const errors: string[] = [];
  const logger = createLogger({ level: 'error', destination: { write: (line) => void errors.push(line) } });
  const mailbox = createMailbox(env);
  const accounts = createAccounts({
    storage: storage.accounts,
    engine,
    env,
    logger,
    signingKeys: unwrap(await openSigningKeys(folder, env)),
    mailer: mailbox,
    links: { publicUrl: 'https://sync.example' },
    hashCost: CHEAP_HASH,
    allowances: ALLOWANCES,
  });
  const server = await createServer({
    engine,
    env,
    identity: unwrap(createDevelopmentIdentity({ key, env, nodeEnv: 'test' })),
    developmentKey: key,
    mailbox,
    staticFiles: makePage(folder),
    items: storage.accounts,
    logger,
    ...(withAccounts ? { accounts } : {}),
    metrics: createMetrics(),
    mounts: mounts.map(unlimited),
  });
  const { port } = await server.listen(0);
  onTestFinished(async () => {
    await server.close();
    await accounts.close();
    await storage.close();
    rmSync(folder, { recursive: true, force: true });
  });
  // Under ALL stand what every request goes through, and the refusals of other methods.
  const listed = server.app.routes.filter(({ method }) => method !== 'ALL');
  return {
    port,
    routes: [...new Map(listed.map(({ method, path }) => [`${method} ${path}`, { method, path }])).values()],
    tokenFor: async (app, user = 'demo') => unwrap(await issueDevelopmentToken(key, { app, user }, env)),
    errors,
    problems: async () => {
      const found = [...(await storage.integrityCheck())];
      for await (const space of engine.listSpaces()) found.push(...(await engine.verify(space)).problems);
      return found;
    },
  };
};

/** The same with one app, as the schemas of that app see it. */
export interface Target extends Pick<WholeTarget, 'port' | 'errors' | 'problems'> {
  readonly token: string;
  /** `METHOD path` of every route, without the app's mount, as the running app lists them. */
  readonly routes: readonly string[];
  /** The address of a path of such a route. */
  address(path: string): string;
}

/** Paths of the server's own accounts, which stand at the root and again under each mount; accounts.test.ts knows them. */
export const accountPathsOf = (routes: readonly ServedRoute[]): ReadonlySet<string> =>
  new Set(routes.map(({ path }) => path).filter((path) => /^\/(auth|\.well-known)\//.test(path)));

export const openTarget = async (name = 'time-tracker'): Promise<Target> => {
  const mount = `/apps/${name}`;
  const relative = (path: string): string => (path.startsWith(`${mount}/`) ? path.slice(mount.length) : path);
  const mounts = mountsOf().filter(({ path }) => path === mount);
  // The browsing app's own routes of accounts need them; those of the server are fuzzed in accounts.test.ts.
  const { routes, tokenFor, ...whole } = await openWhole(mounts, name === 'browsing');
  const ofAccounts = accountPathsOf(routes);
  const own = routes.filter(({ path }) => !ofAccounts.has(relative(path)));
  const rooted = new Set(routes.map(({ path }) => path).filter((path) => !path.startsWith(`${mount}/`)));
  return {
    ...whole,
    token: await tokenFor(name),
    routes: [...new Set(own.map(({ method, path }) => `${method} ${relative(path)}`))],
    address: (path) => `http://127.0.0.1:${whole.port}${rooted.has(path) ? '' : mount}${path}`,
  };
};
