import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '@tidemark/engine';
import { createMemoryAccounts } from '@tidemark/engine/accounts';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { createHttpApp, createLogger, createMetrics, createNodeEnv } from '@tidemark/server';
import { createAccounts, createMailbox, type Mailbox, openSigningKeys } from '@tidemark/server/accounts';
import { openClient } from '../open-client.ts';
import type { ClientEnv, HttpRequest } from '../platform/client-env.ts';
import { notes } from '../simulation/server.suite.ts';
import type { ClientStore } from '../store/client-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { Account } from './account.ts';
import { openAccount } from './open-account.ts';
import { createMemoryTokens, type TokenStore } from './token-store.ts';

// The real server with accounts and a mailbox, in this process, and tabs that reach it through a network that tests break.

export const URL_HERE = 'http://localhost';
const password = 'correct horse battery staple';

export interface AccountWorld {
  /** Wall clock of server and clients, milliseconds. */
  now: number;
  /** Before a request: throw to lose it. After: throw to lose the answer. */
  onRequest: (request: HttpRequest) => void;
  onAnswer: (request: HttpRequest) => void;
  readonly requests: HttpRequest[];
  env(locks?: boolean): ClientEnv;
  /** The token of the next mail that was not asked for yet. Mails go out beside the request that causes them. */
  mailed(): Promise<string>;
  open(tokens?: TokenStore, locks?: boolean): Promise<Account>;
  /** An account that is verified and signed in. */
  signUp(email: string, tokens?: TokenStore): Promise<Account>;
  sync(account: Account, store?: ClientStore): ReturnType<typeof openClient<typeof notes.collections>>;
}

export { password };

const createServer = async (world: { readonly now: number }) => {
  const env = { ...createNodeEnv(), wall: () => world.now };
  const logger = createLogger({ level: 'silent' });
  const engine = createEngine({ storage: createMemoryStorage(), apps: [notes], env });
  const signingKeys = await openSigningKeys(mkdtempSync(join(tmpdir(), 'tidemark-keys-')), env);
  if (!signingKeys.ok) throw new Error(signingKeys.error.message);
  const mailbox = createMailbox(env);
  const accounts = createAccounts({
    ...{ storage: createMemoryAccounts(), engine, env, logger, signingKeys: signingKeys.value, mailer: mailbox },
    links: { publicUrl: URL_HERE },
    hashCost: { memoryKib: 1_024, passes: 1 },
    allowances: {},
  });
  const mounts = [{ app: notes, path: '/apps/notes' }];
  const http = createHttpApp({ engine, env, logger, metrics: createMetrics(), mounts, identity: accounts.identity });
  accounts.mount(http, '');
  return { http, mailbox };
};

/** The tokens of mailed links, one after the other. */
const createMailed = (mailbox: Mailbox) => {
  let seen = 0;
  return async (): Promise<string> => {
    for (;;) {
      const mail = mailbox.list().findLast(({ id }) => id > seen);
      const token = /token=(\S+)/.exec(mail?.text ?? '')?.[1];
      if (mail !== undefined) seen = mail.id;
      if (token !== undefined) return token;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
};

/** Locks as browsers have them: one holder after the other. */
const createLocks = () => {
  const queues = new Map<string, Promise<unknown>>();
  return async <T>(name: string, task: () => Promise<T>): Promise<T> => {
    const turn = (queues.get(name) ?? Promise.resolve()).catch(() => undefined).then(task);
    queues.set(name, turn);
    return turn;
  };
};

export const createAccountWorld = async (): Promise<AccountWorld> => {
  const base = createNodeEnv();
  const state = { now: 1_700_000_000_000 };
  const server = await createServer(state);
  const lock = createLocks();
  const channels = new Map<string, Set<() => void>>();
  const env = (locks = true): ClientEnv => ({
    ...base,
    wall: () => state.now,
    http: async (request) => {
      world.requests.push(request);
      world.onRequest(request);
      const { method, headers, body } = request;
      const response = await server.http.request(request.url.slice(URL_HERE.length), {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      world.onAnswer(request);
      return { status: response.status, header: (name) => response.headers.get(name), text: async () => text };
    },
    stream: () => Promise.reject(new Error('no streams here')),
    online: () => true,
    onOnline: () => () => undefined,
    lock: (name, task) => (locks ? lock(name, task) : task()),
    channel: (name, onMessage) => {
      const others = channels.get(name) ?? new Set();
      channels.set(name, others.add(onMessage));
      const post = (): void => {
        for (const other of others) if (other !== onMessage) other();
      };
      return { post, close: () => others.delete(onMessage) };
    },
  });
  const open = (tokens = createMemoryTokens(), locks = true) => openAccount({ url: URL_HERE, tokens, env: env(locks) });
  const world: AccountWorld = Object.assign(state, {
    onRequest: () => undefined,
    onAnswer: () => undefined,
    requests: [],
    env,
    open,
    mailed: createMailed(server.mailbox),
    signUp: async (email: string, tokens?: TokenStore) => {
      const account = await open(tokens);
      await account.register({ email, password });
      await account.verifyEmail({ token: await world.mailed() });
      const signedIn = await account.login(email, password);
      if (!signedIn.ok) throw new Error(`${signedIn.error.code}: ${signedIn.error.message}`);
      return account;
    },
    sync: (account: Account, store = createMemoryStore(true)) => {
      const who = account.state();
      if (who.kind === 'signed out') throw new Error('nobody is signed in');
      const common = { app: notes, url: `${URL_HERE}/apps/notes`, env: env(), store, live: false, debounceMs: 0 };
      return openClient({ ...common, account: who.account, token: account.tokenOf(who.account) });
    },
  });
  return world;
};
