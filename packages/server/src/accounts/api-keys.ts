import { ok, type Result, refuse } from '@tidemark/protocol';
import { findAccount } from './account.ts';
import { keyIdOf, newApiKey, newKeyId } from './api-key-format.ts';
import { type AccountsContext, type Caller, decideAndWrite } from './context.ts';
import { eventOf } from './events.ts';
import { check, type Found, ownerOf, places, put, remove } from './items.ts';
import { type AccountRow, type KeyRow, keyRow } from './rows.ts';
import { equalSecrets, hashSecret } from './secrets.ts';

const KEYS_MAX = 20;
/** With those that were rotated or have expired and were not revoked: so many are listed, and no rotation makes more. */
const KEYS_KEPT_MAX = 2 * KEYS_MAX;
/** Last use is written at most once in so long. */
const USE_NOTED_MS = 60 * 60 * 1000;
/** How long a key that was rotated goes on beside its successor, unless it expires before. */
const OVERLAP_MS = 24 * 60 * 60 * 1000;

/** What is asked of a new key. */
export interface KeyWish {
  readonly name: string;
  readonly scopes: KeyRow['scopes'];
  /** The only app it shall open. */
  readonly app?: string | undefined;
  /** Wall clock, milliseconds. */
  readonly expiresAt?: number | undefined;
}

/** A key as its owner sees it; never the secret. */
export type KeyView = Omit<KeyRow, 'secretHash' | 'accountId' | 'keyId'> & { readonly id: string };

/** A key at the only moment at which it can be read. */
export interface NewKey {
  readonly key: string;
  readonly view: KeyView;
}

const viewOf = ({ keyId, accountId, secretHash, ...shown }: KeyRow): KeyView => ({ id: keyId, ...shown });

const keysOf = (context: AccountsContext, accountId: string): Promise<readonly Found<KeyRow>[]> =>
  context.items.list(ownerOf(accountId), { prefix: 'key/', schema: keyRow, limit: KEYS_KEPT_MAX });

const noSuchKey = refuse('NOT_FOUND', 'There is no such key.');

/** The account's row is in every batch as a check, so that no key comes to be while its account is deleted. */
const writesOf = (context: AccountsContext, account: Found<AccountRow>, wish: KeyWish) => {
  const { env, randomBytes } = context;
  const { accountId } = account.row;
  const keyId = newKeyId(randomBytes);
  const key = newApiKey(keyId, randomBytes);
  const row: KeyRow = {
    keyId,
    accountId,
    name: wish.name,
    secretHash: hashSecret(key),
    scopes: wish.scopes,
    app: wish.app ?? null,
    createdAt: env.wall(),
    expiresAt: wish.expiresAt ?? null,
    usedAt: null,
  };
  const batch = [check(account, account.revision), put(places.key(accountId, keyId), row), put(places.keyOwner(keyId), { accountId })];
  return { batch, value: { key, view: viewOf(row) } };
};

/** Makes a key. Refusals: NOT_FOUND (no such account or app), BAD_REQUEST (it would have expired), FORBIDDEN (20 keys already). */
export const createKey = (context: AccountsContext, accountId: string, wish: KeyWish, caller?: Caller): Promise<Result<NewKey>> =>
  decideAndWrite<NewKey>(context, async () => {
    if (wish.app !== undefined && !context.apps.has(wish.app)) return refuse('NOT_FOUND', 'No app of this name is served here.');
    if (wish.expiresAt !== undefined && wish.expiresAt <= context.env.wall())
      return refuse('BAD_REQUEST', 'A key must expire later than now.');
    const account = await findAccount(context, accountId);
    if (account === undefined) return refuse('NOT_FOUND', 'There is no such account.');
    if ((await keysOf(context, accountId)).length >= KEYS_MAX) {
      return refuse('FORBIDDEN', `An account has ${KEYS_MAX} keys at most. Revoke one that is not used any more.`);
    }
    const made = writesOf(context, account, wish);
    return ok({ batch: [...made.batch, eventOf(context, accountId, 'key_created', caller, made.value.view.id)], value: made.value });
  });

export const listKeys = async (context: AccountsContext, accountId: string): Promise<readonly KeyView[]> =>
  (await keysOf(context, accountId)).map(({ row }) => viewOf(row));

/** Makes a successor with the same rights; the old key goes on for a day. Refusals: NOT_FOUND, FORBIDDEN (rotated already, or 40 keys). */
export const rotateKey = (context: AccountsContext, accountId: string, keyId: string, caller?: Caller): Promise<Result<NewKey>> =>
  decideAndWrite<NewKey>(context, async () => {
    const [account, old] = await Promise.all([findAccount(context, accountId), context.items.find(places.key(accountId, keyId))]);
    if (account === undefined || old === undefined) return noSuchKey;
    if (old.row.rotatedTo !== undefined) return refuse('FORBIDDEN', 'This key was rotated already. Rotate its successor.');
    if ((await keysOf(context, accountId)).length >= KEYS_KEPT_MAX) {
      return refuse('FORBIDDEN', `An account keeps ${KEYS_KEPT_MAX} keys at most. Revoke those that were rotated.`);
    }
    const { name, scopes, app, expiresAt } = old.row;
    const made = writesOf(context, account, { name, scopes, app: app ?? undefined, expiresAt: expiresAt ?? undefined });
    const until = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, context.env.wall() + OVERLAP_MS);
    const ending: KeyRow = { ...old.row, expiresAt: until, rotatedTo: made.value.view.id };
    return ok({
      batch: [...made.batch, put(old, ending), eventOf(context, accountId, 'key_rotated', caller, keyId)],
      value: made.value,
    });
  });

/** Ends a key at once and for good. Refused with NOT_FOUND. */
export const revokeKey = (context: AccountsContext, accountId: string, keyId: string, caller?: Caller): Promise<Result<void>> =>
  decideAndWrite<void>(context, async () => {
    const [key, pointer] = await Promise.all([
      context.items.find(places.key(accountId, keyId)),
      context.items.find(places.keyOwner(keyId)),
    ]);
    if (key === undefined) return noSuchKey;
    const batch = [
      remove(key),
      ...(pointer === undefined ? [] : [remove(pointer)]),
      eventOf(context, accountId, 'key_revoked', caller, keyId),
    ];
    return ok({ batch, value: undefined });
  });

/** The key behind a text, with its account, where both are good now. */
export const findKey = async (
  context: AccountsContext,
  text: string,
): Promise<{ readonly key: Found<KeyRow>; readonly account: Found<AccountRow> } | undefined> => {
  const keyId = keyIdOf(text);
  if (keyId === undefined) return undefined;
  const pointer = await context.items.find(places.keyOwner(keyId));
  if (pointer === undefined) return undefined;
  const { accountId } = pointer.row;
  const [key, account] = await Promise.all([context.items.find(places.key(accountId, keyId)), findAccount(context, accountId)]);
  if (key === undefined || account === undefined || !equalSecrets(key.row.secretHash, hashSecret(text))) return undefined;
  if (account.row.keysAfter !== undefined && key.row.createdAt <= account.row.keysAfter) return undefined;
  return key.row.expiresAt === null || key.row.expiresAt > context.env.wall() ? { key, account } : undefined;
};

/** Notes when a key was used, at most once an hour; losing a race here loses nothing. */
export const noteUse = async (context: AccountsContext, key: Found<KeyRow>): Promise<void> => {
  const now = context.env.wall();
  if (key.row.usedAt !== null && Math.abs(now - key.row.usedAt) < USE_NOTED_MS) return;
  await context.items.write([put(key, { ...key.row, usedAt: now })]);
};
