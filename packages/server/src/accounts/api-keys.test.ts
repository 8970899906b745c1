import { describe, expect, test } from 'vitest';
import type { Identity } from '../identity/identity.ts';
import { pushOf, put, refusalOf } from '../server.suite.ts';
import { DAY_MS, openAccounts, type TestAccounts } from './accounts.suite.ts';
import { keyIdOf, newApiKey, newKeyId } from './api-key-format.ts';
import { secureRandomBytes } from './platform/random-bytes.ts';

interface Made {
  readonly key: string;
  readonly view: { readonly id: string; readonly expiresAt: number | null; readonly usedAt: number | null };
}

const open = async (): Promise<TestAccounts & { readonly token: string; readonly make: (body?: object) => Promise<Made> }> => {
  const server = await openAccounts();
  const { accessToken: token } = await server.signUp();
  const make = async (body: object = {}): Promise<Made> => {
    const answer = await server.call('POST', '/auth/keys', { token, body: { name: 'backup', scopes: ['read', 'write'], ...body } });
    if (answer.status !== 200) throw new Error(await answer.text());
    return answer.json();
  };
  return { ...server, token, make };
};

test('a key is found by its checksum, and only whole', () => {
  for (let i = 0; i < 200; i += 1) {
    const keyId = newKeyId(secureRandomBytes);
    const key = newApiKey(keyId, secureRandomBytes);
    expect(key).toMatch(/^tm_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    expect(keyIdOf(key)).toBe(keyId);
    const place = i % key.length;
    const changed = `${key.slice(0, place)}${key[place] === 'x' ? 'y' : 'x'}${key.slice(place + 1)}`;
    expect(keyIdOf(changed)).toBe(undefined);
    expect(keyIdOf(key.slice(0, -1))).toBe(undefined);
  }
});

describe('an API key', () => {
  test('opens what its account has, by either header; it is shown once and stored as a hash', async () => {
    const { call, token, make, items } = await open();
    const { key, view } = await make();
    await call('POST', '/apps/notes/sync/push', { token, body: pushOf([put(1, 'a')]) });
    const byBearer = await call('POST', '/apps/notes/sync/pull', { token: key, body: { clientId: 'script' } });
    expect(await byBearer.text()).toContain('note a');
    const byHeader = await call('POST', '/apps/notes/sync/pull', { headers: { 'X-Api-Key': key }, body: { clientId: 'script' } });
    expect(byHeader.status).toBe(200);
    const listed = await (await call('GET', '/auth/keys', { token })).text();
    expect(listed).toContain(view.id);
    expect(listed).not.toContain('secretHash');
    expect(JSON.stringify(await items.scan({ limit: 100 }))).not.toContain(key.split('_')[3]);
  });

  test("says which of its account's keys it is, and a session says none", async () => {
    const { accounts, token, make } = await open();
    const [one, other] = [await make(), await make()];
    const keyIdOfCaller = async (identity: Identity, credential: string) => {
      const principal = await identity.authenticate({ authorization: `Bearer ${credential}`, app: 'notes' });
      return principal.ok ? principal.value.keyId : principal.error.code;
    };
    expect(await keyIdOfCaller(accounts.apiKeys, one.key)).toBe(one.view.id);
    expect(await keyIdOfCaller(accounts.apiKeys, other.key)).toBe(other.view.id);
    expect(await keyIdOfCaller(accounts.identity, token)).toBe(undefined);
  });

  test('does only what its scopes say, in its app, and never anything to the account', async () => {
    const { call, make } = await open();
    const reading = (await make({ scopes: ['read'], app: 'notes' })).key;
    expect((await call('POST', '/apps/notes/sync/pull', { token: reading, body: { clientId: 'script' } })).status).toBe(200);
    expect(await refusalOf(await call('POST', '/apps/notes/sync/push', { token: reading, body: pushOf([put(1, 'a')]) }))).toBe(
      '403 FORBIDDEN',
    );
    expect(await refusalOf(await call('POST', '/apps/lists/sync/pull', { token: reading, body: { clientId: 's' } }))).toBe('403 FORBIDDEN');
    for (const [method, path] of [
      ['GET', '/auth/me'],
      ['GET', '/auth/keys'],
      ['GET', '/auth/events'],
      ['DELETE', '/auth/me'],
    ] as const) {
      expect(await refusalOf(await call(method, path, { token: reading }))).toBe('401 UNAUTHENTICATED');
    }
  });

  test('ends by its time, when it is revoked, and with its account', async () => {
    const { call, token, make, env } = await open();
    const pull = async (key: string) => (await call('POST', '/apps/notes/sync/pull', { token: key, body: { clientId: 's' } })).status;
    const short = await make({ expiresAt: Math.floor(env.wall()) + 60_000 });
    const revoked = await make();
    const last = await make();
    expect([await pull(short.key), await pull(revoked.key), await pull(last.key)]).toEqual([200, 200, 200]);
    env.moveWall(60_001);
    await call('DELETE', `/auth/keys/${revoked.view.id}`, { token });
    expect([await pull(short.key), await pull(revoked.key), await pull(last.key)]).toEqual([401, 401, 200]);
    await call('DELETE', '/auth/me', { token });
    expect(await pull(last.key)).toBe(401);
  });

  test('is rotated with a day in which both are good', async () => {
    const { call, token, make, env } = await open();
    const old = await make();
    const rotate = () => call('POST', `/auth/keys/${old.view.id}/rotate`, { token });
    const next: Made = await (await rotate()).json();
    expect(await refusalOf(await rotate())).toBe('403 FORBIDDEN');
    const pull = async (key: string) => (await call('POST', '/apps/notes/sync/pull', { token: key, body: { clientId: 's' } })).status;
    expect([await pull(old.key), await pull(next.key)]).toEqual([200, 200]);
    env.moveWall(DAY_MS + 1);
    expect([await pull(old.key), await pull(next.key)]).toEqual([401, 200]);
  });

  test('belongs to nobody else: a foreign and a made-up id cannot be told apart', async () => {
    const { call, make, signUp } = await open();
    const { view } = await make();
    const stranger = (await signUp('bert@example.com')).accessToken;
    const answers = await Promise.all(
      [view.id, 'x'.repeat(12), '../..'].map(async (id) => {
        const headers = { 'X-Correlation-Id': 'same' };
        const answer = await call('DELETE', `/auth/keys/${encodeURIComponent(id)}`, { token: stranger, headers });
        return [answer.status, await answer.text()];
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test('is one of 20 at most', async () => {
    const { call, token, make } = await open();
    for (let i = 0; i < 20; i += 1) await make();
    const answer = await call('POST', '/auth/keys', { token, body: { name: 'k', scopes: ['read'] } });
    expect(await refusalOf(answer)).toBe('403 FORBIDDEN');
  });

  test('is rotated no further than its owner is shown', async () => {
    const { call, token, make } = await open();
    let { view } = await make();
    let made = 1;
    for (; made < 60; made += 1) {
      const answer = await call('POST', `/auth/keys/${view.id}/rotate`, { token });
      if (answer.status !== 200) break;
      const next: Made = await answer.json();
      view = next.view;
    }
    const listed: { keys: { id: string }[] } = await (await call('GET', '/auth/keys', { token })).json();
    expect(made).toBe(40);
    expect(listed.keys).toHaveLength(made);
    expect(listed.keys.map(({ id }) => id)).toContain(view.id);
  });

  test('expires at a time that can be told', async () => {
    const { call, token } = await open();
    const body = { name: 'k', scopes: ['read'], expiresAt: Number.MAX_SAFE_INTEGER };
    expect(await refusalOf(await call('POST', '/auth/keys', { token, body }))).toBe('400 BAD_REQUEST');
  });

  test('notes its last use once an hour', async () => {
    const { call, make, items, env } = await open();
    const { key, view } = await make();
    const pull = () => call('POST', '/apps/notes/sync/pull', { token: key, body: { clientId: 's' } });
    const revision = async () =>
      (await items.scan({ limit: 100 })).items.find(({ id, owner }) => id === `key/${view.id}` && owner.startsWith('account/'))?.revision;
    for (let i = 0; i < 5; i += 1) await pull();
    expect(await revision()).toBe(2);
    env.moveWall(60 * 60 * 1000);
    await pull();
    expect(await revision()).toBe(3);
  });
});
