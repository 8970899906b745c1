import { describe, expect, test } from 'vitest';
import { DAY_MS, openAccounts, PASSWORD, type TestAccounts } from './accounts.suite.ts';
import { createArgon2 } from './platform/argon2.ts';
import { resealAccounts } from './reseal.ts';

const BERT = 'bert@example.com';
const bytes = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const before = { id: 'before', key: bytes(1) };
const after = { id: 'after', key: bytes(2) };

const left = async ({ items }: TestAccounts): Promise<readonly string[]> =>
  (await items.scan({ limit: 100 })).items.map(({ owner, id }) => `${owner} ${id}`);

describe('a deleted account leaves nothing', () => {
  test('of a sign-in that was under way', async () => {
    const argon2 = createArgon2();
    let verifying = (): void => {};
    let release = (): void => {};
    let held = Promise.resolve();
    const verify: typeof argon2.verify = async (...args) => {
      verifying();
      await held;
      return argon2.verify(...args);
    };
    const slow = { ...argon2, verify };
    const server = await openAccounts({ argon2: slow });
    const { call, signUp, accounts, env } = server;
    const { accessToken } = await signUp();
    held = new Promise((resolve) => {
      release = resolve;
    });
    const begun = new Promise<void>((resolve) => {
      verifying = resolve;
    });
    const signingIn = call('POST', '/auth/login', { body: { email: 'ann@example.com', password: PASSWORD } });
    await begun;
    expect((await call('DELETE', '/auth/me', { token: accessToken })).status).toBe(200);
    release();
    await signingIn;
    expect((await left(server)).some((item) => item.startsWith('account/'))).toBe(true);
    env.moveWall(2 * DAY_MS);
    await accounts.jobs.run();
    expect(await left(server)).toEqual([]);
  });

  test('where its address is encrypted again at the same moment', async () => {
    for (let place = 1; ; place += 1) {
      const first = await openAccounts({ piiKeys: [before] });
      const { accessToken } = await first.signUp();
      const server = await openAccounts({
        storage: first.items,
        signingKeys: first.accounts.context.signingKeys,
        piiKeys: [after, before],
      });
      let points = 0;
      server.env.point = async () => {
        points += 1;
        if (points === place) await resealAccounts(server.accounts.context);
      };
      expect((await server.call('DELETE', '/auth/me', { token: accessToken })).status).toBe(200);
      server.env.point = () => {};
      server.env.moveWall(2 * DAY_MS);
      await server.accounts.jobs.run();
      expect(await left(server), `place ${place}`).toEqual([]);
      if (points < place) return;
    }
  });

  test('where the deletion of another one fails', async () => {
    const server = await openAccounts();
    const { call, signUp, accounts, env, items } = server;
    const tokens = [await signUp(), await signUp(BERT)];
    for (const { accessToken } of tokens) {
      let writes = 0;
      env.point = (name) => {
        if (name === 'accounts: before write') writes += 1;
        if (writes > 1) throw new Error('the process dies');
      };
      expect((await call('DELETE', '/auth/me', { token: accessToken })).status).toBe(500);
    }
    env.point = () => {};
    const [broken, other] = (await items.list('deletions', { prefix: '', limit: 2 })).map(({ id }) => `account/${id}`);
    const [account] = await items.read([{ owner: broken ?? '', id: 'account' }]);
    if (account === undefined) throw new Error('it is gone already');
    const json = JSON.stringify({ ...JSON.parse(account.json), email: { keyId: 'gone', text: '' } });
    await items.write([{ kind: 'put', owner: account.owner, id: 'account', expected: account.revision, expiresAt: null, json }]);
    env.moveWall(2 * DAY_MS);
    await accounts.jobs.run().catch(() => undefined);
    expect((await left(server)).filter((item) => item.startsWith(`${other} `))).toEqual([]);
    expect((await left(server)).filter((item) => item.startsWith('deletions '))).toHaveLength(1);
  });
});
