import type { Result } from '@tidemark/protocol';
import type { HttpContext } from '../http/context.ts';
import { type User, userOf } from './account.ts';
import { requireSignedIn } from './account-identity.ts';
import type { AccountsContext, Caller } from './context.ts';
import { type Registration, registerOpenly } from './register.ts';
import { callerOf } from './routes/caller.ts';
import { refresh, type SessionTokens, type SessionWish } from './sessions.ts';
import { login, type SignedIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { resendVerification, verifyByCode } from './verify-email.ts';

/**
 * Accounts as the own routes of an app reach them, where its contract has words of its own for them. All of it is limited and
 * logged as the native `/auth` routes are; `c` is the request that asks.
 */
export interface AppAccounts {
  /** Opens an account and signs in at once. Refusals: BAD_REQUEST, PASSWORD_UNFIT, EMAIL_TAKEN, TOO_MANY_REQUESTS. */
  register(c: HttpContext, wanted: Registration, wish?: SessionWish): Promise<Result<SessionTokens>>;
  /** Refusals: CREDENTIALS_WRONG, TOO_MANY_REQUESTS. */
  login(c: HttpContext, given: { readonly email: string; readonly password: string }, wish?: SessionWish): Promise<Result<SessionTokens>>;
  /** Only of sessions that rotate as `rotates` says. Refused with SESSION_ENDED. */
  refresh(c: HttpContext, refreshToken: string, rotates: boolean): Promise<Result<SessionTokens>>;
  /** By the six digits of a mail. Refusals: CODE_INVALID, TOO_MANY_REQUESTS. */
  verify(c: HttpContext, given: { readonly email: string; readonly code: string }): Promise<Result<void>>;
  /** The same answer whether there is such an account or not. Refused with TOO_MANY_REQUESTS. */
  resend(c: HttpContext, email: string): Promise<Result<void>>;
  /** Ends the session of the refresh token, or of the request's access token; may be repeated. */
  signOut(c: HttpContext, refreshToken?: string): Promise<Result<void>>;
  /** Whose access token the request carries. Refusals: UNAUTHENTICATED, CLIENT_REVOKED. */
  signedIn(c: HttpContext): Promise<Result<SignedIn>>;
  userOf(signedIn: SignedIn): User;
}

const authorizationOf = (c: HttpContext): string | null => c.req.header('Authorization') ?? null;

export const createAppAccounts = (context: AccountsContext, { trustedProxies }: { readonly trustedProxies: number }): AppAccounts => {
  const caller = (c: HttpContext): Caller => callerOf({ env: c.env, header: (name) => c.req.header(name) }, trustedProxies);
  return {
    register: (c, wanted, wish) => registerOpenly(context, wanted, caller(c), wish),
    login: (c, given, wish) => login(context, given, caller(c), wish),
    refresh: (c, refreshToken, rotates) => refresh(context, refreshToken, caller(c), rotates),
    verify: (c, given) => verifyByCode(context, given, caller(c)),
    resend: (c, email) => resendVerification(context, email, caller(c)),
    signOut: (c, refreshToken) => signOut(context, authorizationOf(c), refreshToken, caller(c)),
    signedIn: (c) => requireSignedIn(context, authorizationOf(c)),
    userOf: ({ account }) => userOf(context, account.row),
  };
};
