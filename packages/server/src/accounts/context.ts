import type { ItemWrite } from '@tidemark/engine/accounts';
import { type Env, type Result, refuse } from '@tidemark/protocol';
import type { Logger } from '../telemetry/logger.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Items } from './items.ts';
import type { Counters } from './limits.ts';
import type { Post } from './mail/post.ts';
import type { Passwords } from './passwords.ts';
import type { Pii } from './pii.ts';
import type { RandomBytes } from './secrets.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Times in milliseconds. */
export interface AccountSettings {
  /** `iss` of access tokens. It names accounts to clients and to other services: never change it once there are accounts. */
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenMs: number;
  /** A session that was not refreshed for so long has ended. */
  readonly sessionIdleMs: number;
  /** A session ends after so long in any case. */
  readonly sessionMs: number;
  readonly links: LinkSettings;
}

/** Where links in mails lead to: addresses of an app's own pages, which get `#token=…`; else pages of this server. */
export interface LinkSettings {
  /** Address of this server as people reach it, without a slash at the end. */
  readonly publicUrl: string;
  readonly verify?: string;
  readonly magic?: string;
  readonly reset?: string;
  readonly email?: string;
}

/** Where a request came from, as far as the audit log and the limits are concerned. */
export interface Caller {
  /** What attempts are counted by: a network address (of IPv6 its first 64 bits). */
  readonly address: string;
  /** The same with its last part cut off, for the audit log. */
  readonly network?: string;
  /** User-Agent, clipped. */
  readonly client?: string;
}

/** What all services of accounts work with. */
export interface AccountsContext {
  readonly items: Items;
  readonly env: Env;
  readonly randomBytes: RandomBytes;
  readonly pii: Pii;
  readonly passwords: Passwords;
  readonly counters: Counters;
  readonly signingKeys: SigningKeys;
  readonly accessTokens: AccessTokens;
  readonly post: Post;
  readonly logger: Logger;
  readonly settings: AccountSettings;
  /** Erases what an account keeps in every app. */
  readonly eraseSpaces: (accountId: string) => Promise<void>;
  /** Was this client of the account revoked in any app? */
  readonly isRevoked: (accountId: string, clientId: string) => Promise<boolean>;
  /** Names of the apps that an API key can be limited to. */
  readonly apps: ReadonlySet<string>;
}

const ATTEMPTS = 20;

/**
 * Reads, decides and writes, again from the start where another writer came first: `decide` answers the batch and what
 * follows from it, or a refusal. Refused with UNAVAILABLE when it is overtaken too often.
 */
export const decideAndWrite = async <T>(
  { items }: Pick<AccountsContext, 'items'>,
  decide: () => Promise<Result<{ readonly batch: readonly ItemWrite[]; readonly value: T }>>,
): Promise<Result<T>> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const decided = await decide();
    if (!decided.ok) return decided;
    const { batch, value } = decided.value;
    if (batch.length === 0 || (await items.write(batch)) === 'stored') return { ok: true, value };
  }
  return refuse('UNAVAILABLE', 'Too many requests about one account at the same moment. Try again.');
};
