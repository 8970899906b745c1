import { ok, type Result, refuse } from '@tidemark/protocol';
import { emailOf, findByEmail, placeOfPii } from './account.ts';
import { type AccountsContext, type Caller, decideAndWrite } from './context.ts';
import { normalizeEmail } from './email-address.ts';
import { eventOf } from './events.ts';
import { check, places, put, remove } from './items.ts';
import { takeAll } from './limits.ts';
import { codeInvalid, findOnce, newOnce, spendOnce } from './once.ts';
import { checkPassword } from './passwords.ts';
import { emailUnfit } from './register.ts';
import type { AccountRow } from './rows.ts';
import { findSession } from './sessions.ts';
import { confirmOwner, type SignedIn } from './sign-in.ts';

const signedOut = refuse('UNAUTHENTICATED', 'This session has ended. Sign in again.');

/** Sets a new password and ends every other session. Refusals: those of confirmOwner, PASSWORD_UNFIT. */
export const changePassword = async (
  context: AccountsContext,
  signedIn: SignedIn,
  given: { readonly password?: string | undefined; readonly newPassword: string },
  caller: Caller,
): Promise<Result<void>> => {
  const password = checkPassword(given.newPassword);
  if (!password.ok) return password;
  const owner = await confirmOwner(context, signedIn, given.password, caller);
  if (!owner.ok) return owner;
  const hashed = await context.passwords.hash(password.value);
  if (!hashed.ok) return hashed;
  const { accountId, passwordVersion: seenVersion } = signedIn.account.row;
  const changed = await decideAndWrite<AccountRow>(context, async () => {
    const session = await findSession(context, accountId, signedIn.family.row.familyId);
    // A password that was changed meanwhile is not the one that was confirmed.
    if (session === undefined || session.account.row.passwordVersion !== seenVersion) return signedOut;
    const { account, family } = session;
    const sessionsVersion = account.row.sessionsVersion + 1;
    const next: AccountRow = { ...account.row, password: hashed.value, passwordVersion: seenVersion + 1, sessionsVersion };
    const batch = [
      put(account, next),
      put(family, { ...family.row, sessionsVersion }, family.expiresAt),
      eventOf(context, accountId, 'password_changed', caller),
    ];
    return ok({ batch, value: next });
  });
  if (!changed.ok) return changed;
  context.post.send('changed', emailOf(context, changed.value));
  return ok(undefined);
};

/**
 * Mails a link to a new address; following it makes it the account's. Where the address has an account its owner hears
 * of it instead, and the answer is the same. Refusals: those of confirmOwner, BAD_REQUEST, TOO_MANY_REQUESTS.
 */
export const askForEmailChange = async (
  context: AccountsContext,
  signedIn: SignedIn,
  given: { readonly password?: string | undefined; readonly email: string },
  caller: Caller,
): Promise<Result<void>> => {
  const email = normalizeEmail(given.email);
  if (email === undefined) return emailUnfit;
  const owner = await confirmOwner(context, signedIn, given.password, caller);
  if (!owner.ok) return owner;
  const { accountId } = signedIn.account.row;
  const allowed = await takeAll(context.counters, [
    // Whatever the addresses: nobody shall send mail to the whole world from an account.
    ['mail', accountId],
    ['mail', `${caller.address} ${email}`],
    ['mailbox', email],
  ]);
  if (!allowed.ok) return allowed;
  const taken = await findByEmail(context, email);
  const newEmail = context.pii.seal(email, placeOfPii(accountId, 'email'));
  const once = await newOnce(context, 'email', signedIn.account.row, { newEmail, keepFamily: signedIn.family.row.familyId });
  await context.items.write([once.write, eventOf(context, accountId, 'email_change_sent', caller)]);
  if (taken === undefined) context.post.send('email', email, once.facts);
  else context.post.send('exists', email);
  return ok(undefined);
};

const decideEmailChange = async (context: AccountsContext, token: string, caller: Caller) => {
  const { items, pii } = context;
  const found = await findOnce(context, 'email', token);
  if (!found.ok) return found;
  const { once, account } = found.value;
  if (once.row.newEmail === undefined) return codeInvalid;
  const { accountId, emailVersion } = account.row;
  const sessionsVersion = account.row.sessionsVersion + 1;
  const before = emailOf(context, account.row);
  const after = pii.open(once.row.newEmail, placeOfPii(accountId, 'email'));
  const [index, ...olderIndexes] = pii.indexes(after).map(places.claim);
  if (index === undefined) throw new Error('An address has at least one index.');
  const taken = (await items.findAll([index, ...olderIndexes])).some((claim) => claim !== undefined);
  if (taken) return codeInvalid;
  const claims = (await items.findAll(pii.indexes(before).map(places.claim))).filter((claim) => claim !== undefined);
  const kept = once.row.keepFamily === undefined ? undefined : await findSession(context, accountId, once.row.keepFamily);
  const next: AccountRow = {
    ...account.row,
    email: once.row.newEmail,
    emailVersion: emailVersion + 1,
    emailVerified: true,
    sessionsVersion,
  };
  const batch = [
    put(account, next),
    put(index, { accountId }),
    ...olderIndexes.map((older) => check(older)),
    ...claims.map(remove),
    spendOnce(context, once),
    ...(kept === undefined ? [] : [put(kept.family, { ...kept.family.row, sessionsVersion }, kept.family.expiresAt)]),
    eventOf(context, accountId, 'email_changed', caller),
  ];
  return ok({ batch, value: before });
};

/** Makes the new address the account's, and ends every session but the one that asked. Refusals: CODE_INVALID, TOO_MANY_REQUESTS. */
export const changeEmail = async (context: AccountsContext, token: string, caller: Caller): Promise<Result<void>> => {
  const allowed = await takeAll(context.counters, [['address', caller.address]]);
  if (!allowed.ok) return allowed;
  const changed = await decideAndWrite<string>(context, () => decideEmailChange(context, token, caller));
  if (!changed.ok) return changed;
  context.post.send('changed', changed.value);
  return ok(undefined);
};

/** Ends every session of the account, this one too. */
export const logoutEverywhere = (context: AccountsContext, { account }: SignedIn, caller: Caller): Promise<Result<void>> =>
  decideAndWrite<void>(context, async () => {
    const found = await context.items.find(account);
    if (found === undefined) return signedOut;
    const next = { ...found.row, sessionsVersion: found.row.sessionsVersion + 1 };
    return ok({ batch: [put(found, next), eventOf(context, next.accountId, 'signed_out_everywhere', caller)], value: undefined });
  });
