import type { AccountsStorage } from '@tidemark/engine/accounts';
import { createMemoryAccounts } from '@tidemark/engine/accounts';
import { onTestFinished } from 'vitest';
import { chooseIdentity } from '../identity/choose-identity.ts';
import { createSecretWatch } from '../secret-watch.suite.ts';
import { createTestEnv, lists, notes, openTestServer, type TestEnv, type TestServer, temporaryFolder, unwrap } from '../server.suite.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { Accounts } from './assemble-accounts.ts';
import { type AccountsOptions, createAccounts } from './create-accounts.ts';
import { openSigningKeys } from './key-file.ts';
import { createMailbox, type Mailbox } from './mail/mailbox.ts';
import type { SessionTokens } from './sessions.ts';

// What the tests of accounts stand on: a whole server on memory storage, real keys and hashes (of little cost), and a mailbox.

export const TEST_COST = { memoryKib: 256, passes: 1 };
export const PASSWORD = 'correct horse battery';
export const DAY_MS = 24 * 60 * 60 * 1000;

export interface TestAccounts extends Omit<TestServer, 'token' | 'call'> {
  readonly accounts: Accounts;
  readonly storage: TestServer['storage'];
  readonly items: AccountsStorage;
  readonly mailbox: Mailbox;
  readonly env: TestEnv;
  /** A request without a socket; the body is sent as JSON. */
  readonly call: (
    method: string,
    path: string,
    more?: { body?: unknown; token?: string; headers?: Record<string, string> },
  ) => Promise<Response>;
  /** Registers and signs in. */
  readonly signUp: (email?: string) => Promise<SessionTokens>;
  /** The newest mail to an address, once what is under way has arrived. */
  readonly mailTo: (
    email: string,
  ) => Promise<{ readonly subject: string; readonly text: string; readonly token: string; readonly code: string }>;
}

const many = { attempts: 1_000_000, seconds: 60 };
export const NO_LIMITS = {
  address: many,
  signIn: many,
  account: many,
  server: many,
  register: many,
  mail: many,
  mailbox: many,
  code: many,
};

export const openAccounts = async (options: Partial<AccountsOptions> = {}): Promise<TestAccounts> => {
  const watch = createSecretWatch();
  const env = createTestEnv();
  const items = options.storage ?? createMemoryAccounts();
  const mailbox = createMailbox(env);
  const logger = createLogger({ level: 'debug', destination: watch.destination });
  const signingKeys = options.signingKeys ?? unwrap(await openSigningKeys(temporaryFolder(), env));
  // Accounts want the engine, and the server that owns the engine wants their identity.
  const late: { accounts?: Accounts } = {};
  const identity = {
    authenticate: async (request: { authorization: string | null; app: string }) => {
      const { accounts } = late;
      if (accounts === undefined) throw new Error('not open yet');
      const choice = { issuers: new Map([[accounts.issuer, accounts.identity]]), apiKeys: accounts.apiKeys };
      return chooseIdentity(new Map([notes, lists].map(({ name }) => [name, choice]))).authenticate(request);
    },
  };
  const mountLate = {
    mount: (...args: Parameters<Accounts['mount']>) => void mounts.push(args),
    mountJwks: (...args: Parameters<Accounts['mountJwks']>) => void jwks.push(args),
  };
  const mounts: Parameters<Accounts['mount']>[] = [];
  const jwks: Parameters<Accounts['mountJwks']>[] = [];
  const server = await openTestServer({ env, identity, accounts: mountLate });
  const accounts = createAccounts({
    storage: items,
    engine: server.engine,
    env,
    logger,
    signingKeys,
    mailer: mailbox,
    links: { publicUrl: 'https://sync.example' },
    hashCost: TEST_COST,
    allowances: NO_LIMITS,
    ...options,
  });
  server.server.app.fetch = watch.watch(server.server.app.fetch);
  late.accounts = accounts;
  for (const args of mounts) accounts.mount(...args);
  for (const args of jwks) accounts.mountJwks(...args);
  onTestFinished(() => accounts.context.post.settled());
  const call: TestAccounts['call'] = async (method, path, { body, token, headers = {} } = {}) =>
    server.server.app.request(
      path,
      {
        method,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      { peerAddress: '192.0.2.7' },
    );
  const mailTo: TestAccounts['mailTo'] = async (email) => {
    await accounts.context.post.settled();
    const mail = mailbox.list().find(({ to }) => to === email);
    if (mail === undefined) throw new Error(`no mail to ${email}`);
    const { subject, text } = mail;
    const token = /token=(\S+)/.exec(text)?.[1] ?? '';
    watch.note(token);
    return { subject, text, token, code: /code: (\d{6})/.exec(text)?.[1] ?? '' };
  };
  const signUp: TestAccounts['signUp'] = async (email = 'ann@example.com') => {
    await call('POST', '/auth/register', { body: { email, password: PASSWORD } });
    return tokensOf(await call('POST', '/auth/login', { body: { email, password: PASSWORD } }));
  };
  return { ...server, logged: server.logged, accounts, items, mailbox, env, call, signUp, mailTo };
};

/** The tokens of an answer that must be a success. */
export const tokensOf = async (response: Response): Promise<SessionTokens> => {
  const body: SessionTokens = await response.json();
  if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return body;
};
