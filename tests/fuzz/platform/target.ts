import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browsing } from '@tidemark/apps/browsing';
import { browsingRoutes } from '@tidemark/apps/browsing/routes';
import { repertoire } from '@tidemark/apps/repertoire';
import { repertoireRoutes } from '@tidemark/apps/repertoire/routes';
import { taskTracker } from '@tidemark/apps/task-tracker';
import { taskTrackerRoutes } from '@tidemark/apps/task-tracker/routes';
import { timeTracker } from '@tidemark/apps/time-tracker';
import { timeTrackerRoutes } from '@tidemark/apps/time-tracker/routes';
import { weekday } from '@tidemark/apps/weekday';
import { weekdayRoutes } from '@tidemark/apps/weekday/routes';
import { createEngine } from '@tidemark/engine';
import type { Result } from '@tidemark/protocol';
import {
  type AppRoutes,
  createDevelopmentIdentity,
  createLogger,
  createMetrics,
  createNodeEnv,
  createServer,
  issueDevelopmentToken,
  openDevelopmentKey,
} from '@tidemark/server';
import { createAccounts, createMailbox, openSigningKeys } from '@tidemark/server/accounts';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { onTestFinished } from 'vitest';
import { ALLOWANCES, CHEAP_HASH } from './unlimited-accounts.ts';

/** The apps there are. */
const APPS = {
  'time-tracker': { app: timeTracker, routes: timeTrackerRoutes },
  'task-tracker': { app: taskTracker, routes: taskTrackerRoutes },
  repertoire: { app: repertoire, routes: repertoireRoutes },
  browsing: { app: browsing, routes: browsingRoutes },
  weekday: { app: weekday, routes: weekdayRoutes },
};
export type AppName = keyof typeof APPS;
export const APP_NAMES: readonly AppName[] = ['time-tracker', 'task-tracker', 'repertoire', 'browsing', 'weekday'];

/** A whole server on a real socket and SQLite, to be fuzzed. */
export interface Target {
  readonly port: number;
  readonly token: string;
  /** `METHOD path` of every route, without the app's mount, as the running app lists them. */
  readonly routes: readonly string[];
  /** The address of a path of such a route. */
  address(path: string): string;
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
const unlimited = ({ rateLimit: _, ...routes }: AppRoutes): AppRoutes => routes;

export const openTarget = async (name: AppName = 'time-tracker'): Promise<Target> => {
  const { app, routes: ownRoutes } = APPS[name];
  const mount = `/apps/${name}`;
  const relative = (path: string): string => (path.startsWith(mount) ? path.slice(mount.length) : path);
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-fuzz-'));
  const env = createNodeEnv();
  const storage = unwrap(await openSqliteStorage({ file: join(folder, 'tidemark.db'), env, apps: [app] }));
  const key = unwrap(await openDevelopmentKey(folder));
  const engine = createEngine({ storage, apps: [app], env });
  const errors: string[] = [];
  const logger = createLogger({ level: 'error', destination: { write: (line) => void errors.push(line) } });
  const accounts = createAccounts({
    storage: storage.accounts,
    engine,
    env,
    logger,
    signingKeys: unwrap(await openSigningKeys(folder, env)),
    mailer: createMailbox(env),
    links: { publicUrl: 'https://sync.example' },
    hashCost: CHEAP_HASH,
    allowances: ALLOWANCES,
  });
  const server = await createServer({
    engine,
    env,
    identity: unwrap(createDevelopmentIdentity({ key, env, nodeEnv: 'test' })),
    developmentKey: key,
    items: storage.accounts,
    logger,
    // Its own routes of accounts need them; those of the server are fuzzed in accounts.test.ts.
    ...(name === 'browsing' ? { accounts } : {}),
    metrics: createMetrics(),
    mounts: [{ app, path: mount, routes: unlimited(ownRoutes) }],
  });
  const { port } = await server.listen(0);
  onTestFinished(async () => {
    await server.close();
    await accounts.close();
    await storage.close();
    rmSync(folder, { recursive: true, force: true });
  });
  // Accounts are at the root and under each mount.
  const ofAccounts = new Set(server.app.routes.map(({ path }) => path).filter((path) => /^\/(auth|\.well-known)\//.test(path)));
  const own = server.app.routes.filter(({ method, path }) => method !== 'ALL' && !ofAccounts.has(relative(path)));
  const routes = own.map(({ method, path }) => `${method} ${relative(path)}`);
  const rooted = new Set(server.app.routes.map(({ path }) => path).filter((path) => !path.startsWith(mount)));
  return {
    port,
    token: unwrap(await issueDevelopmentToken(key, { app: app.name, user: 'demo' }, env)),
    routes: [...new Set(routes)],
    address: (path) => `http://127.0.0.1:${port}${rooted.has(path) ? '' : mount}${path}`,
    errors,
    problems: async () => {
      const found = [...(await storage.integrityCheck())];
      for await (const space of engine.listSpaces()) found.push(...(await engine.verify(space)).problems);
      return found;
    },
  };
};
