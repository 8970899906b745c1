import { ok, type Result, refuse } from '@tidemark/protocol';
import { bearerOf } from '../identity/bearer.ts';
import { EVERY_SCOPE, type Identity, spaceKeyOf } from '../identity/identity.ts';
import { emailOf } from './account.ts';
import { findKey, noteUse } from './api-keys.ts';
import type { AccountsContext } from './context.ts';
import { findSession } from './sessions.ts';
import type { SignedIn } from './sign-in.ts';

/** The owner part of the keys of an account's spaces. The issuer is not part of it, so that a server may change its address. */
export const accountSpaceKey = (accountId: string): string => spaceKeyOf('account', accountId);

/** How long a live stream that was opened with an API key lasts, where the key has no end: it is then looked at again. */
const KEY_LOOKED_AT_MS = 10 * 60 * 1000;

const unauthenticated = refuse('UNAUTHENTICATED', 'The token is not valid, or its session has ended. Sign in again.');

/** Who an access token of ours belongs to, with session and account as they are now: an ended session ends at once. */
export const signedInOf = async (
  context: AccountsContext,
  authorization: string | null,
): Promise<{ readonly signedIn: SignedIn; readonly expiresAt: number } | undefined> => {
  const credential = bearerOf(authorization);
  const claims = credential.ok ? await context.accessTokens.verify(credential.value) : undefined;
  if (claims === undefined) return undefined;
  const signedIn = await findSession(context, claims.accountId, claims.familyId);
  return signedIn && { signedIn, expiresAt: claims.expiresAt };
};

/** The same for what asks for an account. Refusals: UNAUTHENTICATED, CLIENT_REVOKED. */
export const requireSignedIn = async (context: AccountsContext, authorization: string | null): Promise<Result<SignedIn>> => {
  const found = await signedInOf(context, authorization);
  if (found === undefined) return unauthenticated;
  const { accountId, clientId } = found.signedIn.family.row;
  const isRevoked = clientId !== undefined && (await context.isRevoked(accountId, clientId));
  return isRevoked ? refuse('CLIENT_REVOKED', 'This device was revoked.') : ok(found.signedIn);
};

/** The Identity of access tokens that this server issues. */
export const createAccountIdentity = (context: AccountsContext): Identity => ({
  authenticate: async ({ authorization }) => {
    const found = await signedInOf(context, authorization);
    if (found === undefined) return unauthenticated;
    const { account, family } = found.signedIn;
    const { accountId, emailVerified } = account.row;
    return ok({
      issuer: context.settings.issuer,
      subject: accountId,
      spaceKey: accountSpaceKey(accountId),
      scopes: EVERY_SCOPE,
      emailVerified,
      profile: { email: emailOf(context, account.row) },
      ...(family.row.clientId === undefined ? {} : { clientId: family.row.clientId }),
      expiresAt: found.expiresAt,
    });
  },
});

/** The Identity of API keys. A key opens what its account has, within its scopes and its app. */
export const createKeyIdentity = (context: AccountsContext): Identity => ({
  authenticate: async ({ authorization, app }) => {
    const credential = bearerOf(authorization);
    const found = credential.ok ? await findKey(context, credential.value) : undefined;
    if (found === undefined) return refuse('UNAUTHENTICATED', 'This API key is not valid, or not any more.');
    const { key, account } = found;
    if (key.row.app !== null && key.row.app !== app) return refuse('FORBIDDEN', 'This API key is for another app.');
    await noteUse(context, key);
    const { accountId, emailVerified } = account.row;
    const lookedAtAgain = context.env.wall() + KEY_LOOKED_AT_MS;
    return ok({
      issuer: context.settings.issuer,
      subject: accountId,
      spaceKey: accountSpaceKey(accountId),
      scopes: key.row.scopes,
      emailVerified,
      keyId: key.row.keyId,
      expiresAt: Math.min(key.row.expiresAt ?? lookedAtAgain, lookedAtAgain),
    });
  },
});
