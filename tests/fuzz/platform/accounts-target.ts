import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskTracker } from '@tidemark/apps/task-tracker';
import { createEngine } from '@tidemark/engine';
import type { Result } from '@tidemark/protocol';
import { createLogger, createMetrics, createNodeEnv, createServer } from '@tidemark/server';
import { createAccounts, createMailbox, openSigningKeys } from '@tidemark/server/accounts';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { onTestFinished } from 'vitest';
import { ALLOWANCES, CHEAP_HASH } from './unlimited-accounts.ts';

/** A whole server with accounts on a real socket and SQLite. */
export interface AccountsTarget {
  readonly url: string;
  /** `METHOD path` of the routes of accounts at the root. */
  readonly routes: readonly string[];
  /** The secret of the newest mailed link to that page, such as `/auth/reset-password`. */
  mailed(page: string): string | undefined;
  readonly errors: readonly string[];
  problems(): Promise<readonly string[]>;
}

const MOUNT = '/apps/task-tracker';

const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

export const openAccountsTarget = async (): Promise<AccountsTarget> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-fuzz-'));
  const env = createNodeEnv();
  const storage = unwrap(await openSqliteStorage({ file: join(folder, 'tidemark.db'), env, apps: [taskTracker] }));
  const engine = createEngine({ storage, apps: [taskTracker], env });
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
    identity: accounts.identity,
    accounts,
    logger,
    metrics: createMetrics(),
    mounts: [{ app: taskTracker, path: MOUNT }],
  });
  const { port } = await server.listen(0);
  onTestFinished(async () => {
    await server.close();
    await accounts.close();
    await storage.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const served = server.app.routes.filter(({ method, path }) => method !== 'ALL' && /^\/(auth|\.well-known)\//.test(path));
  return {
    url: `http://127.0.0.1:${port}`,
    routes: [...new Set(served.map(({ method, path }) => `${method} ${path}`))],
    mailed: (page) => {
      const texts = mailbox.list().map(({ text }) => text);
      const links = texts.flatMap((text) => [...text.matchAll(/(\/auth\/[\w-]+)[?#]token=(\S+)/g)]);
      return links.find(([, at]) => at === page)?.[2];
    },
    errors,
    problems: async () => {
      const found = [...(await storage.integrityCheck())];
      for await (const space of engine.listSpaces()) found.push(...(await engine.verify(space)).problems);
      return found;
    },
  };
};
