import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../server.suite.ts';
import { DAY_MS, openAccounts, type TestAccounts, tokensOf } from './accounts.suite.ts';
import { register } from './register.ts';
import { refresh } from './sessions.ts';
import { login } from './sign-in.ts';

const CALLER = { address: '192.0.2.7' };

/** A session of a fresh account, without HTTP between. Answers its first refresh token. */
const begin = async ({ accounts: { context } }: TestAccounts, email: string): Promise<string> => {
  const given = { email, password: 'correct horse battery' };
  await register(context, given, CALLER);
  const signedIn = await login(context, given, CALLER);
  if (!signedIn.ok) throw new Error(signedIn.error.message);
  return signedIn.value.refreshToken;
};

/** Exchanges a token; undefined where the session has ended. */
const exchange = async ({ accounts: { context } }: TestAccounts, token: string): Promise<string | undefined> => {
  const answer = await refresh(context, token, CALLER);
  if (!answer.ok) expect(answer.error.code).toBe('SESSION_ENDED');
  return answer.ok ? answer.value.refreshToken : undefined;
};

describe('an honest client', () => {
  test('is never signed out by lost answers: 10,000 of them', async () => {
    const server = await openAccounts();
    let lost = 0;
    let session = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6), { minLength: 100, maxLength: 160 }), async (losses) => {
        session += 1;
        let token = await begin(server, `ann${session}@example.com`);
        for (const times of losses) {
          for (let i = 0; i < times; i += 1) {
            expect(await exchange(server, token)).toBeDefined();
            lost += 1;
          }
          const next = await exchange(server, token);
          expect(next).toBeDefined();
          token = next ?? '';
        }
      }),
      { numRuns: 30 },
    );
    expect(lost).toBeGreaterThan(10_000);
  }, 120_000);

  test('may have several tabs ask at once: every answer is good, and the first that is used goes on', async () => {
    const server = await openAccounts();
    let token = await begin(server, 'ann@example.com');
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => exchange(server, token)));
      expect(answers).not.toContain(undefined);
      expect(new Set(answers).size).toBe(4);
      token = answers[round % 4] ?? '';
    }
  });

  test('is remembered for 60 days without a refresh, and 180 in all', async () => {
    const server = await openAccounts();
    const idle = await begin(server, 'idle@example.com');
    let busy = await begin(server, 'busy@example.com');
    server.env.moveWall(59 * DAY_MS);
    busy = (await exchange(server, busy)) ?? '';
    server.env.moveWall(2 * DAY_MS);
    expect(await exchange(server, idle)).toBe(undefined);
    for (let days = 61; days < 175; days += 50) {
      busy = (await exchange(server, busy)) ?? '';
      expect(busy).not.toBe('');
      server.env.moveWall(50 * DAY_MS);
    }
    expect(await exchange(server, busy)).toBe(undefined);
  });
});

describe('a server that was restored from a backup', () => {
  /** The items as they are now, put back over whatever they become. */
  const backUp = async ({ items }: TestAccounts) => {
    const kept = (await items.scan({ limit: 1_000 })).items;
    return async () => {
      for (const { owner, id, expiresAt, json } of kept) {
        const [now] = await items.read([{ owner, id }]);
        await items.write([{ kind: 'put', owner, id, expected: now?.revision ?? 0, expiresAt, json }]);
      }
    };
  };

  test('signs nobody out who refreshed since, lost answers or not', async () => {
    const server = await openAccounts();
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.array(fc.nat(2), { maxLength: 6 }), fc.uuid(), async (before, losses, name) => {
        let token = await begin(server, `${name}@example.com`);
        for (let i = 0; i < before; i += 1) token = (await exchange(server, token)) ?? '';
        for (let i = 0; i < before % 3; i += 1) await exchange(server, token);
        const restore = await backUp(server);
        for (const times of losses) {
          for (let i = 0; i < times; i += 1) await exchange(server, token);
          token = (await exchange(server, token)) ?? '';
        }
        await restore();
        for (let i = 0; i < 4; i += 1) {
          expect(await exchange(server, token)).toBeDefined();
          token = (await exchange(server, token)) ?? '';
          expect(token).not.toBe('');
        }
      }),
      { numRuns: 40 },
    );
  });

  test('still ends a family that two hold', async () => {
    const server = await openAccounts();
    const first = await begin(server, 'ann@example.com');
    const restore = await backUp(server);
    const stolen = (await exchange(server, (await exchange(server, first)) ?? '')) ?? '';
    await restore();
    const owner = await exchange(server, stolen);
    const thief = await exchange(server, stolen);
    expect([owner, thief]).not.toContain(undefined);
    expect(await exchange(server, owner ?? '')).toBeDefined();
    expect(await exchange(server, thief ?? '')).toBe(undefined);
    expect(await exchange(server, owner ?? '')).toBe(undefined);
  });
});

describe('a stolen token', () => {
  /** Both have the same token and go on, each from what it got last. True: it was the thief's turn. */
  const orders = fc.array(fc.boolean(), { minLength: 4, maxLength: 12 }).filter((turns) => turns.includes(true) && turns.includes(false));

  test('ends its family in every order, by the second use of whoever comes second', async () => {
    const server = await openAccounts();
    let session = 0;
    await fc.assert(
      fc.asyncProperty(orders, fc.nat(3), async (turns, before) => {
        session += 1;
        let stolen = await begin(server, `ann${session}@example.com`);
        for (let i = 0; i < before; i += 1) stolen = (await exchange(server, stolen)) ?? '';
        const held = { thief: stolen, owner: stolen };
        const uses = { thief: 0, owner: 0 };
        let dead = false;
        for (const isThief of turns) {
          const who = isThief ? 'thief' : 'owner';
          const next = await exchange(server, held[who]);
          uses[who] += 1;
          if (next === undefined) dead = true;
          else held[who] = next;
          expect(dead && next !== undefined, 'nothing of a dead family is good').toBe(false);
          if (uses.thief >= 2 && uses.owner >= 2) expect(dead, `${turns}`).toBe(true);
        }
        const [thief, owner] = [await exchange(server, held.thief), await exchange(server, held.owner)];
        const last = [await exchange(server, thief ?? held.thief), await exchange(server, owner ?? held.owner)];
        expect(last).toEqual([undefined, undefined]);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test.each([
    ['owner, owner, thief', ['owner', 'owner', 'thief']],
    ['thief, thief, owner', ['thief', 'thief', 'owner']],
    ['owner, thief, owner, thief', ['owner', 'thief', 'owner', 'thief']],
    ['owner, thief, thief, owner', ['owner', 'thief', 'thief', 'owner']],
    ['thief, owner, thief, owner', ['thief', 'owner', 'thief', 'owner']],
    ['thief, owner, owner, thief', ['thief', 'owner', 'owner', 'thief']],
  ] as const)('%s: the family is dead, its access tokens with it, the owner is told', async (_, turns) => {
    const server = await openAccounts();
    const { refreshToken: stolen, accessToken } = await server.signUp();
    const held = { thief: stolen, owner: stolen };
    const answers: (string | undefined)[] = [];
    for (const who of turns) {
      const next = await exchange(server, held[who]);
      answers.push(next);
      if (next !== undefined) held[who] = next;
    }
    expect(answers.at(-1)).toBe(undefined);
    expect(await refusalOf(await server.call('GET', '/auth/me', { token: accessToken }))).toBe('401 UNAUTHENTICATED');
    expect((await server.mailTo('ann@example.com')).subject).toBe('A session was ended for your safety');
    const again = await server.signUp();
    const events = await (await server.call('GET', '/auth/events', { token: again.accessToken })).text();
    expect(events.match(/refresh_reused/g)).toHaveLength(1);
  });
});

test('who copied the whole database can make no token out of it', async () => {
  const server = await openAccounts();
  const { refreshToken } = await server.signUp();
  const { items } = await server.items.scan({ limit: 100 });
  const row: { tagKey?: string } = JSON.parse(items.find(({ id }) => id.startsWith('family/'))?.json ?? '{}');
  const [account = '', family = ''] = refreshToken.slice('tmr_'.length).split('.');
  const random = (characters: number) => 'x'.repeat(characters);
  for (const generation of [2, 999_999]) {
    for (const secret of [random(43), random(43 + 22), refreshToken.split('.')[3]?.slice(0, 43 + 22) ?? '']) {
      const signed = `${family}.${generation}.${secret}`;
      const tag = createHmac('sha256', row.tagKey ?? '')
        .update(signed)
        .digest('base64url')
        .slice(0, 22);
      const made = `tmr_${account}.${signed}${tag}`;
      expect(await refusalOf(await server.call('POST', '/auth/refresh', { body: { refreshToken: made } }))).toBe('401 SESSION_ENDED');
    }
  }
  expect((await server.call('POST', '/auth/refresh', { body: { refreshToken } })).status).toBe(200);
});

test('a made-up token of a real session is refused and ends nothing', async () => {
  const server = await openAccounts();
  const { refreshToken } = await server.signUp();
  const ending = refreshToken.endsWith('A') ? 'B' : 'A';
  for (const made of [
    `${refreshToken.slice(0, -1)}${ending}`,
    refreshToken.slice(0, -22),
    `${refreshToken}A`,
    '',
    'tmr_',
    'x'.repeat(200),
  ]) {
    expect(await refusalOf(await server.call('POST', '/auth/refresh', { body: { refreshToken: made } }))).toBe('401 SESSION_ENDED');
  }
  expect((await server.call('POST', '/auth/refresh', { body: { refreshToken } })).status).toBe(200);
});

test('a session that does not rotate keeps its refresh token', async () => {
  const { accounts, call } = await openAccounts();
  const given = { email: 'ann@example.com', password: 'correct horse battery' };
  await register(accounts.context, given, CALLER);
  const signedIn = await login(accounts.context, given, CALLER, { rotates: false, accessTokenMs: 3_600_000 });
  if (!signedIn.ok) throw new Error(signedIn.error.message);
  for (let i = 0; i < 3; i += 1) {
    const { refreshToken } = signedIn.value;
    const again = await tokensOf(await call('POST', '/auth/refresh', { body: { refreshToken } }));
    expect(again).toMatchObject({ refreshToken, expiresIn: 3600 });
  }
});

test('of refreshes at the same moment on one token none is lost to another', async () => {
  const server = await openAccounts();
  const token = await begin(server, 'ann@example.com');
  const answers = await Promise.all(Array.from({ length: 16 }, () => exchange(server, token)));
  for (const answer of answers) expect(answer).toBeDefined();
});
