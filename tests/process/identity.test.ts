import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SessionAnswer } from '@tidemark/protocol/messages';
import { describe, expect, test } from 'vitest';
import { callerOf, success } from './platform/http.ts';
import { freshFolder, noteSecret, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';

const CONFIG_TS = `
import type { Config } from '@tidemark/server';

export default {
  identities: { google: { kind: 'local', port: 0, like: { kind: 'google', clientIds: ['web'] } } },
  apps: {
    'time-tracker': { identities: ['google', 'accounts', 'api-keys'] },
    'task-tracker': { identities: ['development', 'accounts'], requireVerifiedEmail: true },
    weekday: { identities: ['google'], requireVerifiedEmail: true },
  },
  cors: { origins: ['https://app.example'] },
} satisfies Config;
`;

const post = async <T>(url: string, body: object, token?: string): Promise<{ readonly status: number; readonly body: T }> => {
  const headers = { 'Content-Type': 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const read: T = await answer.json();
  return { status: answer.status, body: read };
};

const configured = async (name: string, text: string) => {
  const cwd = await freshFolder();
  await writeFile(join(cwd, name), text);
  return { cwd, data: join(cwd, 'data') };
};

const localIssuer = (stderr: string): string =>
  /signs tokens for whoever asks at (http:\/\/127\.0\.0\.1:\d+)\/token/.exec(stderr)?.[1] ?? '';

describe('a configuration', () => {
  test('in TypeScript says who may use which app, and which websites', async () => {
    const { cwd, data } = await configured('tidemark.config.ts', CONFIG_TS);
    const server = await serve(['--data', data], { cwd });
    const issued = await post<{ token: string }>(`${localIssuer(server.written().stderr)}/token`, { sub: 'singer' });
    noteSecret(issued.body.token);
    const timer = callerOf(server.url, issued.body.token);
    expect(success(await timer.get<SessionAnswer>('/sync/session'))).toMatchObject({ subject: 'singer' });
    expect(await callerOf(server.url, issued.body.token, '/apps/task-tracker').get('/sync/session')).toMatchObject({ status: 401 });
    const developer = await tokenOf(data, 'demo', 'task-tracker');
    // Whoever runs the server vouches for whom they give such a token.
    expect(await callerOf(server.url, developer, '/apps/task-tracker').get('/sync/session')).toMatchObject({ status: 200 });
    for (const emailVerified of [true, false]) {
      const person = { sub: 'walker', email: 'walker@example.com', emailVerified };
      const { token } = (await post<{ token: string }>(`${localIssuer(server.written().stderr)}/token`, person)).body;
      noteSecret(token);
      const answer = await callerOf(server.url, token, '/apps/weekday').get('/sync/session');
      if (emailVerified) expect(answer).toMatchObject({ status: 200 });
      else expect(answer).toMatchObject({ status: 403, body: { error: { code: 'EMAIL_NOT_VERIFIED' } } });
    }
    const origin = async (from: string) =>
      (await fetch(`${server.url}/apps/time-tracker/sync/session`, { headers: { Origin: from } })).headers.get(
        'Access-Control-Allow-Origin',
      );
    expect([await origin('https://app.example'), await origin('https://evil.example')]).toEqual(['https://app.example', null]);
  });

  test('like that of the docs is sound in production', async () => {
    const config = fileURLToPath(new URL('../../docs/examples/tidemark.config.ts', import.meta.url));
    const server = await serve(['--data', await freshFolder(), '--config', config], { variables: { NODE_ENV: 'production' } });
    const health = await fetch(`${server.url}/healthz`);
    expect([health.status, health.headers.get('Strict-Transport-Security')]).toEqual([200, 'max-age=31536000; includeSubDomains']);
    for (const path of ['/dev/mail', '/dev/mail.json']) expect((await fetch(server.url + path)).status).toBe(404);
    expect((await fetch(`${server.url}/development/token`, { method: 'POST' })).status).toBe(404);
  });

  test.each([
    ['tidemark.config.json', '{"mails":1,"limits":{"connections":0}}', ['mails: there is no such setting', 'limits.connections: ']],
    ['tidemark.config.mjs', 'export default { publicUrl: "sync.example" }', ['publicUrl: must be an address']],
    ['tidemark.config.ts', 'export const config: object = {};', ['exports no configuration']],
    ['tidemark.config.js', 'export default {', ['cannot be read']],
  ])('that is not sound is refused at the start, each place by its name: %s', async (name, text, sentences) => {
    const { cwd, data } = await configured(name, text);
    const { code, stderr } = await tidemark(['serve', '--port', '0', '--data', data], { cwd });
    expect(code).toBe(2);
    for (const sentence of sentences) expect(stderr).toContain(sentence);
  });

  test('with a local issuer is refused by production, as is one of the environment that is not sound', async () => {
    const { cwd, data } = await configured('tidemark.config.ts', CONFIG_TS);
    const variables = { NODE_ENV: 'production' };
    const refused = await tidemark(['serve', '--port', '0', '--data', data], { cwd, variables });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('a local issuer signs for whoever asks') });
    const wrong = { TIDEMARK_PII_KEYS: 'hunter2' };
    const other = await tidemark(['serve', '--port', '0', '--data', data], { cwd, variables: wrong });
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('TIDEMARK_PII_KEYS: ') });
    expect(other.stderr).not.toContain('hunter2');
  });
});

test('a server that logs everything writes none of the secrets it was given or gave away', async () => {
  const data = await freshFolder();
  const server = await serve(['--data', data, '--log-level', 'debug']);
  const secrets = ['correct horse battery', 'wrong horse battery', 'ann@example.com'];
  const credentials = { email: 'ann@example.com', password: 'correct horse battery' };
  await post(`${server.url}/auth/register`, credentials);
  await post(`${server.url}/auth/login`, { ...credentials, password: 'wrong horse battery' });
  const { body: first } = await post<{ accessToken: string; refreshToken: string }>(`${server.url}/auth/login`, credentials);
  const { body: second } = await post<{ accessToken: string; refreshToken: string }>(`${server.url}/auth/refresh`, {
    refreshToken: first.refreshToken,
  });
  await post(`${server.url}/auth/refresh`, { refreshToken: `${second.refreshToken}x` });
  const key = await post<{ key: string }>(`${server.url}/auth/keys`, { name: 'k', scopes: ['read'] }, second.accessToken);
  const mails: { mails: readonly { text: string }[] } = JSON.parse(await (await fetch(`${server.url}/dev/mail.json`)).text());
  const links = mails.mails.flatMap(({ text }) => [...text.matchAll(/token=(\S+)/g)].map((found) => found[1] ?? ''));
  for (const link of links) await fetch(`${server.url}/auth/verify-email?token=${link}`);
  for (const { accessToken, refreshToken } of [first, second]) secrets.push(accessToken, refreshToken);
  secrets.push(key.body.key, ...links, await tokenOf(data, 'demo'));
  for (const secret of secrets) {
    noteSecret(secret);
    await callerOf(server.url, encodeURIComponent(secret)).get('/sync/session');
    await callerOf(server.url, `${encodeURIComponent(secret).slice(0, -1)}x`).get('/sync/session');
    await fetch(`${server.url}/nothing/${encodeURIComponent(secret)}?token=${encodeURIComponent(secret)}`);
  }
  expect(secrets.length).toBeGreaterThan(9);
  const { stdout, stderr } = await server.end('SIGTERM');
  expect(stdout).toContain('"reason"');
  for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
});
