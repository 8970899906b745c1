import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freshFolder, serve, tidemark } from './platform/tidemark-process.ts';

const PASSWORD = 'correct horse battery';
const MIB = 1024 * 1024;

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const post = (url: string, path: string, body: object, from = '192.0.2.1'): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
    body: JSON.stringify(body),
  });

const tokensOf = async (response: Response): Promise<Tokens> => {
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const tokens: Tokens = await response.json();
  return tokens;
};

const signUp = async (url: string, email: string): Promise<Tokens> => {
  expect((await post(url, '/auth/register', { email, password: PASSWORD })).status).toBe(202);
  return tokensOf(await post(url, '/auth/login', { email, password: PASSWORD }));
};

interface Mails {
  readonly mails: readonly { readonly to: string; readonly text: string }[];
}

test('an account lives through kill -9, rotated signing keys and a new process; its keys come from the command', async () => {
  const data = await freshFolder();
  const email = 'ann@example.com';
  const first = await serve(['--data', data]);
  const tokens = await signUp(first.url, email);
  const mails: Mails = await (await fetch(`${first.url}/dev/mail.json`)).json();
  const token = /token=(\S+)/.exec(mails.mails.find(({ to }) => to === email)?.text ?? '')?.[1] ?? '';
  expect((await post(first.url, '/auth/verify-email', { token })).status).toBe(200);
  expect(await tidemark(['keys', 'rotate', '--data', data])).toMatchObject({ code: 0 });
  const refreshed = await tokensOf(await post(first.url, '/auth/refresh', { refreshToken: tokens.refreshToken }));
  await first.end('SIGKILL');

  const account = ['--data', data, '--email', email];
  const made = await tidemark(['key', 'create', ...account, '--name', 'backup', '--scopes', 'read', '--days', '3']);
  expect(made).toMatchObject({ code: 0 });
  const key = made.stdout.trim();
  const keyId = key.split('_')[2] ?? '';
  const rotated = await tidemark(['key', 'rotate', keyId, ...account]);
  expect((await tidemark(['key', 'revoke', keyId, ...account])).code).toBe(0);
  expect((await tidemark(['key', 'revoke', keyId, ...account])).code).toBe(2);
  const listed = await tidemark(['key', 'list', ...account]);
  expect(listed.stdout).toContain('read  every app  expires ');
  expect(listed.stdout).not.toContain(keyId);
  expect(await tidemark(['key', 'list', '--data', data, '--email', 'nobody@example.com'])).toMatchObject({ code: 2 });

  const second = await serve(['--data', data]);
  const ask = async (path: string, bearer: string) =>
    (await fetch(`${second.url}${path}`, { headers: { authorization: `Bearer ${bearer}` } })).status;
  expect(await ask('/auth/me', refreshed.accessToken)).toBe(200);
  expect(await ask('/apps/time-tracker/sync/session', rotated.stdout.trim())).toBe(200);
  expect(await ask('/apps/time-tracker/sync/session', key)).toBe(401);
  const again = await tokensOf(await post(second.url, '/auth/refresh', { refreshToken: tokens.refreshToken }));
  expect(await ask('/auth/me', again.accessToken)).toBe(200);
  expect((await second.end('SIGTERM')).code).toBe(0);
});

const percentile = (numbers: readonly number[], share: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * share)] ?? 0;

/** Asks for the health again and again while `work` goes on; milliseconds of each. */
const healthWhile = async (url: string, work: Promise<unknown>): Promise<readonly number[]> => {
  let going = true;
  const done = work.finally(() => {
    going = false;
  });
  const times: number[] = [];
  while (going) {
    const start = performance.now();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    times.push(performance.now() - start);
  }
  await done;
  return times;
};

const residentBytes = async (url: string): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
};

test('100 sign-ins at once: memory stays under 400 MB, health under 50 ms, and those sent away hear when to come back', async () => {
  const { url, end } = await serve(['--data', await freshFolder()], { variables: { TIDEMARK_TRUSTED_PROXIES: '1' } });
  await signUp(url, 'ann@example.com');
  const resident: number[] = [];
  const health: number[] = [];
  const statuses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const crowd = Array.from({ length: 100 }, async (_, i) => {
      const email = i % 2 === 0 ? 'ann@example.com' : `nobody${round}-${i}@example.com`;
      // Each from an address of its own: else the limits would send most of them away before any is hashed.
      const given = { email, password: i % 10 === 0 ? PASSWORD : 'wrong password' };
      const answer = await post(url, '/auth/login', given, `198.51.${round}.${i}`);
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      if (i % 10 === 0) resident.push(await residentBytes(url));
      statuses.push(answer.status);
    });
    health.push(...(await healthWhile(url, Promise.all(crowd))));
  }
  const peak = Math.max(...resident);
  const [median, p95] = [percentile(health, 0.5), percentile(health, 0.95)];
  console.log(`${statuses.filter((status) => status === 429).length} of ${statuses.length} sent away; ${Math.round(peak / MIB)} MiB; `);
  console.log(`health ${median.toFixed(1)} ms median, ${p95.toFixed(1)} ms p95, ${Math.max(...health).toFixed(1)} ms at most`);
  expect(new Set(statuses).has(429)).toBe(true);
  expect(statuses.every((status) => [200, 401, 429].includes(status))).toBe(true);
  expect(peak).toBeLessThan(400 * MIB);
  expect(p95).toBeLessThan(50);
  expect((await end('SIGTERM')).code).toBe(0);
});

test('a process that only syncs does not load the hash function', async () => {
  const server = new URL('../../packages/server/dist/index.js', import.meta.url);
  const program = `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(server.href)});
    const hasArgon2 = () => Object.keys(require.cache).some((name) => name.includes('argon2'));
    const server = await import(${JSON.stringify(server.href)});
    const before = hasArgon2();
    require('@node-rs/argon2');
    console.log(JSON.stringify([typeof server.createServer, before, hasArgon2()]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(JSON.parse(stdout)).toEqual(['function', false, true]);
});
