import type { JsonObject, Result } from '@tidemark/protocol';
import type { ClientEnv } from '../platform/client-env.ts';
import type { TokenStore } from './token-store.ts';

export interface AccountOptions {
  /** Address under which `/auth/*` is: a server's root or an app's mount, without a slash at the end. */
  readonly url: string;
  /** Where the tokens are kept. Whoever can read it can act as the account. */
  readonly tokens: TokenStore;
  readonly env?: ClientEnv;
}

/** Whose data it is: what `openClient` is given as `account`, and names the local store by. */
export interface AccountKey {
  readonly issuer: string;
  readonly subject: string;
}

/** Who is signed in, as far as this device knows. `user` is what the server told last. */
export type AccountState =
  | { readonly kind: 'signed out' }
  | { readonly kind: 'signed in'; readonly account: AccountKey; readonly user: JsonObject };

/**
 * An account of a Tidemark server, as one device has it. Refusals carry the server's code; UNAVAILABLE means that it could
 * not be reached, and changes nothing here.
 */
export interface Account {
  state(): AccountState;
  /** Calls `listener` after each change, also one made in another tab. The returned function ends it. */
  onState(listener: (state: AccountState) => void): () => void;
  /** The server answers the same whether the address is known or not; tokens come with `login`, after the address is verified. */
  register(fields: { readonly email: string; readonly password: string }): Promise<Result<JsonObject>>;
  /** With the token of the mailed link, or the address and the mailed code. */
  verifyEmail(proof: { readonly token: string } | { readonly email: string; readonly code: string }): Promise<Result<JsonObject>>;
  resendVerification(email: string): Promise<Result<JsonObject>>;
  login(email: string, password: string): Promise<Result<AccountState>>;
  /** Asks for a mail with a link. */
  requestMagicLink(email: string): Promise<Result<JsonObject>>;
  /** With the token of that link. */
  loginWithMagicLink(token: string): Promise<Result<AccountState>>;
  forgotPassword(email: string): Promise<Result<JsonObject>>;
  resetPassword(token: string, password: string): Promise<Result<JsonObject>>;
  /** Ends the sessions of all other devices. */
  changePassword(password: string, newPassword: string): Promise<Result<JsonObject>>;
  /** Takes effect once the link that is mailed to the new address is confirmed. */
  changeEmail(password: string, email: string): Promise<Result<JsonObject>>;
  /** What the server knows of the account. */
  me(): Promise<Result<JsonObject>>;
  /** Forgets the tokens here, whatever the server answers. Local stores and their outboxes stay as they are. */
  logout(): Promise<void>;
  /** Ends every session of the account, on all devices. */
  logoutEverywhere(): Promise<Result<JsonObject>>;
  /** Erases the account and all its data at the server. */
  deleteAccount(password: string): Promise<Result<JsonObject>>;
  /**
   * What `openClient` takes as `token` for this account: null once nobody, or somebody else, is signed in, so that a
   * client never sends the edits of one person under the name of another. Rejects while the server cannot be reached: that is no
   * sign-out.
   */
  tokenOf(account: AccountKey): (refused?: string) => Promise<string | null>;
  close(): void;
}
