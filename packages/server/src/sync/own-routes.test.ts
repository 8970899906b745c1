import { ok } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { answerJson } from '../http/answer.ts';
import type { Identity } from '../identity/identity.ts';
import { notes, openTestServer, pushOf, put, refusalOf } from '../server.suite.ts';
import type { AppRoutes } from './call.ts';

const greetings: AppRoutes = {
  dialect: { name: (code) => ({ code: `X_${code}`, status: code === 'UNAUTHENTICATED' ? 418 : 400 }) },
  rateLimit: { perSecond: 1, burst: 3 },
  open: (_services, base) => [
    { method: 'GET', path: '/hello', access: 'read', handle: ({ c, principal }) => answerJson(c, { hello: principal.subject }) },
    { method: 'PUT', path: '/hello', access: 'write', handle: ({ c, space }) => answerJson(c, { space: space.key }) },
    { method: 'GET', path: '/about', access: 'open', handle: (c) => answerJson(c, { base }) },
  ],
};

/** Takes `Bearer <user>:<scope>,<scope>`, and `Bearer <user>~<key>` for an API key of the user. */
const scoped: Identity = {
  authenticate: async ({ authorization }) => {
    const [who = '', scopes = ''] = (authorization ?? '').replace('Bearer ', '').split(':');
    const [subject = '', keyId] = who.split('~');
    const given = scopes === '' ? ['read', 'write'] : scopes.split(',').filter((scope) => scope !== 'none');
    const key = keyId === undefined ? {} : { keyId };
    const expiresAt = Number.MAX_SAFE_INTEGER;
    return ok({ issuer: 'test', subject, spaceKey: subject, scopes: given, emailVerified: true, ...key, expiresAt });
  },
};
const mounts = [{ app: notes, path: '/apps/notes', routes: greetings }];
const as = (who: string) => ({ Authorization: `Bearer ${who}` });

describe('routes of an app', () => {
  test('stand beside the native ones, with principal, space and base', async () => {
    const { call } = await openTestServer({ mounts, identity: scoped });
    expect(await (await call('GET', '/apps/notes/hello', undefined, as('ann'))).json()).toEqual({ hello: 'ann' });
    expect(await (await call('PUT', '/apps/notes/hello', undefined, as('ann'))).json()).toEqual({ space: 'notes/ann' });
    expect(await (await call('GET', '/apps/notes/about')).json()).toEqual({ base: '/apps/notes' });
    expect((await call('GET', '/apps/notes/sync/session', undefined, as('ann'))).status).toBe(200);
  });

  test('speak their dialect, native routes do not', async () => {
    const { call } = await openTestServer({ mounts });
    expect(await refusalOf(await call('GET', '/apps/notes/hello', undefined, { Authorization: 'x' }))).toBe('418 X_UNAUTHENTICATED');
    expect(await refusalOf(await call('POST', '/apps/notes/hello'))).toBe('400 X_METHOD_NOT_ALLOWED');
    expect(await refusalOf(await call('GET', '/apps/notes/sync/session', undefined, { Authorization: 'x' }))).toBe('401 UNAUTHENTICATED');
  });

  test('a token with scopes does only what they name, on native routes too', async () => {
    const { call } = await openTestServer({ mounts, identity: scoped });
    const push = (who: string) => call('POST', '/apps/notes/sync/push', pushOf([put(1, 'a')]), as(who));
    expect(await refusalOf(await call('PUT', '/apps/notes/hello', undefined, as('ann:read')))).toBe('400 X_FORBIDDEN');
    expect((await call('GET', '/apps/notes/hello', undefined, as('ann:read'))).status).toBe(200);
    expect(await refusalOf(await push('ann:read'))).toBe('403 FORBIDDEN');
    expect((await push('ann:read,write')).status).toBe(200);
    expect(await refusalOf(await call('GET', '/apps/notes/sync/session', undefined, as('ann:other')))).toBe('403 FORBIDDEN');
    expect(await refusalOf(await call('GET', '/apps/notes/sync/session', undefined, as('ann:none')))).toBe('403 FORBIDDEN');
    expect(await refusalOf(await push('ann:none'))).toBe('403 FORBIDDEN');
  });

  test('an API key may come in x-api-key', async () => {
    const { call, server } = await openTestServer({ mounts, identity: scoped });
    const answer = await server.app.request('/apps/notes/hello', { headers: { 'X-Api-Key': 'kim' } });
    expect(await answer.json()).toEqual({ hello: 'kim' });
    expect(await (await call('GET', '/apps/notes/hello', undefined, { ...as('ann'), 'X-Api-Key': 'kim' })).json()).toEqual({
      hello: 'ann',
    });
  });

  test('are limited for each user', async () => {
    const { call } = await openTestServer({ mounts, identity: scoped });
    const hello = (who: string) => call('GET', '/apps/notes/hello', undefined, as(who));
    const first = await hello('ann');
    expect(first.headers.get('RateLimit-Policy')).toBe('"default";q=3;w=3');
    expect(first.headers.get('RateLimit')).toBe('"default";r=2;t=1');
    await hello('ann');
    await hello('ann');
    const refused = await hello('ann');
    expect(refused.headers.get('Retry-After')).toBe('1');
    expect(await refusalOf(refused)).toBe('400 X_TOO_MANY_REQUESTS');
    expect((await hello('bob')).status).toBe(200);
    expect((await call('GET', '/apps/notes/sync/session', undefined, as('ann'))).status).toBe(200);
  });

  test.each([
    ['key', [200, 200, 200]],
    ['user', [400, 400, 400]],
  ] as const)('are limited per %s: what another key and a token of the same user get after one key took all', async (per, statuses) => {
    const routes: AppRoutes = { ...greetings, rateLimit: { perSecond: 1, burst: 3, per } };
    const { call } = await openTestServer({ mounts: [{ app: notes, path: '/apps/notes', routes }], identity: scoped });
    const hello = (who: string) => call('GET', '/apps/notes/hello', undefined, as(who));
    for (let i = 0; i < 3; i += 1) expect((await hello('ann~one')).headers.get('RateLimit')).toMatch(`r=${2 - i};`);
    expect((await hello('ann~one')).status).toBe(400);
    const others = [await hello('ann~two'), await hello('ann'), await hello('ann~three')];
    expect(others.map(({ status }) => status)).toEqual(statuses);
    expect(others[0]?.headers.get('RateLimit')).toMatch(per === 'key' ? 'r=2;' : 'r=0;');
    expect((await hello('bob~four')).status).toBe(200);
  });

  test('cannot take the place of a native one', async () => {
    const routes: AppRoutes = {
      open: () => [{ method: 'GET', path: '/sync/push', access: 'open', handle: (c) => answerJson(c, {}) }],
    };
    await expect(openTestServer({ mounts: [{ app: notes, path: '/', routes }] })).rejects.toThrow('/sync/push');
  });
});
