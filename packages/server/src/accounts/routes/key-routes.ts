import { answerJson, answerRefusal } from '../../http/answer.ts';
import { createKey, listKeys, revokeKey, rotateKey } from '../api-keys.ts';
import type { SignedIn } from '../sign-in.ts';
import { type AuthCall, type AuthRoute, answerDone, answerResult } from './auth-route.ts';
import { keySchema, readMessage } from './messages.ts';

const list = async ({ c, context }: AuthCall, { account }: SignedIn): Promise<Response> =>
  answerJson(c, { keys: await listKeys(context, account.row.accountId) });

const create = async ({ c, context, caller }: AuthCall, { account }: SignedIn): Promise<Response> => {
  const request = await readMessage(c, keySchema);
  if (!request.ok) return answerRefusal(c, request.error);
  return answerResult(c, await createKey(context, account.row.accountId, request.value, caller));
};

const rotate = async ({ c, context, caller }: AuthCall, { account }: SignedIn): Promise<Response> =>
  answerResult(c, await rotateKey(context, account.row.accountId, c.req.param('id') ?? '', caller));

const revoke = async ({ c, context, caller }: AuthCall, { account }: SignedIn): Promise<Response> =>
  answerDone(c, await revokeKey(context, account.row.accountId, c.req.param('id') ?? '', caller));

/** API keys of the account that is signed in. `POST` answers the key itself, once. */
export const keyRoutes: readonly AuthRoute[] = [
  { method: 'GET', path: '/auth/keys', access: 'account', handle: list },
  { method: 'POST', path: '/auth/keys', access: 'account', handle: create },
  { method: 'POST', path: '/auth/keys/:id/rotate', access: 'account', handle: rotate },
  { method: 'DELETE', path: '/auth/keys/:id', access: 'account', handle: revoke },
];
