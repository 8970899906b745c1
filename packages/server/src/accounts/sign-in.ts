import { ok, type Result, refuse } from '@tidemark/protocol';
import { findByEmail } from './account.ts';
import type { AccountsContext, Caller } from './context.ts';
import { normalizeEmail } from './email-address.ts';
import { eventOf } from './events.ts';
import type { Found } from './items.ts';
import { put } from './items.ts';
import { takeAll } from './limits.ts';
import { checkPassword } from './passwords.ts';
import type { AccountRow, FamilyRow } from './rows.ts';
import { newSession, type SessionTokens, type SessionWish } from './sessions.ts';

const wrong = refuse('CREDENTIALS_WRONG', 'E-mail address or password is wrong.');

/** How long after signing in a session may change the account without the password. */
const RECENT_MS = 10 * 60 * 1000;

/** Replaces a hash that was made at another cost. Losing a race here loses nothing. */
const rehash = async (context: AccountsContext, account: Found<AccountRow>, password: string): Promise<void> => {
  const hashed = await context.passwords.hash(password);
  if (hashed.ok) await context.items.write([put(account, { ...account.row, password: hashed.value })]);
};

/**
 * Signs in by password. An address without an account costs as much and is answered in the same words. Refusals:
 * CREDENTIALS_WRONG, TOO_MANY_REQUESTS.
 */
export const login = async (
  context: AccountsContext,
  given: { readonly email: string; readonly password: string },
  caller: Caller,
  wish: SessionWish = {},
): Promise<Result<SessionTokens>> => {
  const email = normalizeEmail(given.email) ?? '';
  const allowed = await takeAll(context.counters, [
    ['address', caller.address],
    ['server', 'all'],
    ['signIn', `${caller.address} ${email}`],
    ['account', email],
  ]);
  if (!allowed.ok) return allowed;
  const password = checkPassword(given.password);
  const account = await findByEmail(context, email);
  const verified = await context.passwords.verify(password.ok ? account?.row.password : undefined, password.ok ? password.value : '');
  if (!verified.ok) return verified;
  if (account === undefined || !password.ok || !verified.value.right) {
    await context.items.write([eventOf(context, account?.row.accountId, 'sign_in_refused', caller)]);
    return wrong;
  }
  const session = await newSession(context, account.row, caller, wish);
  await context.items.write([session.write, eventOf(context, account.row.accountId, 'signed_in', caller, session.familyId)]);
  await context.counters.forget('signIn', `${caller.address} ${email}`);
  if (verified.value.rehash) await rehash(context, account, password.value);
  return ok(await session.tokens(account.row));
};

/** Somebody who is signed in: the account and the session as they were read for this request. */
export interface SignedIn {
  readonly account: Found<AccountRow>;
  readonly family: Found<FamilyRow>;
}

/**
 * Is it the owner who asks, and not somebody who came by an access token? By the password, or because the session has
 * just begun. Refusals: SIGN_IN_AGAIN, CREDENTIALS_WRONG, TOO_MANY_REQUESTS.
 */
export const confirmOwner = async (
  context: AccountsContext,
  { account, family }: SignedIn,
  password: string | undefined,
  caller: Caller,
): Promise<Result<void>> => {
  const { accountId } = account.row;
  // Also without a password: what follows may hash one, or send a mail.
  const allowed = await takeAll(context.counters, [
    ['server', 'all'],
    ['signIn', `${caller.address} ${accountId}`],
  ]);
  if (!allowed.ok) return allowed;
  if (password === undefined) {
    return family.row.startedAt + RECENT_MS > context.env.wall()
      ? ok(undefined)
      : refuse('SIGN_IN_AGAIN', 'Give the password too, or sign in again first.');
  }
  const checked = checkPassword(password);
  const verified = await context.passwords.verify(checked.ok ? account.row.password : undefined, checked.ok ? checked.value : '');
  if (!verified.ok) return verified;
  if (verified.value.right) return ok(undefined);
  await context.items.write([eventOf(context, accountId, 'sign_in_refused', caller)]);
  return refuse('SIGN_IN_AGAIN', 'The password is wrong.');
};
