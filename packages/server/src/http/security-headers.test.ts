import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openTestServer, temporaryFolder } from '../server.suite.ts';

const CALL_POLICY = "default-src 'none'; frame-ancestors 'none'";
const API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe('security headers', () => {
  test.each([
    ['GET', '/apps/notes/sync/session', 401],
    ['PUT', '/apps/notes/sync/session', 405],
    ['GET', '/nothing', 404],
    ['GET', '/healthz', 200],
    ['GET', '/metrics', 200],
  ])('%s %s, as a browser may ask by itself', async (method, path, status) => {
    const { server } = await openTestServer();
    for (const headers of [{}, { Authorization: 'Basic YW5uOnNlY3JldA==' }]) {
      const answer = await server.app.request(path, { method, headers });
      expect(answer.status).toBe(status);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(answer.headers.get('Content-Security-Policy')).toBe(API_POLICY);
      expect(answer.headers.get('Strict-Transport-Security')).toBe(null);
      expect(answer.headers.get('Set-Cookie')).toBe(null);
      expect(answer.headers.get('X-Powered-By')).toBe(null);
    }
  });

  test.each([
    ['POST', '/apps/notes/sync/pull', 200],
    ['GET', '/apps/notes/sync/session', 200],
    ['GET', '/apps/notes/sync/history', 400],
    ['PUT', '/apps/notes/sync/session', 405],
    ['GET', '/nothing', 404],
  ])('%s %s with a token, which no browser sends by itself, has what governs data', async (method, path, status) => {
    const { call, server, token } = await openTestServer();
    const body = method === 'POST' ? { clientId: 'reader' } : undefined;
    const byKey = await server.app.request(path, {
      method,
      headers: { 'X-Api-Key': await token('ann'), 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    for (const answer of [await call(method, path, body), byKey]) {
      expect([answer.status, answer.headers.get('X-Content-Type-Options'), answer.headers.get('Content-Security-Policy')]).toEqual([
        status,
        'nosniff',
        CALL_POLICY,
      ]);
      expect(answer.headers.get('X-Frame-Options')).toBe(null);
    }
  });

  test('a fault has them too', async () => {
    const { call, storage } = await openTestServer();
    storage.readSpace = () => Promise.reject(new Error('SQLITE_CORRUPT: select * from spaces'));
    storage.load = () => Promise.reject(new Error('SQLITE_CORRUPT: select * from spaces'));
    const answer = await call('GET', '/apps/notes/sync/session');
    expect([answer.status, answer.headers.get('Content-Security-Policy')]).toEqual([500, CALL_POLICY]);
    expect(await answer.text()).not.toMatch(/select|SQLITE|\.ts|at /);
  });

  test('where people come by HTTPS only, browsers are told so', async () => {
    const { call } = await openTestServer({ https: true });
    expect((await call('GET', '/healthz')).headers.get('Strict-Transport-Security')).toMatch(/max-age=31536000/);
  });

  test('the page has a policy of its own', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html>');
    const { server } = await openTestServer({ staticFiles: folder });
    const { headers } = await server.app.request('/');
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'self'");
    expect(headers.get('X-Frame-Options')).toBe('SAMEORIGIN');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  });
});

describe('other origins', () => {
  const ask = async (method: string, path: string, more: Record<string, string> = {}) => {
    const { call } = await openTestServer();
    return call(method, path, undefined, { Origin: 'https://evil.example', ...more });
  };

  test.each(['https://evil.example', 'null', 'http://localhost:8787'])(
    'any origin may call with a token, none is reflected: %s',
    async (origin) => {
      const answer = await ask('GET', '/apps/notes/sync/session', { Origin: origin });
      expect([answer.headers.get('Access-Control-Allow-Origin'), answer.headers.get('Access-Control-Allow-Credentials')]).toEqual([
        '*',
        null,
      ]);
    },
  );

  test('only those of a list may read, where there is one', async () => {
    const { call } = await openTestServer({ origins: ['https://app.example'] });
    const allowed = async (origin: string, method = 'GET') => {
      const { headers } = await call(method, '/apps/notes/sync/session', undefined, {
        Origin: origin,
        'Access-Control-Request-Method': 'GET',
      });
      return [...headers.keys()].filter((name) => name.startsWith('access-control-')).length === 0
        ? headers.get('Vary')
        : [headers.get('Access-Control-Allow-Origin'), headers.get('Access-Control-Allow-Credentials')];
    };
    expect(await allowed('https://app.example')).toEqual(['https://app.example', null]);
    expect(await allowed('https://app.example', 'OPTIONS')).toEqual(['https://app.example', null]);
    for (const origin of ['https://evil.example', 'null', 'https://app.example.evil']) {
      expect(await allowed(origin)).toContain('Origin');
      expect(await allowed(origin, 'OPTIONS')).toContain('Origin');
    }
  });

  test('a cookie is not a credential', async () => {
    const { server, token } = await openTestServer();
    const headers = { Cookie: `token=${await token('alice')}; Authorization=Bearer ${await token('alice')}` };
    expect((await server.app.request('/apps/notes/sync/session', { headers })).status).toBe(401);
  });

  test('nor is a token in the address', async () => {
    const { server, token } = await openTestServer();
    const alice = await token('alice');
    for (const name of ['token', 'access_token', 'authorization']) {
      expect((await server.app.request(`/apps/notes/sync/session?${name}=${alice}`)).status).toBe(401);
    }
  });

  test.each(['/healthz', '/metrics', '/nothing'])('what is not for websites says nothing to them: %s', async (path) => {
    expect((await ask('GET', path)).headers.get('Access-Control-Allow-Origin')).toBe(null);
  });
});
