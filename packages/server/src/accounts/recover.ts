import { ok, type Result } from '@tidemark/protocol';
import { emailOf, findByEmail } from './account.ts';
import { type AccountsContext, type Caller, decideAndWrite } from './context.ts';
import { normalizeEmail } from './email-address.ts';
import { eventOf } from './events.ts';
import { put } from './items.ts';
import { takeAll } from './limits.ts';
import { findOnce, newOnce, spendOnce } from './once.ts';
import { checkPassword } from './passwords.ts';
import type { AccountRow } from './rows.ts';
import { newSession, type SessionTokens, type SessionWish } from './sessions.ts';

/** Mails a link to an address, where it has an account. The answer, and the work done, are the same in any case. */
const sendLink = async (context: AccountsContext, purpose: 'magic' | 'reset', given: string, caller: Caller): Promise<Result<void>> => {
  const email = normalizeEmail(given) ?? '';
  const allowed = await takeAll(context.counters, [
    ['address', caller.address],
    ['mail', `${caller.address} ${email}`],
    ['mailbox', email],
  ]);
  if (!allowed.ok) return allowed;
  const kind = purpose === 'magic' ? 'magic_sent' : 'reset_sent';
  const account = await findByEmail(context, email);
  if (account === undefined) {
    await context.items.write([eventOf(context, undefined, kind, caller)]);
    return ok(undefined);
  }
  const once = await newOnce(context, purpose, account.row);
  await context.items.write([once.write, eventOf(context, account.row.accountId, kind, caller)]);
  context.post.send(purpose, email, once.facts);
  return ok(undefined);
};

/** Mails a link that signs in. Refused with TOO_MANY_REQUESTS. */
export const sendMagicLink = (context: AccountsContext, email: string, caller: Caller): Promise<Result<void>> =>
  sendLink(context, 'magic', email, caller);

/** Mails a link for choosing a new password. Refused with TOO_MANY_REQUESTS. */
export const sendResetLink = (context: AccountsContext, email: string, caller: Caller): Promise<Result<void>> =>
  sendLink(context, 'reset', email, caller);

/**
 * The account once mail alone has proved its address. Before that anybody could have opened it: the password, the sessions
 * and the keys of whoever did so are good no more.
 */
const provenBy = (account: AccountRow, now: number): AccountRow => {
  if (account.emailVerified) return account;
  const { password: _, passwordVersion, sessionsVersion, ...kept } = account;
  const versions = { passwordVersion: passwordVersion + 1, sessionsVersion: sessionsVersion + 1 };
  return { ...kept, ...versions, emailVerified: true, keysAfter: now };
};

/** Signs in by a magic link, once. The address is its owner's by that. Refusals: CODE_INVALID, TOO_MANY_REQUESTS. */
export const redeemMagicLink = async (
  context: AccountsContext,
  token: string,
  caller: Caller,
  wish: SessionWish = {},
): Promise<Result<SessionTokens>> => {
  const allowed = await takeAll(context.counters, [['address', caller.address]]);
  if (!allowed.ok) return allowed;
  const signedIn = await decideAndWrite<{ account: AccountRow; tokens: (account: AccountRow) => Promise<SessionTokens> }>(
    context,
    async () => {
      const found = await findOnce(context, 'magic', token);
      if (!found.ok) return found;
      const { once, account } = found.value;
      const verified = provenBy(account.row, context.env.wall());
      const session = await newSession(context, verified, caller, wish);
      const batch = [
        spendOnce(context, once),
        session.write,
        put(account, verified),
        eventOf(context, verified.accountId, 'signed_in', caller, session.familyId),
      ];
      return ok({ batch, value: { account: verified, tokens: session.tokens } });
    },
  );
  return signedIn.ok ? ok(await signedIn.value.tokens(signedIn.value.account)) : signedIn;
};

/**
 * Sets a new password by a reset link, once, and ends every session of the account. Refusals: CODE_INVALID,
 * PASSWORD_UNFIT, TOO_MANY_REQUESTS.
 */
export const resetPassword = async (
  context: AccountsContext,
  given: { readonly token: string; readonly password: string },
  caller: Caller,
): Promise<Result<void>> => {
  const password = checkPassword(given.password);
  if (!password.ok) return password;
  const allowed = await takeAll(context.counters, [
    ['address', caller.address],
    ['server', 'all'],
  ]);
  if (!allowed.ok) return allowed;
  const found = await findOnce(context, 'reset', given.token);
  if (!found.ok) return found;
  const hashed = await context.passwords.hash(password.value);
  if (!hashed.ok) return hashed;
  const reset = await decideAndWrite<AccountRow>(context, async () => {
    const again = await findOnce(context, 'reset', given.token);
    if (!again.ok) return again;
    const { once, account } = again.value;
    const proven = provenBy(account.row, context.env.wall());
    const changed: AccountRow = {
      ...proven,
      password: hashed.value,
      passwordVersion: proven.passwordVersion + 1,
      sessionsVersion: proven.sessionsVersion + 1,
    };
    const batch = [put(account, changed), spendOnce(context, once), eventOf(context, changed.accountId, 'password_reset', caller)];
    return ok({ batch, value: changed });
  });
  if (!reset.ok) return reset;
  context.post.send('changed', emailOf(context, reset.value));
  return ok(undefined);
};
