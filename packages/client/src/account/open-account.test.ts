import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../store/memory-store.ts';
import { createAccountWorld, password } from './account-world.suite.ts';
import { createMemoryTokens, createStorageTokens } from './token-store.ts';

const MINUTE_MS = 60_000;
const isRefresh = ({ url }: { readonly url: string }): boolean => url.endsWith('/auth/refresh');
const lost = (): never => {
  throw new Error('connection reset');
};

describe('an account', () => {
  it('is registered, verified, signed in, told of and signed out', async () => {
    const world = await createAccountWorld();
    const account = await world.open();
    const told: string[] = [];
    account.onState(({ kind }) => told.push(kind));
    expect(account.state()).toEqual({ kind: 'signed out' });
    expect(await account.register({ email: 'ada@example.org', password })).toMatchObject({ ok: true });
    expect(await account.verifyEmail({ token: await world.mailed() })).toMatchObject({ ok: true });
    expect(await account.login('ada@example.org', 'wrong password')).toMatchObject({ ok: false, error: { code: 'CREDENTIALS_WRONG' } });
    expect(await account.login('ada@example.org', password)).toMatchObject({ ok: true, value: { kind: 'signed in' } });
    expect(account.state()).toMatchObject({ user: { email: 'ada@example.org' }, account: { issuer: 'tidemark' } });
    expect(await account.me()).toMatchObject({ ok: true });
    await account.logout();
    expect(told).toEqual(['signed in', 'signed out']);
    expect(await account.me()).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } });
  });

  it('is signed in by a mailed link, and by a new password after it was forgotten', async () => {
    const world = await createAccountWorld();
    const account = await world.signUp('ada@example.org');
    await account.logout();
    await account.requestMagicLink('ada@example.org');
    expect(await account.loginWithMagicLink(await world.mailed())).toMatchObject({ ok: true });
    await account.forgotPassword('ada@example.org');
    expect(await account.resetPassword(await world.mailed(), 'another long password')).toMatchObject({ ok: true });
    expect(await account.login('ada@example.org', 'another long password')).toMatchObject({ ok: true });
  });

  it('is signed out here also where the server cannot be reached, and its pending edits stay', async () => {
    const world = await createAccountWorld();
    const account = await world.signUp('ada@example.org');
    const client = await world.sync(account);
    world.onRequest = lost;
    await client.collection('notes').put({ title: 'a' }, 'a');
    await account.logout();
    await client.sync();
    expect(account.state().kind).toBe('signed out');
    expect(client.status()).toMatchObject({ state: 'signed out', pending: 1 });
    world.onRequest = () => undefined;
    await account.login('ada@example.org', password);
    client.signedIn();
    expect(await client.sync()).toMatchObject({ state: 'synced', pending: 0 });
  });

  it('is erased with all it has', async () => {
    const world = await createAccountWorld();
    const account = await world.signUp('ada@example.org');
    expect(await account.deleteAccount('wrong password')).toMatchObject({ ok: false });
    expect(account.state().kind).toBe('signed in');
    expect(await account.deleteAccount(password)).toMatchObject({ ok: true });
    expect(account.state().kind).toBe('signed out');
    expect(await account.login('ada@example.org', password)).toMatchObject({ ok: false });
  });
});

describe('its tokens', () => {
  it('are renewed once for all who ask at the same time, in all tabs', async () => {
    const world = await createAccountWorld();
    const tokens = createMemoryTokens();
    const accounts = [await world.signUp('ada@example.org', tokens), await world.open(tokens), await world.open(tokens)];
    const client = await world.sync(accounts[0] ?? lost());
    await client.sync();
    world.now += 11 * MINUTE_MS;
    world.requests.length = 0;
    const asked = await Promise.all([...accounts, ...accounts].map((account) => account.me()));
    expect(asked.every(({ ok }) => ok)).toBe(true);
    expect(world.requests.filter(isRefresh)).toHaveLength(1);
    expect(await client.sync()).toMatchObject({ state: 'synced' });
  });

  it('sign nobody out where two tabs without locks renew at the same time', async () => {
    const world = await createAccountWorld();
    const tokens = createMemoryTokens();
    await world.signUp('ada@example.org', tokens);
    const tabs = await Promise.all([1, 2, 3].map(() => world.open(tokens, false)));
    for (let round = 0; round < 20; round += 1) {
      world.now += 11 * MINUTE_MS;
      for (const answer of await Promise.all(tabs.map((tab) => tab.me()))) expect(answer).toMatchObject({ ok: true });
    }
    for (const tab of tabs) expect(tab.state().kind).toBe('signed in');
  });

  it('survive any number of lost answers', async () => {
    const world = await createAccountWorld();
    const account = await world.signUp('ada@example.org');
    for (let round = 0; round < 200; round += 1) {
      world.now += 11 * MINUTE_MS;
      let losses = round % 4;
      world.onAnswer = (request) => {
        if (isRefresh(request) && losses-- > 0) lost();
      };
      let answer = await account.me();
      while (!answer.ok && answer.error.code === 'UNAVAILABLE') answer = await account.me();
      expect(answer).toMatchObject({ ok: true });
    }
    expect(account.state().kind).toBe('signed in');
  });

  it('end when the server ends the session; the outbox waits for the next sign-in', async () => {
    const world = await createAccountWorld();
    const account = await world.signUp('ada@example.org');
    const client = await world.sync(account);
    await client.sync();
    const elsewhere = await world.open();
    await elsewhere.login('ada@example.org', password);
    await elsewhere.logoutEverywhere();
    world.now += 11 * MINUTE_MS;
    await client.collection('notes').put({ title: 'a' }, 'a');
    await client.sync();
    expect(client.status()).toMatchObject({ state: 'signed out', pending: 1 });
    expect(account.state().kind).toBe('signed out');
  });

  it('are kept in web storage for the next start', async () => {
    const world = await createAccountWorld();
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const before = await world.signUp('ada@example.org', createStorageTokens(storage));
    const after = await world.open(createStorageTokens(storage));
    expect(after.state()).toEqual(before.state());
    kept.set('tidemark:account', 'not JSON');
    expect((await world.open(createStorageTokens(storage))).state().kind).toBe('signed out');
  });
});

describe('somebody else who signs in on the same device', () => {
  it('during a sync uploads nothing of the first, and sees nothing of theirs', async () => {
    const world = await createAccountWorld();
    const tokens = createMemoryTokens();
    const account = await world.signUp('ada@example.org', tokens);
    const store = createMemoryStore(true);
    const first = await world.sync(account, store);
    await first.sync();
    await first.collection('notes').put({ title: 'of Ada' }, 'a');
    await first.sync();
    first.setOnline(false);
    await first.collection('notes').put({ title: 'pending of Ada' }, 'b');
    const bob = await world.signUp('bob@example.org', tokens);
    first.setOnline(true);
    await first.sync();
    expect(first.status()).toMatchObject({ state: 'signed out', pending: 1 });
    const second = await world.sync(bob);
    expect(await second.sync()).toMatchObject({ state: 'synced' });
    expect(second.collection('notes').list()).toEqual([]);
    await account.login('ada@example.org', password);
    first.signedIn();
    expect(await first.sync()).toMatchObject({ state: 'synced', pending: 0 });
    expect(first.collection('notes').list()).toHaveLength(2);
  });

  it('while something is asked for the first gets nothing of it done to their own account', async () => {
    const world = await createAccountWorld();
    const tokens = createMemoryTokens();
    const ada = await world.signUp('ada@example.org', tokens);
    const tokensOfBob = createMemoryTokens();
    const bob = await world.signUp('bob@example.org', tokensOfBob);
    const held = await tokensOfBob.read();
    const elsewhere = await world.open();
    await elsewhere.login('ada@example.org', password);
    await elsewhere.logoutEverywhere();
    for (const ask of [() => ada.logoutEverywhere(), () => ada.deleteAccount(password)]) {
      await tokens.write(null);
      await ada.login('ada@example.org', password);
      await elsewhere.login('ada@example.org', password);
      await elsewhere.logoutEverywhere();
      world.onAnswer = ({ method, url }) => {
        if (method !== 'GET' && /\/auth\/(logout-all|me)$/.test(url)) void tokens.write(held);
      };
      expect(await ask()).toMatchObject({ ok: false });
      world.onAnswer = () => undefined;
      expect((await tokens.read())?.accessToken).toBe(held?.accessToken);
      expect(await bob.me()).toMatchObject({ ok: true });
    }
  });
});
