import type { Engine } from '@tidemark/engine';
import type { AccountsStorage } from '@tidemark/engine/accounts';
import type { Env } from '@tidemark/protocol';
import type { HttpApp } from '../http/context.ts';
import type { Identity } from '../identity/identity.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createAccessTokens } from './access-tokens.ts';
import { accountSpaceKey, createAccountIdentity, createKeyIdentity } from './account-identity.ts';
import { type AppAccounts, createAppAccounts } from './app-accounts.ts';
import type { AccountsContext, LinkSettings } from './context.ts';
import { createHashSlots } from './hash-slots.ts';
import { createItems } from './items.ts';
import { type AccountJobs, createJobs } from './jobs.ts';
import type { Counters } from './limits.ts';
import type { Mailer } from './mail/mail.ts';
import { createPost } from './mail/post.ts';
import { type Argon2, createPasswords, type HashCost, SERVER_COST } from './passwords.ts';
import { createPii, type PiiKey } from './pii.ts';
import { secureRandomBytes } from './platform/random-bytes.ts';
import { mountAccounts, mountJwks } from './routes/mount-accounts.ts';
import type { RandomBytes } from './secrets.ts';
import type { SigningKeys } from './signing-keys.ts';

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** `iss` of access tokens where nothing else is configured. */
export const ACCOUNT_ISSUER = 'tidemark';

/** What accounts are put together from. */
export interface AccountsParts {
  readonly storage: AccountsStorage;
  readonly engine: Pick<Engine, 'apps' | 'erase' | 'isRevoked'>;
  readonly env: Env;
  readonly logger: Logger;
  readonly signingKeys: SigningKeys;
  readonly mailer: Mailer;
  /** Address of this server as people reach it, and pages of apps that links in mails lead to. */
  readonly links: LinkSettings;
  /** `iss` of access tokens, ACCOUNT_ISSUER unless given. Never change it once there are accounts. */
  readonly issuer?: string;
  /** `aud` of access tokens; the issuer unless given. */
  readonly audience?: string;
  /** Newest first. Without any, e-mail addresses and telephone numbers are kept as they are. */
  readonly piiKeys?: readonly PiiKey[];
  /** SERVER_COST unless given. */
  readonly hashCost?: HashCost;
  /** Passwords hashed at once, and waiting for it; further ones get 429. One core less than there are would be good. */
  readonly hashing?: { readonly parallel: number; readonly waitingMax: number };
  /** Proxies of our own before this server; 0 unless given. */
  readonly trustedProxies?: number;
  /** Milliseconds: 10 minutes, 60 days, 180 days unless given. */
  readonly accessTokenMs?: number;
  readonly sessionIdleMs?: number;
  readonly sessionMs?: number;
  /** What tests and the simulator decide; the real ones unless given. */
  readonly randomBytes?: RandomBytes;
  readonly argon2: Argon2;
  readonly counters: Counters;
}

/** The accounts of one server. */
export interface Accounts {
  /** `iss` of its access tokens. */
  readonly issuer: string;
  /** Of access tokens. */
  readonly identity: Identity;
  /** Of API keys (`tm_live_…`). */
  readonly apiKeys: Identity;
  /** What the services of accounts take as their first argument, for dialects and commands. */
  readonly context: AccountsContext;
  /** What the own routes of apps are given of it. */
  readonly forApps: AppAccounts;
  /** Puts `/auth/*` under a base: '' or the path of a mount. */
  mount(http: HttpApp, base: string): void;
  /** Puts `/.well-known/jwks.json` at the root. */
  mountJwks(http: HttpApp): void;
  /** What runs beside requests: deletions that were cut off, what has expired, a change of the PII key. Nothing runs until `start`. */
  readonly jobs: AccountJobs;
  /** Lets mails under way go out, for two seconds at most. */
  close(): Promise<void>;
}

const DEFAULT_HASHING = { parallel: 1, waitingMax: 16 };

/** Puts accounts together, the libraries that hash and count included, so that who needs none of them loads none. */
export const assembleAccounts = (options: AccountsParts): Accounts => {
  const { env, logger, engine, signingKeys, randomBytes = secureRandomBytes, issuer = ACCOUNT_ISSUER, audience = issuer } = options;
  const context: AccountsContext = {
    items: createItems(options.storage, env),
    env,
    randomBytes,
    pii: createPii(options.piiKeys ?? [], randomBytes),
    passwords: createPasswords(options.argon2, createHashSlots(options.hashing ?? DEFAULT_HASHING), options.hashCost ?? SERVER_COST),
    counters: options.counters,
    signingKeys,
    accessTokens: createAccessTokens(signingKeys, { issuer, audience }, env),
    post: createPost(options.mailer, env, logger),
    logger,
    settings: {
      issuer,
      audience,
      accessTokenMs: options.accessTokenMs ?? 10 * MINUTE_MS,
      sessionIdleMs: options.sessionIdleMs ?? 60 * DAY_MS,
      sessionMs: options.sessionMs ?? 180 * DAY_MS,
      links: options.links,
    },
    eraseSpaces: async (accountId) => {
      for (const app of engine.apps.keys()) {
        const erased = await engine.erase({ app, key: `${app}/${accountSpaceKey(accountId)}` });
        if (!erased.ok) throw new Error(`The space of an account was not erased: ${erased.error.message}`);
      }
    },
    isRevoked: async (accountId, clientId) => {
      for (const app of engine.apps.keys()) {
        if (await engine.isRevoked({ app, key: `${app}/${accountSpaceKey(accountId)}` }, clientId)) return true;
      }
      return false;
    },
    apps: new Set(engine.apps.keys()),
  };
  const settings = { trustedProxies: options.trustedProxies ?? 0 };
  return {
    issuer,
    identity: createAccountIdentity(context),
    apiKeys: createKeyIdentity(context),
    context,
    forApps: createAppAccounts(context, settings),
    mount: (http, base) => mountAccounts(http, base, context, settings),
    mountJwks: (http) => mountJwks(http, context),
    jobs: createJobs(context),
    close: () => context.post.close(),
  };
};
