import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { aggregateOf, type BrowsingServer, openBrowsingServer, PASSWORD, readAll, visitAt } from './browsing-server.suite.ts';

// The extension that is in the world, answer by answer.

const EMAIL = 'ada@example.com';
const HOUR_MS = 3_600_000;

const objectIn = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

const register = async ({ call }: BrowsingServer, email = EMAIL): Promise<{ readonly access: string; readonly refresh: string }> => {
  const answer = await call('POST', '/api/v1/auth/register', { email, password: PASSWORD, first_name: 'Ada', last_name: '' }, '');
  expect(answer.status, answer.text).toBe(201);
  const { access_token: access, refresh_token: refresh } = objectIn(answer.body.data);
  return { access: String(access), refresh: String(refresh) };
};

describe('accounts', () => {
  test('register answers tokens at once', async () => {
    const server = await openBrowsingServer();
    const answer = await server.call('POST', '/api/v1/auth/register', { email: EMAIL, password: PASSWORD, first_name: 'Ada' }, '');
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      success: true,
      message: expect.any(String),
      data: {
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        user: { id: expect.any(String), email: EMAIL, first_name: 'Ada', last_name: null, isVerified: false },
        ExpiresIn: 3600,
      },
    });
    const repeated = await server.call('POST', '/api/v1/auth/register', { email: EMAIL, password: PASSWORD }, '');
    expect(repeated.status).toBe(409);
    expect(repeated.body).toEqual({ success: false, message: expect.any(String), error: 'EMAIL_TAKEN' });
  });

  test('login, me, logout', async () => {
    const server = await openBrowsingServer();
    await register(server);
    const { call } = server;
    const login = await call('POST', '/api/v1/auth/login', { email: EMAIL, password: PASSWORD }, '');
    expect(login.status).toBe(200);
    expect(login.body).toEqual({
      statusCode: 200,
      message: expect.any(String),
      error: false,
      data: {
        AccessToken: expect.any(String),
        RefreshToken: expect.any(String),
        IdToken: expect.any(String),
        ExpiresIn: 3600,
        TokenType: 'Bearer',
      },
    });
    const token = String(objectIn(login.body.data).AccessToken);
    expect((await call('GET', '/api/v1/auth/me', undefined, token)).body).toEqual({
      user: { id: expect.any(String), email: EMAIL, first_name: 'Ada', last_name: null, isVerified: false },
    });
    expect((await call('POST', '/api/v1/auth/logout', undefined, token)).body).toEqual({ success: true, message: expect.any(String) });
    const after = await call('GET', '/api/v1/auth/me', undefined, token);
    expect([after.status, after.body]).toEqual([401, { success: false, message: expect.any(String), error: 'UNAUTHENTICATED' }]);
    const refresh = await call('POST', '/api/v1/auth/refresh', { refresh_token: String(objectIn(login.body.data).RefreshToken) }, '');
    expect([refresh.status, refresh.body.error]).toEqual([401, 'SESSION_ENDED']);
    expect((await call('POST', '/api/v1/auth/logout', undefined, token)).status).toBe(200);
  });

  test.each<[string, string, JsonObject, number, string]>([
    ['a wrong password', '/api/v1/auth/login', { email: EMAIL, password: 'wrong password' }, 401, 'CREDENTIALS_WRONG'],
    ['nobody', '/api/v1/auth/login', { email: 'no@example.com', password: PASSWORD }, 401, 'CREDENTIALS_WRONG'],
    ['no password', '/api/v1/auth/login', { email: EMAIL }, 400, 'BAD_REQUEST'],
    ['a short password', '/api/v1/auth/register', { email: 'b@example.com', password: 'short' }, 400, 'PASSWORD_UNFIT'],
    ['no address', '/api/v1/auth/register', { email: 'nobody', password: PASSWORD }, 400, 'BAD_REQUEST'],
    ['a wrong code', '/api/v1/verify-email', { email: EMAIL, code: '12345x' }, 400, 'BAD_REQUEST'],
  ])('%s', async (_, path, body, status, error) => {
    const server = await openBrowsingServer();
    await register(server);
    const answer = await server.call('POST', path, body, '');
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ success: false, message: expect.any(String), error });
    if (status === 400 && error === 'BAD_REQUEST')
      expect(answer.body.errors).toEqual([{ path: expect.any(String), message: expect.any(String) }]);
  });

  test('the address is verified by the code of the newest mail', async () => {
    const server = await openBrowsingServer();
    const { access } = await register(server);
    const { call } = server;
    const first = await server.mailedCode();
    expect((await call('POST', '/api/v1/resend-verification', { email: EMAIL }, '')).body).toEqual({
      success: true,
      message: expect.any(String),
    });
    const second = await server.mailedCode();
    expect(second).toMatch(/^\d{6}$/);
    const wrong = ['000000', '000001', '000002'].find((code) => code !== first && code !== second) ?? '';
    const refused = await call('POST', '/api/v1/verify-email', { email: EMAIL, code: wrong }, '');
    expect([refused.status, refused.body.error]).toEqual([400, 'CODE_INVALID']);
    expect((await call('POST', '/api/v1/verify-email', { email: EMAIL, code: second }, '')).body).toMatchObject({ success: true });
    expect(objectIn((await call('GET', '/api/v1/auth/me', undefined, access)).body.user).isVerified).toBe(true);
    expect((await call('POST', '/api/v1/resend-verification', { email: 'nobody@example.com' }, '')).status).toBe(200);
  });

  test('registering is limited', async () => {
    const server = await openBrowsingServer('memory', { register: { attempts: 2, seconds: 60 } });
    for (const name of ['a', 'b']) await register(server, `${name}@example.com`);
    const refused = await server.call('POST', '/api/v1/auth/register', { email: 'c@example.com', password: PASSWORD }, '');
    expect([refused.status, refused.body.error]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
  });
});

describe('the refresh token', () => {
  test('stays the same for a week of hours', async () => {
    const server = await openBrowsingServer();
    const { refresh } = await register(server);
    for (let hour = 0; hour < 7 * 24; hour += 1) {
      server.move(HOUR_MS);
      const answer = await server.call('POST', '/api/v1/auth/refresh', { refresh_token: refresh }, '');
      expect(answer.body).toEqual({ data: { access_token: expect.any(String), ExpiresIn: 3600 } });
      const token = String(objectIn(answer.body.data).access_token);
      expect((await server.call('GET', '/api/v1/auth/me', undefined, token)).status).toBe(200);
    }
  });

  test('is that of one device: its session is listed, and ended by itself', async () => {
    const server = await openBrowsingServer();
    const [phone, laptop] = [
      await register(server),
      await server.call('POST', '/api/v1/auth/login', { email: EMAIL, password: PASSWORD }, ''),
    ];
    const token = String(objectIn(laptop.body.data).AccessToken);
    const { sessions } = (await server.call('GET', '/auth/sessions', undefined, token)).body;
    const listed = Array.isArray(sessions) ? sessions.filter(isJsonObject) : [];
    expect(new Set(listed.map(({ clientId }) => clientId)).size).toBe(2);
    const other = listed.find(({ current }) => current === false);
    await server.call('DELETE', `/auth/sessions/${String(other?.id)}`, undefined, token);
    expect((await server.call('POST', '/api/v1/auth/refresh', { refresh_token: phone.refresh }, '')).status).toBe(401);
    expect((await server.call('GET', '/api/v1/auth/me', undefined, token)).status).toBe(200);
  });

  test('one that rotates is not used up by this dialect, nor one that does not by the other', async () => {
    const server = await openBrowsingServer();
    const { refresh } = await register(server);
    const login = await server.call('POST', '/api/auth/login', { email: EMAIL, password: PASSWORD }, '');
    const rotating = String(login.body.refreshToken);
    expect((await server.call('POST', '/api/v1/auth/refresh', { refresh_token: rotating }, '')).status).toBe(401);
    expect((await server.call('POST', '/api/auth/refresh', { refreshToken: rotating }, '')).status).toBe(200);
    expect((await server.call('POST', '/api/auth/refresh', { refreshToken: refresh }, '')).status).toBe(401);
    expect((await server.call('POST', '/api/v1/auth/refresh', { refresh_token: refresh }, '')).status).toBe(200);
  });
});

describe('data/sync', () => {
  const visits = (count: number) => Array.from({ length: count }, (_, i) => visitAt(i));
  const aggregates = (count: number) => Array.from({ length: count }, (_, i) => aggregateOf(i));

  test('1,000 visits, then 1,000 aggregates in a batch of their own', async () => {
    const server = await openBrowsingServer('sqlite');
    const { access } = await register(server);
    const { call } = server;
    const first = await call(
      'POST',
      '/api/v1/data/sync',
      { anonymousClientId: 'browser-a', pageVisits: visits(1_000), tabAggregates: [] },
      access,
    );
    expect(first.body).toEqual({
      success: true,
      message: expect.any(String),
      data: { pageVisitsSynced: 1_000, tabAggregatesSynced: 0, rejected: [] },
    });
    const second = await call('POST', '/api/v1/data/sync', { anonymousClientId: 'browser-a', tabAggregates: aggregates(1_000) }, access);
    expect(second.body.data).toEqual({ pageVisitsSynced: 0, tabAggregatesSynced: 1_000, rejected: [] });
    const stored: unknown = JSON.parse(await readAll(call, access));
    expect(stored).toHaveLength(2_000);
    const repeated = await call('POST', '/api/v1/data/sync', { pageVisits: visits(1_000), tabAggregates: aggregates(1_000) }, access);
    expect(repeated.body.data).toEqual({ pageVisitsSynced: 1_000, tabAggregatesSynced: 1_000, rejected: [] });
    expect(JSON.parse(await readAll(call, access))).toEqual(stored);
  });

  test('an access token that expires between batches: 401, refresh, again, and nothing twice', async () => {
    const server = await openBrowsingServer();
    const { access, refresh } = await register(server);
    const { call } = server;
    const all = visits(300);
    const sync = (from: number, token: string) => call('POST', '/api/v1/data/sync', { pageVisits: all.slice(from, from + 100) }, token);
    expect((await sync(0, access)).status).toBe(200);
    server.move(HOUR_MS + 1_000);
    const expired = await sync(100, access);
    expect([expired.status, expired.body]).toEqual([401, { success: false, message: expect.any(String), error: 'UNAUTHENTICATED' }]);
    expect(expired.headers.get('WWW-Authenticate')).toBe('Bearer');
    const renewed = await call('POST', '/api/v1/auth/refresh', { refresh_token: refresh }, '');
    const token = String(objectIn(renewed.body.data).access_token);
    for (const from of [0, 100, 200]) expect(objectIn((await sync(from, token)).body.data).pageVisitsSynced).toBe(100);
    expect(JSON.parse(await readAll(call, token))).toHaveLength(300);
  });

  test('an access token that expires while its batch is under way: the batch is taken whole, the next one is not', async () => {
    const server = await openBrowsingServer();
    const { access } = await register(server);
    const bytes = new TextEncoder().encode(JSON.stringify({ pageVisits: visits(200) }));
    const half = bytes.length / 2;
    const parts = [bytes.slice(0, half), bytes.slice(half)];
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const part = parts.shift();
        if (part === undefined) return controller.close();
        if (parts.length === 0) server.move(HOUR_MS + 1_000);
        controller.enqueue(part);
      },
    });
    const headers = { Authorization: `Bearer ${access}`, 'Content-Type': 'application/json' };
    const init: RequestInit & { readonly duplex: 'half' } = { method: 'POST', headers, body, duplex: 'half' };
    const answer = await server.http.request(new Request('http://localhost/api/v1/data/sync', init));
    expect([answer.status, objectIn(await answer.json()).data]).toEqual([
      200,
      { pageVisitsSynced: 200, tabAggregatesSynced: 0, rejected: [] },
    ]);
    expect((await server.call('POST', '/api/v1/data/sync', { pageVisits: visits(1) }, access)).status).toBe(401);
  });

  test('what is refused is listed with its place, and the rest is stored', async () => {
    const server = await openBrowsingServer();
    const { access } = await register(server);
    const body = { pageVisits: [visitAt(0), visitAt(1, { duration: -1 })], tabAggregates: [aggregateOf(1), { tabId: 2 }] };
    const answer = await server.call('POST', '/api/v1/data/sync', body, access);
    expect(answer.body.data).toEqual({
      pageVisitsSynced: 1,
      tabAggregatesSynced: 1,
      rejected: [
        { list: 'pageVisits', index: 1, id: visitAt(1).id, code: 'VALIDATION_FAILED', message: expect.stringContaining('duration') },
        { list: 'tabAggregates', index: 1, id: '2', code: 'VALIDATION_FAILED', message: expect.stringContaining('totalActiveDuration') },
      ],
    });
    const none = await server.call('POST', '/api/v1/data/sync', { pageVisits: [{}] }, access);
    expect([none.status, none.body.success, none.body.error]).toEqual([400, false, 'BAD_REQUEST']);
    expect(none.body.errors).toEqual([expect.objectContaining({ index: 0, id: null })]);
    const many = await server.call('POST', '/api/v1/data/sync', { tabAggregates: aggregates(1_001), pageVisits: [visitAt(5)] }, access);
    expect([many.status, many.body.error]).toEqual([413, 'BATCH_TOO_LARGE']);
    expect(JSON.parse(await readAll(server.call, access))).toHaveLength(2);
    const broken = await server.call('POST', '/api/v1/data/sync', '{"pageVisits":[{"id":"a","duration":NaN}]}', access);
    expect([broken.status, broken.body]).toEqual([400, { success: false, message: expect.any(String), error: 'BAD_JSON' }]);
  });

  test('hostile visits are refused one by one, and the visit among them is stored', async () => {
    const server = await openBrowsingServer();
    const { access } = await register(server);
    const bad: readonly (readonly [JsonObject, string])[] = [
      [{ url: `https://example.com/${'a'.repeat(2_000_000)}` }, 'VALIDATION_FAILED'],
      [{ url: 'javascript:alert(1)' }, 'VALIDATION_FAILED'],
      [{ url: 'data:text/html,<script>alert(1)</script>' }, 'VALIDATION_FAILED'],
      [{ duration: -1 }, 'VALIDATION_FAILED'],
      [{ duration: 'NaN' }, 'VALIDATION_FAILED'],
      [{ timestamp: Date.UTC(2099, 0, 1) }, 'VALIDATION_FAILED'],
      [{ metadata: JSON.parse('{"__proto__":{"admin":true}}') }, 'INVALID_FIELD_NAME'],
      [{ metadata: { a: JSON.parse('['.repeat(1_000) + ']'.repeat(1_000)) } }, 'TOO_DEEP'],
    ];
    const pageVisits = [...bad.map(([change], i) => visitAt(i, change)), visitAt(bad.length)];
    const { body } = await server.call('POST', '/api/v1/data/sync', { pageVisits }, access);
    const rejected = bad.map(([, code], index) => ({
      ...{ list: 'pageVisits', index, id: visitAt(index).id, code },
      message: expect.any(String),
    }));
    expect(body.data).toEqual({ pageVisitsSynced: 1, tabAggregatesSynced: 0, rejected });
    expect(JSON.parse(await readAll(server.call, access))).toMatchObject([{ id: visitAt(bad.length).id }]);
    const many = await server.call('POST', '/api/v1/data/sync', { pageVisits: visits(1_001) }, access);
    expect([many.status, many.body.error]).toEqual([413, 'BATCH_TOO_LARGE']);
    expect(JSON.parse(await readAll(server.call, access))).toHaveLength(1);
  });

  test('a record that names no browser is of the one that the batch names, then of the one that signed in', async () => {
    const server = await openBrowsingServer();
    const { access } = await register(server);
    const { anonymousClientId: _, ...nameless } = visitAt(0);
    await server.call('POST', '/api/v1/data/sync', { anonymousClientId: 'browser-b', pageVisits: [nameless] }, access);
    await server.call('POST', '/api/v1/data/sync', { pageVisits: [nameless] }, access);
    const { data } = (await server.call('GET', '/api/page-visits', undefined, access)).body;
    const names = (Array.isArray(data) ? data.filter(isJsonObject) : []).map((visit) => String(visit.anonymousClientId));
    expect(names.sort((a, b) => b.length - a.length)).toEqual([expect.stringMatching(/^browser-[0-9a-f-]{36}$/), 'browser-b']);
  });
});
