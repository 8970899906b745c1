import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import { openBrowsingServer, PASSWORD, visitAt } from './browsing-server.suite.ts';

// The account routes of the plan, answer by answer. The accounts themselves are tested with the server.

const ADA = { email: 'ada@example.com', password: PASSWORD };
const TOKENS = { accessToken: expect.any(String), refreshToken: expect.any(String), tokenType: 'Bearer', expiresIn: expect.any(Number) };
const USER = { id: expect.any(String), email: ADA.email, emailVerified: false, createdAt: expect.any(Number) };

const textIn = (body: JsonObject, name: string): string => String(body[name]);

test('register signs in at once, login again; refresh rotates, me tells who, logout ends it', async () => {
  const { call } = await openBrowsingServer();
  const registered = await call('POST', '/api/auth/register', { ...ADA, firstName: 'Ada', lastName: '' }, '');
  expect([registered.status, registered.body]).toEqual([201, { ...TOKENS, user: { ...USER, firstName: 'Ada' } }]);
  const stored = await call('POST', '/api/sync/page-visits', { visits: [visitAt(0)] }, textIn(registered.body, 'accessToken'));
  expect(stored.body).toMatchObject({ created: 1 });
  const taken = await call('POST', '/api/auth/register', { ...ADA, password: `${PASSWORD}!` }, '');
  expect([taken.status, taken.body.error]).toEqual([409, expect.objectContaining({ code: 'EMAIL_TAKEN' })]);

  const login = await call('POST', '/api/auth/login', ADA, '');
  expect([login.status, login.body]).toMatchObject([200, TOKENS]);
  const renewed = await call('POST', '/api/auth/refresh', { refreshToken: textIn(login.body, 'refreshToken') }, '');
  expect([renewed.status, renewed.body]).toMatchObject([200, TOKENS]);
  expect(renewed.body.refreshToken).not.toBe(login.body.refreshToken);
  const token = textIn(renewed.body, 'accessToken');
  expect((await call('GET', '/api/auth/me', undefined, token)).body).toEqual({ user: { ...USER, firstName: 'Ada' } });
  expect((await call('POST', '/api/auth/logout', undefined, token)).body).toEqual({ status: 'done' });
  const over = await call('GET', '/api/auth/me', undefined, token);
  expect([over.status, over.body.error]).toEqual([401, expect.objectContaining({ code: 'UNAUTHENTICATED' })]);
  const ended = await call('POST', '/api/auth/refresh', { refreshToken: textIn(renewed.body, 'refreshToken') }, '');
  expect([ended.status, ended.body.error]).toEqual([401, expect.objectContaining({ code: 'SESSION_ENDED' })]);
});

test('registering is limited', async () => {
  const { call } = await openBrowsingServer('memory', { register: { attempts: 1, seconds: 60 } });
  const register = (email: string) => call('POST', '/api/auth/register', { ...ADA, email }, '');
  expect((await register('a@example.com')).status).toBe(201);
  const refused = await register('b@example.com');
  expect([refused.status, Number(refused.headers.get('Retry-After')) > 0]).toEqual([429, true]);
});

test('a record that names no browser is of the one that signed in', async () => {
  const { call } = await openBrowsingServer();
  await call('POST', '/api/auth/register', ADA, '');
  const login = await call('POST', '/api/auth/login', { ...ADA, clientId: 'laptop' }, '');
  const token = textIn(login.body, 'accessToken');
  const { anonymousClientId: _, ...nameless } = visitAt(0);
  await call('POST', '/api/sync/page-visits', { visits: [nameless] }, token);
  await call('POST', '/api/sync/tab-aggregates', { aggregates: [{ tabId: 1, totalActiveDuration: 5 }] }, token);
  const only = async (path: string) => {
    const { data } = (await call('GET', path, undefined, token)).body;
    return Array.isArray(data) && data.length === 1 && isJsonObject(data[0]) ? data[0] : {};
  };
  expect(await only('/api/page-visits')).toMatchObject({ anonymousClientId: 'laptop' });
  expect(await only('/api/tab-aggregates')).toMatchObject({ anonymousClientId: 'laptop', startTime: 0 });
});
