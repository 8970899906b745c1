import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTestServer, refusalOf, temporaryFolder } from '../server.suite.ts';

const setUp = async () => {
  const folder = temporaryFolder();
  const files = join(folder, 'page');
  mkdirSync(join(files, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(files, '.env'), 'secret');
  writeFileSync(join(files, 'index.html'), '<!doctype html><title>Tidemark</title>');
  writeFileSync(join(files, 'assets', 'main-abc123.js'), `export const text = '${'x'.repeat(3_000)}';`);
  return openTestServer({ staticFiles: files });
};

test('the page is asked for again each time and carries its policy', async () => {
  const { server } = await setUp();
  const response = await server.app.request('/');
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('Tidemark');
  expect(response.headers.get('Cache-Control')).toBe('no-cache');
  expect(response.headers.get('Content-Type')).toContain('text/html');
  const policy = response.headers.get('Content-Security-Policy');
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("style-src 'self' 'unsafe-inline'");
  expect(policy).toContain("frame-ancestors 'self'");
  expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(response.headers.get('X-Frame-Options')).toBe('SAMEORIGIN');
  expect(response.headers.get('Referrer-Policy')).toBe('no-referrer');
  expect(response.headers.get('X-Correlation-Id')).toMatch(/./);
});

test('assets with a hash in their name are kept for ever and come compressed', async () => {
  const { server } = await setUp();
  const response = await server.app.request('/assets/main-abc123.js', { headers: { 'Accept-Encoding': 'gzip' } });
  expect(response.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
  expect(response.headers.get('Content-Type')).toContain('javascript');
  expect(response.headers.get('Content-Encoding')).toBe('gzip');
});

test.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
  '/..%5csecret.txt',
  '/.env',
  '/%2eenv',
  '/secret.txt',
  '/index.html%00.js',
  '/%zz',
  '/nothing.js',
  '/assets',
])('there is nothing at %s', async (path) => {
  const { server } = await setUp();
  expect(await refusalOf(await server.app.request(path))).toBe('404 NOT_FOUND');
});

test('the apps answer before the page', async () => {
  const { call } = await setUp();
  expect((await call('GET', '/apps/notes/sync/session')).headers.get('Content-Type')).toBe('application/json');
  expect(await refusalOf(await call('POST', '/'))).toBe('404 NOT_FOUND');
});

test('a folder without a page is no page', async () => {
  const { server } = await openTestServer({ staticFiles: temporaryFolder() });
  expect(await refusalOf(await server.app.request('/'))).toBe('404 NOT_FOUND');
});
