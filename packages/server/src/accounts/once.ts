import type { ItemWrite } from '@tidemark/engine/accounts';
import { ok, type Result, refuse } from '@tidemark/protocol';
import { findAccount } from './account.ts';
import type { AccountsContext, LinkSettings } from './context.ts';
import { type Found, ownerOf, places, put } from './items.ts';
import type { MailFacts } from './mail/texts.ts';
import { type AccountRow, type OnceRow, onceRow, type Purpose } from './rows.ts';
import { equalSecrets, hashSecret, newCode, newId, newSecret } from './secrets.ts';
import { macBySigningKey, type SigningKey } from './signing-keys.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const CODE_TRIES_MAX = 5;
/** Links of one purpose that are looked through for a code. */
const LINKS_MAX = 20;
const SHAPE = /^tmo_([\w-]{22})\.([\w-]{22})\.([\w-]{43})$/;

const LASTS: { readonly [purpose in Purpose]: { readonly ms: number; readonly words: string } } = {
  verify: { ms: 24 * HOUR_MS, words: '24 hours' },
  magic: { ms: 15 * MINUTE_MS, words: '15 minutes' },
  reset: { ms: HOUR_MS, words: 'one hour' },
  email: { ms: HOUR_MS, words: 'one hour' },
};

/** The page of this server for a purpose, under `/auth`. */
export const ONCE_PATHS: { readonly [purpose in Purpose]: string } = {
  verify: '/auth/verify-email',
  magic: '/auth/magic-link',
  reset: '/auth/reset-password',
  email: '/auth/change-email',
};

// An app's own page gets the token in the fragment, which no server and no Referer header ever sees.
const linkTo = (links: LinkSettings, purpose: Purpose, token: string): string => {
  const own = links[purpose];
  return own === undefined ? `${links.publicUrl}${ONCE_PATHS[purpose]}?token=${token}` : `${own}#token=${token}`;
};

// A code has too few possibilities for a bare hash: the mac needs a key that is not in the database.
const codeMacOf = (key: SigningKey, id: string, code: string): string => macBySigningKey(key, `code ${id} ${code}`);

export const codeInvalid = refuse('CODE_INVALID', 'This link or code is not valid, or not any more. Ask for a new one.');

/** A new link (and code) for an account: the write that makes it good, and what its mail says. */
export const newOnce = async (
  context: AccountsContext,
  purpose: Purpose,
  account: AccountRow,
  more: Pick<OnceRow, 'newEmail' | 'keepFamily'> = {},
): Promise<{ readonly write: ItemWrite; readonly facts: MailFacts }> => {
  const { env, randomBytes, settings, signingKeys } = context;
  const { accountId, emailVersion, passwordVersion } = account;
  const id = newId(randomBytes);
  const token = `tmo_${accountId}.${id}.${newSecret(randomBytes)}`;
  const code = purpose === 'verify' ? newCode(randomBytes) : undefined;
  const row: OnceRow = {
    purpose,
    accountId,
    secretHash: hashSecret(token),
    emailVersion,
    passwordVersion,
    codeTries: 0,
    ...more,
    ...(code === undefined ? {} : { codeMac: codeMacOf(await signingKeys.current(), id, code) }),
  };
  return {
    write: put(places.once(accountId, purpose, id), row, env.wall() + LASTS[purpose].ms),
    facts: { link: linkTo(settings.links, purpose, token), lasts: LASTS[purpose].words, ...(code === undefined ? {} : { code }) },
  };
};

/** A link that is good, and whose account it is. */
export interface FoundOnce {
  readonly once: Found<OnceRow>;
  readonly account: Found<AccountRow>;
}

const isBound = ({ row }: Found<OnceRow>, account: AccountRow): boolean =>
  row.emailVersion === account.emailVersion && row.passwordVersion === account.passwordVersion;

/**
 * The link behind a token. Refused with CODE_INVALID where it was made up, is over, was used (a used `verify` is good
 * for the same answer again), or e-mail or password were changed since.
 */
export const findOnce = async (context: AccountsContext, purpose: Purpose, token: string): Promise<Result<FoundOnce>> => {
  const [, accountId, id] = SHAPE.exec(token) ?? [];
  if (accountId === undefined || id === undefined) return codeInvalid;
  const [once, account] = await Promise.all([context.items.find(places.once(accountId, purpose, id)), findAccount(context, accountId)]);
  if (once === undefined || account === undefined || !equalSecrets(once.row.secretHash, hashSecret(token))) return codeInvalid;
  if (!isBound(once, account.row) || (once.row.usedAt !== undefined && purpose !== 'verify')) return codeInvalid;
  return ok({ once, account });
};

/** The write that uses a link up. */
export const spendOnce = (context: AccountsContext, once: Found<OnceRow>): ItemWrite =>
  put(once, { ...once.row, usedAt: once.row.usedAt ?? context.env.wall() }, once.expiresAt);

/** What trying a six-digit code leads to: the link it belongs to, or one try less at each link it could have belonged to. */
export const tryCode = async (
  context: AccountsContext,
  account: Found<AccountRow>,
  code: string,
): Promise<{ readonly once: Found<OnceRow> } | { readonly wrong: readonly ItemWrite[] }> => {
  const { accountId } = account.row;
  const prefix = 'once/verify/';
  const links = await context.items.list(ownerOf(accountId), { prefix, schema: onceRow, limit: LINKS_MAX });
  const open = links.filter((once) => isBound(once, account.row) && once.row.codeTries < CODE_TRIES_MAX);
  const keys = await context.signingKeys.all();
  const once = open.find(({ id, row }) =>
    keys.some((key) => row.codeMac !== undefined && equalSecrets(row.codeMac, codeMacOf(key, id.slice(prefix.length), code))),
  );
  if (once !== undefined) return { once };
  return { wrong: open.slice(0, 15).map((one) => put(one, { ...one.row, codeTries: one.row.codeTries + 1 }, one.expiresAt)) };
};
