import type { ItemWrite } from '@tidemark/engine/accounts';
import { ok, type Result } from '@tidemark/protocol';
import { findByEmail } from './account.ts';
import { type AccountsContext, type Caller, decideAndWrite } from './context.ts';
import { normalizeEmail } from './email-address.ts';
import { eventOf } from './events.ts';
import { put } from './items.ts';
import { takeAll } from './limits.ts';
import { codeInvalid, type FoundOnce, findOnce, newOnce, spendOnce, tryCode } from './once.ts';

const verifiedWrites = (context: AccountsContext, { once, account }: FoundOnce, caller: Caller): readonly ItemWrite[] => {
  // The same link again, since the answer was lost: nothing is left to do.
  if (account.row.emailVerified) return [];
  return [
    put(account, { ...account.row, emailVerified: true }),
    spendOnce(context, once),
    eventOf(context, account.row.accountId, 'email_verified', caller),
  ];
};

/** Marks an e-mail address as its owner's, by the link that was sent to it. Refusals: CODE_INVALID, TOO_MANY_REQUESTS. */
export const verifyByToken = async (context: AccountsContext, token: string, caller: Caller): Promise<Result<void>> => {
  const allowed = await takeAll(context.counters, [['address', caller.address]]);
  if (!allowed.ok) return allowed;
  return decideAndWrite<void>(context, async () => {
    const found = await findOnce(context, 'verify', token);
    return found.ok ? ok({ batch: verifiedWrites(context, found.value, caller), value: undefined }) : found;
  });
};

/** The same by the six digits of that mail; each wrong one counts against all links that are open. */
export const verifyByCode = async (
  context: AccountsContext,
  given: { readonly email: string; readonly code: string },
  caller: Caller,
): Promise<Result<void>> => {
  const email = normalizeEmail(given.email) ?? '';
  const allowed = await takeAll(context.counters, [
    ['address', caller.address],
    ['code', email],
  ]);
  if (!allowed.ok) return allowed;
  const outcome = await decideAndWrite<boolean>(context, async () => {
    const account = await findByEmail(context, email);
    if (account === undefined) return ok({ batch: [eventOf(context, undefined, 'verify_refused', caller)], value: false });
    const tried = await tryCode(context, account, given.code);
    if ('wrong' in tried) {
      return ok({ batch: [...tried.wrong, eventOf(context, account.row.accountId, 'verify_refused', caller)], value: false });
    }
    return ok({ batch: verifiedWrites(context, { once: tried.once, account }, caller), value: true });
  });
  if (!outcome.ok) return outcome;
  return outcome.value ? ok(undefined) : codeInvalid;
};

/** Mails another link, where there is an account that waits for one. The answer is the same in any case. Refused with TOO_MANY_REQUESTS. */
export const resendVerification = async (context: AccountsContext, given: string, caller: Caller): Promise<Result<void>> => {
  const email = normalizeEmail(given) ?? '';
  const allowed = await takeAll(context.counters, [
    ['address', caller.address],
    ['mail', `${caller.address} ${email}`],
    ['mailbox', email],
  ]);
  if (!allowed.ok) return allowed;
  const account = await findByEmail(context, email);
  if (account === undefined || account.row.emailVerified) {
    await context.items.write([eventOf(context, account?.row.accountId, 'verify_sent', caller)]);
    return ok(undefined);
  }
  const once = await newOnce(context, 'verify', account.row);
  await context.items.write([once.write, eventOf(context, account.row.accountId, 'verify_sent', caller)]);
  context.post.send('verify', email, once.facts);
  return ok(undefined);
};
