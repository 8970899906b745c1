import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTestEnv, objectOf, refusalOf, temporaryFolder, unwrap } from '../server.suite.ts';
import { openAccounts, PASSWORD, TEST_COST, tokensOf } from './accounts.suite.ts';
import { createHashSlots } from './hash-slots.ts';
import { openSigningKeys, rotateSigningKeys, SIGNING_KEYS_FILE } from './key-file.ts';
import { DEFAULT_ALLOWANCES } from './limits.ts';
import { createArgon2 } from './platform/argon2.ts';
import { callerOf } from './routes/caller.ts';

const ANN = 'ann@example.com';

describe('limits come before any hashing', () => {
  const counted = () => {
    let hashes = 0;
    const real = createArgon2();
    const argon2 = {
      hash: (...args: Parameters<typeof real.hash>) => {
        hashes += 1;
        return real.hash(...args);
      },
      verify: (...args: Parameters<typeof real.verify>) => {
        hashes += 1;
        return real.verify(...args);
      },
    };
    return { argon2, hashes: () => hashes };
  };

  test('the eleventh sign-in of an address from one place is refused, the same for one that has no account', async () => {
    const { argon2, hashes } = counted();
    const { call, signUp } = await openAccounts({ argon2, allowances: DEFAULT_ALLOWANCES });
    await signUp();
    const attempt = async (email: string, address = '192.0.2.7') =>
      call('POST', '/auth/login', { body: { email, password: 'wrong password' }, headers: { 'X-Forwarded-For': address } });
    for (const email of [ANN, 'nobody@example.com']) {
      for (let i = 0; i < 10; i += 1) expect((await attempt(email)).status).toBe(401);
      const before = hashes();
      const refused = await attempt(email, '198.51.100.9');
      expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
      expect(await refusalOf(refused)).toBe('429 TOO_MANY_REQUESTS');
      expect(hashes()).toBe(before);
    }
  });

  test('a right password gives the attempts back', async () => {
    const { call, signUp } = await openAccounts({ allowances: DEFAULT_ALLOWANCES });
    await signUp();
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 9; i += 1) await call('POST', '/auth/login', { body: { email: ANN, password: 'wrong password' } });
      expect((await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } })).status).toBe(200);
    }
  });

  test('a session that has just begun cannot have passwords hashed or mails sent without end', async () => {
    const { argon2, hashes } = counted();
    const { call, signUp } = await openAccounts({ argon2, allowances: DEFAULT_ALLOWANCES });
    const { accessToken: token } = await signUp();
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      statuses.push((await call('POST', '/auth/change-email', { token, body: { email: `new${i}@example.com` } })).status);
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202, 202, 429, 429]);
    const before = hashes();
    for (let i = 0; i < 4; i += 1) {
      const refused = (await call('POST', '/auth/change-password', { token, body: { newPassword: PASSWORD } })).status === 429;
      expect(refused).toBe(i >= 2);
    }
    expect(hashes() - before).toBe(2);
  });

  test('mails to one address are few', async () => {
    const { call } = await openAccounts({ allowances: DEFAULT_ALLOWANCES });
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1) statuses.push((await call('POST', '/auth/forgot-password', { body: { email: ANN } })).status);
    expect(statuses).toEqual([202, 202, 202, 202, 202, 202, 429, 429]);
  });

  test('a crowd is sent away instead of being hashed at once', async () => {
    const { call, signUp } = await openAccounts({ hashing: { parallel: 2, waitingMax: 3 } });
    await signUp();
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(5);
    expect((await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } })).status).toBe(200);
  });
});

test('a hash that fails leaves its slot', async () => {
  const slots = createHashSlots({ parallel: 1, waitingMax: 4 });
  const failing = slots.run(() => Promise.reject(new Error('broken')));
  const next = slots.run(async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toEqual({ ok: true, value: 'done' });
});

test('a hash that fails once fails no sign-in after it', async () => {
  const argon2 = createArgon2();
  let broken = false;
  const hash: typeof argon2.hash = (...args) => (broken ? Promise.reject(new Error('no memory')) : argon2.hash(...args));
  const { call } = await openAccounts({ argon2: { ...argon2, hash } });
  const signIn = async () => (await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } })).status;
  broken = true;
  expect(await signIn()).toBe(500);
  broken = false;
  expect(await signIn()).toBe(401);
});

test('a password is hashed again when its cost is no longer that of today', async () => {
  const first = await openAccounts();
  await first.signUp();
  const second = await openAccounts({ storage: first.items, hashCost: { memoryKib: 512, passes: 2 } });
  const signIn = () => second.call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } });
  expect((await signIn()).status).toBe(200);
  const stored = JSON.stringify(await first.items.scan({ limit: 100 }));
  expect(stored).toContain('m=512,t=2,p=1');
  expect(stored).not.toContain('m=256,t=1');
  expect((await signIn()).status).toBe(200);
});

test('an address without an account costs the time of one that has one, at every route that takes an address', async () => {
  const { call, signUp, env, accounts } = await openAccounts({ hashCost: { memoryKib: 4 * 1024, passes: 1 } });
  await signUp();
  const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
  let registered = 0;
  const newcomer = (): string => {
    registered += 1;
    return `new${registered}@example.com`;
  };
  const routes: readonly (readonly [string, (email: string) => object])[] = [
    ['register', (email) => ({ email: email === ANN ? ANN : newcomer(), password: 'a password of theirs' })],
    ['login', (email) => ({ email, password: 'wrong password' })],
    ['forgot-password', (email) => ({ email })],
    ['magic-link', (email) => ({ email })],
    ['resend-verification', (email) => ({ email })],
  ];
  for (const [route, bodyOf] of routes) {
    const times: { readonly known: number[]; readonly unknown: number[] } = { known: [], unknown: [] };
    for (let i = 0; i < 400; i += 1) {
      const kind = i % 2 === 0 ? 'known' : 'unknown';
      const body = bodyOf(kind === 'known' ? ANN : 'nobody@example.com');
      const start = env.mono();
      await call('POST', `/auth/${route}`, { body });
      times[kind].push(env.mono() - start);
    }
    expect(Math.abs(median(times.known) - median(times.unknown)), route).toBeLessThan(3);
  }
  await accounts.context.post.settled();
}, 120_000);

describe('signing keys', () => {
  test('are made once, for their owner only, and a broken file is never replaced', async () => {
    const folder = temporaryFolder();
    const env = createTestEnv();
    const made = await unwrap(await openSigningKeys(folder, env)).current();
    expect((await unwrap(await openSigningKeys(folder, env, 'RS256')).current()).kid).toBe(made.kid);
    expect(readdirSync(folder)).toEqual([SIGNING_KEYS_FILE]);
    const file = join(folder, SIGNING_KEYS_FILE);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const text of ['', '{', '{"keys":[]}', '{"keys":[{"kid":"a","alg":"HS256","jwk":{}}]}']) {
      writeFileSync(file, text);
      expect(await openSigningKeys(folder, env)).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
      expect(await rotateSigningKeys(folder, env)).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });

  test.each(['EdDSA', 'RS256'] as const)(
    '%s: others verify by the JWKS; a rotation beside the server ends no session',
    async (algorithm) => {
      const folder = temporaryFolder();
      const env = createTestEnv();
      let mono = 0;
      const signingKeys = unwrap(await openSigningKeys(folder, { ...env, mono: () => mono }, algorithm));
      const { call, signUp } = await openAccounts({ signingKeys });
      const { accessToken } = await signUp();
      const jwks = async (): Promise<{ keys: Record<string, string>[] }> => (await call('GET', '/.well-known/jwks.json')).json();
      const [published] = (await jwks()).keys;
      expect(Object.keys(published ?? {}).some((member) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(member))).toBe(false);
      const { payload, protectedHeader } = await jwtVerify(accessToken, await importJWK(published ?? {}, algorithm));
      expect(protectedHeader).toMatchObject({ alg: algorithm, kid: published?.kid, typ: 'at+jwt' });
      expect(payload).toMatchObject({ iss: 'tidemark', aud: 'tidemark' });
      const rotated = unwrap(await rotateSigningKeys(folder, env));
      mono += 60_000;
      expect((await call('GET', '/auth/me', { token: accessToken })).status).toBe(200);
      const again = await tokensOf(await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } }));
      expect(decodeProtectedHeader(again.accessToken).kid).toBe(rotated.kid);
      expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([rotated.kid, published?.kid]);
      unwrap(await rotateSigningKeys(folder, env));
      mono += 60_000;
      expect((await jwks()).keys).toHaveLength(2);
      expect((await call('GET', '/auth/me', { token: again.accessToken })).status).toBe(200);
    },
  );

  test('a token of ours is good for ten minutes, for its audience, and with its own claims only', async () => {
    const folder = temporaryFolder();
    const signingKeys = unwrap(await openSigningKeys(folder, createTestEnv()));
    const { call, signUp, env } = await openAccounts({ signingKeys });
    const { accessToken } = await signUp();
    const key = await signingKeys.current();
    const claims = decodeJwt(accessToken);
    const sign = async (more: object, header: object = {}) =>
      new SignJWT({ ...claims, ...more })
        .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'at+jwt', ...header })
        .sign(await importJWK(key.jwk, 'EdDSA'));
    const ask = async (token: string) => (await call('GET', '/auth/me', { token })).status;
    expect(await ask(await sign({}))).toBe(200);
    for (const wrong of [
      { aud: 'other' },
      { iss: 'other' },
      { exp: undefined },
      { sid: undefined },
      { sid: 'x' },
      { sub: 'x' },
      { iat: undefined },
    ]) {
      expect(await ask(await sign(wrong)), JSON.stringify(wrong)).toBe(401);
    }
    for (const header of [{ kid: 'other' }, { typ: 'JWT' }, { kid: undefined }]) expect(await ask(await sign({}, header))).toBe(401);
    env.moveWall(10 * 60 * 1000 + 1_000);
    expect(await ask(accessToken)).toBe(401);
  });
});

test('where a request comes from: the connection, or what our own proxies say', () => {
  const from = (peerAddress: string, forwarded: string | undefined, proxies: number) => {
    const headers: { [name: string]: string | undefined } = { 'X-Forwarded-For': forwarded };
    return callerOf({ env: { peerAddress }, header: (name) => headers[name] }, proxies);
  };
  expect(from('192.0.2.7', '203.0.113.9', 0)).toEqual({ address: '192.0.2.7', network: '192.0.2.0/24' });
  expect(from('10.0.0.1', 'spoofed, 203.0.113.9', 1)).toEqual({ address: '203.0.113.9', network: '203.0.113.0/24' });
  expect(from('10.0.0.1', '198.51.100.1, 203.0.113.9, 10.0.0.2', 2).address).toBe('203.0.113.9');
  expect(from('10.0.0.1', 'nonsense', 1).address).toBe('10.0.0.1');
  expect(from('::ffff:192.0.2.7', undefined, 0).address).toBe('192.0.2.7');
  expect(from('2001:db8:1:2:3:4:5:6', undefined, 0)).toEqual({ address: '2001:db8:1:2', network: '2001:db8:1::/48' });
  expect(from('2001:0DB8:1:2::1', undefined, 0).address).toBe('2001:db8:1:2');
  expect(from('::1', undefined, 0).address).toBe('0:0:0:0');
});

test('a mail that cannot be sent is logged without its content, and fails no request', async () => {
  const failing = { send: () => Promise.reject(new Error(`refused for ${ANN}`)), close: async () => {} };
  const { call, env, accounts } = await openAccounts({ mailer: failing, hashCost: TEST_COST });
  onTestFinished(() => env.fireTimers());
  expect((await call('POST', '/auth/register', { body: { email: ANN, password: PASSWORD } })).status).toBe(202);
  const settled = accounts.context.post.settled();
  let waiting = true;
  void settled.then(() => {
    waiting = false;
  });
  while (waiting) {
    env.fireTimers();
    await new Promise<void>((resolve) => void queueMicrotask(resolve));
  }
  expect(await objectOf(await call('GET', '/healthz'))).toEqual({ status: 'ok' });
});
