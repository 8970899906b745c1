import type { ItemWrite } from '@tidemark/engine/accounts';
import { ok, type Result, refuse } from '@tidemark/protocol';
import { emailOf, findAccount, type User, userOf } from './account.ts';
import { type AccountsContext, type Caller, decideAndWrite } from './context.ts';
import { eventOf } from './events.ts';
import {
  exchange,
  type FamilyLimits,
  isOpen,
  judge,
  mintRefreshToken,
  nextGeneration,
  parseRefreshToken,
  type RefreshToken,
} from './family.ts';
import { type Found, ownerOf, places, put } from './items.ts';
import { type AccountRow, type EventKind, type FamilyRow, familyRow } from './rows.ts';
import { hashSecret, newId, newSecret } from './secrets.ts';

/** What a person who signed in is given. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds that the access token lasts. */
  readonly expiresIn: number;
  readonly user: User;
}

/** How a session shall be; for dialects that differ. */
export interface SessionWish {
  /** Milliseconds; the setting unless given. */
  readonly accessTokenMs?: number | undefined;
  /** False: the refresh token stays the same for as long as the session does. */
  readonly rotates?: boolean | undefined;
  /** The client (local store) that signs in. */
  readonly clientId?: string | undefined;
}

/** A session as a person sees it. */
export interface SessionView {
  readonly id: string;
  readonly startedAt: number;
  readonly usedAt: number;
  readonly endsAt: number;
  readonly client?: string;
  readonly clientId?: string;
}

const SESSIONS_MAX = 1_000;
const SESSIONS_PAGE = 200;
const FIRST_GENERATION = 1;

const ended = refuse('SESSION_ENDED', 'This session has ended. Sign in again; nothing that waits to be sent is lost.');

const tokensOf = async (context: AccountsContext, account: AccountRow, family: FamilyRow, refreshToken: string): Promise<SessionTokens> => {
  const { accountId, familyId, accessTokenMs } = family;
  const accessToken = await context.accessTokens.sign({ accountId, familyId, lastsMs: accessTokenMs });
  return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn: Math.floor(accessTokenMs / 1000), user: userOf(context, account) };
};

/** A new session: the write that begins it, and how its tokens are made once that is stored. */
export const newSession = async (
  context: AccountsContext,
  { accountId, sessionsVersion }: AccountRow,
  caller: Caller,
  wish: SessionWish = {},
): Promise<{
  readonly familyId: string;
  readonly write: ItemWrite;
  readonly tokens: (account: AccountRow) => Promise<SessionTokens>;
}> => {
  const { env, randomBytes, settings, signingKeys } = context;
  const now = env.wall();
  const base = { familyId: newId(randomBytes), accountId, sessionsVersion, tagKey: newSecret(randomBytes) };
  const refreshToken = mintRefreshToken(base, FIRST_GENERATION, { randomBytes, key: await signingKeys.current() });
  const endsAt = now + settings.sessionMs;
  const family: FamilyRow = {
    ...base,
    rotates: wish.rotates ?? true,
    generation: FIRST_GENERATION,
    parent: null,
    children: [hashSecret(refreshToken)],
    startedAt: now,
    usedAt: now,
    endsAt,
    accessTokenMs: wish.accessTokenMs ?? settings.accessTokenMs,
    ...(wish.clientId === undefined ? {} : { clientId: wish.clientId }),
    ...(caller.client === undefined ? {} : { client: caller.client }),
  };
  return {
    familyId: base.familyId,
    write: put(places.family(accountId, base.familyId), family, endsAt),
    tokens: (account) => tokensOf(context, account, family, refreshToken),
  };
};

interface Refreshed {
  readonly account: Found<AccountRow>;
  /** Absent where the token was reused, and the session ended for that. */
  readonly family: FamilyRow | undefined;
  readonly refreshToken: string;
}

/** What a presented refresh token leads to: the batch to store, and then the tokens or the refusal. */
const decideRefresh = async (
  context: AccountsContext,
  token: RefreshToken,
  caller: Caller,
  rotates: boolean | undefined,
): Promise<Result<{ readonly batch: readonly ItemWrite[]; readonly value: Refreshed }>> => {
  const { items, env, randomBytes, signingKeys } = context;
  const [account, found, keys, key] = await Promise.all([
    findAccount(context, token.accountId),
    items.find(places.family(token.accountId, token.familyId)),
    signingKeys.all(),
    signingKeys.current(),
  ]);
  if (account === undefined || found === undefined) return ended;
  if (rotates !== undefined && found.row.rotates !== rotates) return ended;
  const now = env.wall();
  const verdict = judge(found.row, token, limitsOf(context, account.row), keys);
  if (verdict === 'foreign' || verdict === 'ended') return ended;
  if (verdict === 'reused') {
    const revoked = put(found, { ...found.row, revoked: { at: now, why: 'reuse' as const } }, found.expiresAt);
    const event = eventOf(context, token.accountId, 'refresh_reused', caller, token.familyId);
    return ok({ batch: [revoked, event], value: { account, family: undefined, refreshToken: '' } });
  }
  if (verdict === 'keep') {
    const family = { ...found.row, usedAt: now };
    return ok({ batch: [put(found, family, found.expiresAt)], value: { account, family, refreshToken: token.text } });
  }
  const refreshToken = mintRefreshToken(found.row, nextGeneration(found.row, token), { randomBytes, key });
  const family = exchange(found.row, verdict, token, refreshToken, now);
  return ok({ batch: [put(found, family, found.expiresAt)], value: { account, family, refreshToken } });
};

/**
 * Exchanges a refresh token. Repeating it because the answer was lost works until its successor was used. A token that
 * was exchanged before that is a sign of theft: the whole family is revoked. Refused with SESSION_ENDED; so is, untouched, a
 * token of a session that does not rotate as `rotates` says: a dialect that never hands out a successor must not use tokens up.
 */
export const refresh = async (
  context: AccountsContext,
  text: string,
  caller: Caller,
  rotates?: boolean,
): Promise<Result<SessionTokens>> => {
  const token = parseRefreshToken(text);
  if (token === undefined) return ended;
  const decided = await decideAndWrite(context, () => decideRefresh(context, token, caller, rotates));
  if (!decided.ok) return decided;
  const { account, family, refreshToken } = decided.value;
  if (family === undefined) {
    context.logger.warn({ account: token.accountId }, 'a refresh token was used twice; its session is ended');
    context.post.send('reused', emailOf(context, account.row));
    return ended;
  }
  return ok(await tokensOf(context, account.row, family, refreshToken));
};

/** The session of an access token, with its account, where both stand. */
export const findSession = async (
  context: AccountsContext,
  accountId: string,
  familyId: string,
): Promise<{ readonly account: Found<AccountRow>; readonly family: Found<FamilyRow> } | undefined> => {
  const [account, family] = await Promise.all([findAccount(context, accountId), context.items.find(places.family(accountId, familyId))]);
  return account !== undefined && family !== undefined && isOpen(family.row, limitsOf(context, account.row))
    ? { account, family }
    : undefined;
};

const limitsOf = ({ env, settings }: AccountsContext, { sessionsVersion }: AccountRow): FamilyLimits => ({
  now: env.wall(),
  idleMs: settings.sessionIdleMs,
  sessionsVersion,
});

const viewOf = ({ familyId: id, startedAt, usedAt, endsAt, client, clientId }: FamilyRow): SessionView => ({
  id,
  startedAt,
  usedAt,
  endsAt,
  ...(client === undefined ? {} : { client }),
  ...(clientId === undefined ? {} : { clientId }),
});

/** The sessions of an account that have not ended, 1,000 at most. Those that have stay stored for a while and are passed over. */
export const listSessions = async (context: AccountsContext, account: AccountRow): Promise<readonly SessionView[]> => {
  const views: SessionView[] = [];
  for (let after: string | undefined; views.length < SESSIONS_MAX; ) {
    const page = { prefix: 'family/', schema: familyRow, limit: SESSIONS_PAGE, ...(after === undefined ? {} : { after }) };
    const families = await context.items.list(ownerOf(account.accountId), page);
    views.push(...families.filter(({ row }) => isOpen(row, limitsOf(context, account))).map(({ row }) => viewOf(row)));
    after = families.at(-1)?.id;
    if (after === undefined) break;
  }
  return views.slice(0, SESSIONS_MAX);
};

/** The write that ends a session. */
export const endOf = (family: Found<FamilyRow>, why: NonNullable<FamilyRow['revoked']>['why'], now: number): ItemWrite =>
  put(family, { ...family.row, revoked: { at: now, why } }, family.expiresAt);

/** Ends one session; nothing happens where it has ended. Refused with NOT_FOUND where the account has no such session. */
export const endSession = (
  context: AccountsContext,
  accountId: string,
  familyId: string,
  kind: EventKind,
  caller: Caller,
): Promise<Result<void>> =>
  decideAndWrite(context, async () => {
    const family = await context.items.find(places.family(accountId, familyId));
    if (family === undefined) return refuse('NOT_FOUND', 'There is no such session.');
    if (family.row.revoked !== undefined) return ok({ batch: [], value: undefined });
    const batch = [endOf(family, 'logout', context.env.wall()), eventOf(context, accountId, kind, caller, familyId)];
    return ok({ batch, value: undefined });
  });

/** Ends the session of a refresh token that is good now; nothing happens for any other text, so that it may be repeated. */
export const endByRefreshToken = (context: AccountsContext, text: string, caller: Caller): Promise<Result<void>> =>
  decideAndWrite<void>(context, async () => {
    const token = parseRefreshToken(text);
    const found = token && (await findSession(context, token.accountId, token.familyId));
    if (found === undefined || token === undefined) return ok({ batch: [], value: undefined });
    const { account, family } = found;
    const keys = await context.signingKeys.all();
    if (judge(family.row, token, limitsOf(context, account.row), keys) === 'foreign') return ok({ batch: [], value: undefined });
    const event = eventOf(context, token.accountId, 'signed_out', caller, token.familyId);
    return ok({ batch: [endOf(family, 'logout', context.env.wall()), event], value: undefined });
  });
