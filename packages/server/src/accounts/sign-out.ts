import { ok, type Result } from '@tidemark/protocol';
import { signedInOf } from './account-identity.ts';
import type { AccountsContext, Caller } from './context.ts';
import { endByRefreshToken, endSession } from './sessions.ts';

/**
 * Ends the session of a refresh token, or else of the access token in an Authorization header. Nothing happens where neither is
 * good, so that it may be repeated after a lost answer.
 */
export const signOut = async (
  context: AccountsContext,
  authorization: string | null,
  refreshToken: string | undefined,
  caller: Caller,
): Promise<Result<void>> => {
  if (refreshToken !== undefined) return endByRefreshToken(context, refreshToken, caller);
  const found = await signedInOf(context, authorization);
  if (found === undefined) return ok(undefined);
  const { accountId, familyId } = found.signedIn.family.row;
  return endSession(context, accountId, familyId, 'signed_out', caller);
};
