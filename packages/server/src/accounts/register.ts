import { ok, type Result, refuse } from '@tidemark/protocol';
import { findAccount, placeOfPii } from './account.ts';
import { type AccountsContext, type Caller, decideAndWrite } from './context.ts';
import { normalizeEmail } from './email-address.ts';
import { eventOf } from './events.ts';
import { check, places, put } from './items.ts';
import { takeAll } from './limits.ts';
import type { MailFacts, MailName } from './mail/texts.ts';
import { newOnce } from './once.ts';
import { checkPassword } from './passwords.ts';
import type { AccountRow } from './rows.ts';
import { newId } from './secrets.ts';
import { newSession, type SessionTokens, type SessionWish } from './sessions.ts';

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly phone?: string | undefined;
}

export const emailUnfit = refuse('BAD_REQUEST', 'This is no e-mail address.', {
  issues: [{ path: 'email', message: 'not an e-mail address' }],
});

const newAccount = ({ env, randomBytes, pii }: AccountsContext, email: string, password: string, wanted: Registration): AccountRow => {
  const accountId = newId(randomBytes);
  const { firstName, lastName, phone } = wanted;
  return {
    accountId,
    email: pii.seal(email, placeOfPii(accountId, 'email')),
    emailVersion: 1,
    emailVerified: false,
    password,
    passwordVersion: 1,
    sessionsVersion: 1,
    ...(firstName === undefined ? {} : { firstName: pii.seal(firstName, placeOfPii(accountId, 'firstName')) }),
    ...(lastName === undefined ? {} : { lastName: pii.seal(lastName, placeOfPii(accountId, 'lastName')) }),
    ...(phone === undefined ? {} : { phone: pii.seal(phone, placeOfPii(accountId, 'phone')) }),
    createdAt: env.wall(),
  };
};

interface Registered {
  readonly account: AccountRow;
  readonly tokens: (account: AccountRow) => Promise<SessionTokens>;
}

/** What was done: the mail to send, and the session where an account was made and one was wished. */
interface Outcome {
  readonly mail?: readonly [MailName, MailFacts];
  readonly registered?: Registered;
}

/** The account is there already: its owner hears of it by mail, and nothing of it changes. */
const repeated = async (context: AccountsContext, accountId: string, caller: Caller) => {
  const account = await findAccount(context, accountId);
  const event = eventOf(context, account === undefined ? undefined : accountId, 'register_repeated', caller);
  if (account === undefined) return ok({ batch: [event], value: {} });
  if (account.row.emailVerified) return ok({ batch: [event], value: { mail: ['exists', {}] as const } });
  const once = await newOnce(context, 'verify', account.row);
  return ok({ batch: [event, once.write], value: { mail: ['verify', once.facts] as const } });
};

const decide = async (
  context: AccountsContext,
  email: string,
  password: string,
  wanted: Registration,
  caller: Caller,
  wish: SessionWish | undefined,
) => {
  const { items, pii } = context;
  const [index, ...olderIndexes] = pii.indexes(email).map(places.claim);
  if (index === undefined) throw new Error('An address has at least one index.');
  const claim = (await items.findAll([index, ...olderIndexes])).find((one) => one !== undefined);
  if (claim !== undefined) return repeated(context, claim.row.accountId, caller);
  const account = newAccount(context, email, password, wanted);
  const once = await newOnce(context, 'verify', account);
  const session = wish === undefined ? undefined : await newSession(context, account, caller, wish);
  const { accountId } = account;
  const batch = [
    put(index, { accountId }),
    ...olderIndexes.map((older) => check(older)),
    put(places.account(accountId), account),
    once.write,
    ...(session === undefined ? [] : [session.write]),
    eventOf(context, accountId, 'registered', caller),
  ];
  return ok({
    batch,
    value: { mail: ['verify', once.facts] as const, ...(session && { registered: { account, tokens: session.tokens } }) },
  });
};

const registerAccount = async (
  context: AccountsContext,
  wanted: Registration,
  caller: Caller,
  wish: SessionWish | undefined,
): Promise<Result<Outcome>> => {
  const email = normalizeEmail(wanted.email);
  if (email === undefined) return emailUnfit;
  const password = checkPassword(wanted.password);
  if (!password.ok) return password;
  const allowed = await takeAll(context.counters, [
    ['address', caller.address],
    ['register', caller.address],
    ['mail', `${caller.address} ${email}`],
    ['mailbox', email],
  ]);
  if (!allowed.ok) return allowed;
  const hashed = await context.passwords.hash(password.value);
  if (!hashed.ok) return hashed;
  const outcome = await decideAndWrite<Outcome>(context, () => decide(context, email, hashed.value, wanted, caller, wish));
  if (outcome.ok && outcome.value.mail !== undefined) context.post.send(outcome.value.mail[0], email, outcome.value.mail[1]);
  return outcome;
};

/**
 * Opens an account, or not where the address has one: the answer is the same, and a mail tells the owner of the address.
 * Refusals: BAD_REQUEST (no address), PASSWORD_UNFIT, TOO_MANY_REQUESTS.
 */
export const register = async (context: AccountsContext, wanted: Registration, caller: Caller): Promise<Result<void>> => {
  const outcome = await registerAccount(context, wanted, caller, undefined);
  return outcome.ok ? ok(undefined) : outcome;
};

/**
 * Opens an account and signs in at once. Only for apps whose contract wants it so: it must say EMAIL_TAKEN where the
 * address has an account, which tells a stranger that it has. Other refusals as for `register`.
 */
export const registerOpenly = async (
  context: AccountsContext,
  wanted: Registration,
  caller: Caller,
  wish: SessionWish = {},
): Promise<Result<SessionTokens>> => {
  const outcome = await registerAccount(context, wanted, caller, wish);
  if (!outcome.ok) return outcome;
  const { registered } = outcome.value;
  if (registered === undefined) return refuse('EMAIL_TAKEN', 'There is an account with this address already. Sign in with it.');
  return ok(await registered.tokens(registered.account));
};
