import { expect, test } from 'vitest';
import { createHttpApp } from '../http/http-app.ts';
import { createNodeEnv } from '../platform/node-env.ts';
import { notes, objectOf, openTestServer, refusalOf, temporaryFolder, unwrap } from '../server.suite.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { openDevelopmentKey } from './development-key.ts';
import { isLoopbackHost } from './development-route.ts';
import { createDevelopmentIdentity } from './development-tokens.ts';

const setUp = async (loopback = true) => {
  const { engine } = await openTestServer();
  const env = createNodeEnv();
  const key = unwrap(await openDevelopmentKey(temporaryFolder()));
  const app = createHttpApp({
    engine,
    env,
    identity: unwrap(createDevelopmentIdentity({ key, env, nodeEnv: undefined })),
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    mounts: [{ app: notes, path: '/' }],
    development: { key, isLoopback: () => loopback },
  });
  const ask = (headers: Record<string, string>, body: unknown = { app: 'notes', user: 'alice' }) =>
    app.request('http://localhost:8787/development/token', {
      method: 'POST',
      headers: { Host: 'localhost:8787', 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return { app, ask };
};

test('the page of this server gets a token that works', async () => {
  const { app, ask } = await setUp();
  const answer = await objectOf(await ask({ Origin: 'http://localhost:8787', 'Sec-Fetch-Site': 'same-origin' }));
  expect(answer).toMatchObject({ issuer: 'tidemark-development', subject: 'alice' });
  const session = await app.request('/sync/session', { headers: { Authorization: `Bearer ${answer.token}` } });
  expect(await objectOf(session)).toMatchObject({ subject: 'alice', app: 'notes' });
});

test.each<Record<string, string>>([
  { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: 'http://localhost:9999', 'Sec-Fetch-Site': 'same-site' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'none' },
  { Host: 'evil.example:8787', Origin: 'http://evil.example:8787', 'Sec-Fetch-Site': 'same-origin' },
  { Host: 'localhost.evil.example:8787' },
])('no page of another origin, nor one under a foreign name, does: %o', async (headers) => {
  const { ask } = await setUp();
  const response = await ask(headers);
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe(null);
  expect(await refusalOf(response)).toBe('403 FORBIDDEN');
});

test('elsewhere than on loopback the route does not exist', async () => {
  const { ask } = await setUp(false);
  expect(await refusalOf(await ask({}))).toBe('404 NOT_FOUND');
});

test('without development tokens it does not exist either', async () => {
  const { call } = await openTestServer();
  expect(await refusalOf(await call('POST', '/development/token', { app: 'notes', user: 'alice' }))).toBe('404 NOT_FOUND');
});

test('a wrong app, a wrong user, a form', async () => {
  const { ask } = await setUp();
  expect(await refusalOf(await ask({}, { app: 'other', user: 'alice' }))).toBe('404 NOT_FOUND');
  expect(await refusalOf(await ask({}, { app: 'notes', user: 'a\u0000' }))).toBe('400 BAD_REQUEST');
  expect(await refusalOf(await ask({}, { app: 'notes' }))).toBe('400 BAD_REQUEST');
  expect(await refusalOf(await ask({ 'Content-Type': 'text/plain' }))).toBe('415 UNSUPPORTED_MEDIA_TYPE');
});

test('loopback addresses', () => {
  expect(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'].every(isLoopbackHost)).toBe(true);
  expect(['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.0.0.1.example.com', 'localhost.', ''].some(isLoopbackHost)).toBe(false);
});
