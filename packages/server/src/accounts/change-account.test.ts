import { describe, expect, test } from 'vitest';
import { objectOf, pushOf, put, refusalOf } from '../server.suite.ts';
import { DAY_MS, openAccounts, PASSWORD, tokensOf } from './accounts.suite.ts';
import { registerOpenly } from './register.ts';

const ANN = 'ann@example.com';
const BERT = 'bert@example.com';
const OTHER = 'another password';

describe('changing the password', () => {
  test('ends the other sessions, not this one', async () => {
    const { call, signUp } = await openAccounts();
    const here = await signUp();
    const there = await tokensOf(await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } }));
    const body = { password: PASSWORD, newPassword: OTHER };
    expect((await call('POST', '/auth/change-password', { token: here.accessToken, body })).status).toBe(200);
    expect((await call('GET', '/auth/me', { token: here.accessToken })).status).toBe(200);
    expect((await call('POST', '/auth/refresh', { body: { refreshToken: here.refreshToken } })).status).toBe(200);
    expect((await call('GET', '/auth/me', { token: there.accessToken })).status).toBe(401);
    expect((await call('POST', '/auth/login', { body: { email: ANN, password: OTHER } })).status).toBe(200);
  });

  test('asks for the password where the session is not fresh, and says no to a wrong one', async () => {
    const { call, signUp, env } = await openAccounts();
    const { accessToken } = await signUp();
    const change = async (password?: string) =>
      call('POST', '/auth/change-password', {
        token: accessToken,
        body: { newPassword: OTHER, ...(password === undefined ? {} : { password }) },
      });
    expect(await refusalOf(await change('wrong password'))).toBe('403 SIGN_IN_AGAIN');
    env.moveWall(9 * 60 * 1000);
    const { refreshToken } = await tokensOf(await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } }));
    env.moveWall(11 * 60 * 1000);
    const late = await tokensOf(await call('POST', '/auth/refresh', { body: { refreshToken } }));
    const answer = await call('POST', '/auth/change-password', { token: late.accessToken, body: { newPassword: OTHER } });
    expect(await refusalOf(answer)).toBe('403 SIGN_IN_AGAIN');
  });
});

describe('changing the address', () => {
  test('waits for the new one to be confirmed; then the old one is free', async () => {
    const { call, signUp, mailTo } = await openAccounts();
    const here = await signUp();
    const there = await tokensOf(await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } }));
    const body = { email: BERT, password: PASSWORD };
    expect((await call('POST', '/auth/change-email', { token: here.accessToken, body })).status).toBe(202);
    expect((await call('POST', '/auth/login', { body: { email: BERT, password: PASSWORD } })).status).toBe(401);
    const { token } = await mailTo(BERT);
    expect((await call('POST', '/auth/change-email/confirm', { body: { token } })).status).toBe(200);
    expect(await objectOf(await call('GET', '/auth/me', { token: here.accessToken }))).toMatchObject({
      user: { email: BERT, emailVerified: true },
    });
    expect((await call('GET', '/auth/me', { token: there.accessToken })).status).toBe(401);
    expect((await mailTo(ANN)).subject).toContain('was changed');
    expect((await call('POST', '/auth/login', { body: { email: BERT, password: PASSWORD } })).status).toBe(200);
    await call('POST', '/auth/register', { body: { email: ANN, password: OTHER } });
    expect((await call('POST', '/auth/login', { body: { email: ANN, password: OTHER } })).status).toBe(200);
  });

  test('to an address that has an account answers the same, and its owner hears of it', async () => {
    const { call, signUp, mailTo } = await openAccounts();
    await signUp(BERT);
    const { accessToken } = await signUp();
    const answer = await call('POST', '/auth/change-email', { token: accessToken, body: { email: BERT } });
    expect(answer.status).toBe(202);
    expect((await mailTo(BERT)).subject).toBe('You have an account already');
  });

  test('of two accounts that want one address one gets it', async () => {
    const { call, signUp, mailTo } = await openAccounts();
    const tokens: string[] = [];
    for (const email of [ANN, BERT]) {
      const { accessToken } = await signUp(email);
      await call('POST', '/auth/change-email', { token: accessToken, body: { email: 'new@example.com' } });
      tokens.push((await mailTo('new@example.com')).token);
    }
    const answers = await Promise.all(tokens.map((token) => call('POST', '/auth/change-email/confirm', { body: { token } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });
});

describe('signing out', () => {
  test('ends this session at once, by either token, and again is no fault', async () => {
    const { call, signUp } = await openAccounts();
    const first = await signUp();
    const second = await tokensOf(await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } }));
    for (let i = 0; i < 2; i += 1) expect((await call('POST', '/auth/logout', { token: first.accessToken })).status).toBe(200);
    expect((await call('GET', '/apps/notes/sync/session', { token: first.accessToken })).status).toBe(401);
    const { refreshToken } = second;
    for (let i = 0; i < 2; i += 1) expect((await call('POST', '/auth/logout', { body: { refreshToken } })).status).toBe(200);
    expect((await call('GET', '/auth/me', { token: second.accessToken })).status).toBe(401);
  });

  test('everywhere, or one session from another', async () => {
    const { call, signUp } = await openAccounts();
    const first = await signUp();
    const second = await tokensOf(await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } }));
    const stranger = await signUp(BERT);
    const listed: { sessions: { id: string; current: boolean }[] } = await (
      await call('GET', '/auth/sessions', { token: second.accessToken })
    ).json();
    expect(listed.sessions.map(({ current }) => current).sort()).toEqual([false, true]);
    const other = listed.sessions.find(({ current }) => !current)?.id ?? '';
    const end = (token: string, id: string) => call('DELETE', `/auth/sessions/${id}`, { token });
    expect(await refusalOf(await end(stranger.accessToken, other))).toBe('404 NOT_FOUND');
    expect(await refusalOf(await end(stranger.accessToken, 'nonsense'))).toBe('404 NOT_FOUND');
    expect((await end(second.accessToken, other)).status).toBe(200);
    expect((await call('GET', '/auth/me', { token: first.accessToken })).status).toBe(401);
    expect((await call('POST', '/auth/logout-all', { token: second.accessToken })).status).toBe(200);
    expect((await call('POST', '/auth/refresh', { body: { refreshToken: second.refreshToken } })).status).toBe(401);
    expect((await call('GET', '/auth/me', { token: stranger.accessToken })).status).toBe(200);
  });
});

test('however many sessions there are and were, those that stand are listed', async () => {
  const { call, signUp } = await openAccounts();
  const signIn = async () => tokensOf(await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } }));
  const { accessToken: token } = await signUp();
  for (let i = 0; i < 220; i += 1) {
    const { accessToken } = await signIn();
    if (i % 2 === 0) await call('POST', '/auth/logout', { token: accessToken });
  }
  const listed: { sessions: { current: boolean }[] } = await (await call('GET', '/auth/sessions', { token })).json();
  expect(listed.sessions).toHaveLength(111);
  expect(listed.sessions.filter(({ current }) => current)).toHaveLength(1);
});

test('the audit log tells its owner what happened, newest first, in pages', async () => {
  const { call, signUp } = await openAccounts();
  const { accessToken } = await signUp();
  await call('POST', '/auth/login', { body: { email: ANN, password: 'wrong password' }, headers: { 'User-Agent': 'evil/1\u00e9' } });
  await signUp(BERT);
  type Events = { events: { id: string; kind: string; from?: string; client?: string }[]; nextBefore?: string };
  const page = async (query: string): Promise<Events> => (await call('GET', `/auth/events${query}`, { token: accessToken })).json();
  const all = await page('');
  expect(all.events.map(({ kind }) => kind).sort()).toEqual(['registered', 'sign_in_refused', 'signed_in']);
  expect(all.events.find(({ kind }) => kind === 'sign_in_refused')).toMatchObject({ from: '192.0.2.0/24', client: 'evil/1' });
  const first = await page('?limit=2');
  const rest = await page(`?limit=2&before=${first.nextBefore}`);
  expect([...first.events, ...rest.events]).toEqual(all.events);
});

describe('deleting an account', () => {
  test('erases what it kept in every app, its keys and all of its rows, and frees the address', async () => {
    const { call, signUp, items, accounts, env } = await openAccounts();
    const { accessToken } = await signUp();
    for (const app of ['notes', 'lists']) {
      expect((await call('POST', `/apps/${app}/sync/push`, { token: accessToken, body: pushOf([put(1, 'a')]) })).status).toBe(200);
    }
    await call('POST', '/auth/keys', { token: accessToken, body: { name: 'k', scopes: ['read'] } });
    expect(await refusalOf(await call('DELETE', '/auth/me', { token: accessToken, body: { password: 'wrong password' } }))).toBe(
      '403 SIGN_IN_AGAIN',
    );
    expect((await call('DELETE', '/auth/me', { token: accessToken, body: { password: PASSWORD } })).status).toBe(200);
    expect(await refusalOf(await call('GET', '/auth/me', { token: accessToken }))).toBe('401 UNAUTHENTICATED');
    expect(await refusalOf(await call('POST', '/apps/notes/sync/push', { token: accessToken, body: pushOf([put(2, 'b')]) }))).toBe(
      '401 UNAUTHENTICATED',
    );
    env.moveWall(2 * DAY_MS);
    await accounts.jobs.run();
    expect((await items.scan({ limit: 100 })).items).toEqual([]);
    const again = await signUp();
    const session = await objectOf(await call('GET', '/apps/notes/sync/session', { token: again.accessToken }));
    expect(session).toMatchObject({ latestVersion: 0 });
  });

  test('goes on wherever it was cut off', async () => {
    for (let cut = 1; ; cut += 1) {
      const server = await openAccounts();
      const { call, signUp, items, accounts, env, storage } = server;
      const { accessToken } = await signUp();
      await call('POST', '/apps/notes/sync/push', { token: accessToken, body: pushOf([put(1, 'a')]) });
      await call('POST', '/auth/keys', { token: accessToken, body: { name: 'k', scopes: ['read'] } });
      let points = 0;
      env.point = (name) => {
        points += 1;
        if (points === cut) throw new Error(`the process dies at ${name}`);
      };
      const answer = await call('DELETE', '/auth/me', { token: accessToken, body: { password: PASSWORD } });
      env.point = () => {};
      const asked = (await items.list('deletions', { prefix: '', limit: 1 })).length > 0;
      if (asked) {
        env.moveWall(2 * DAY_MS);
        await accounts.jobs.run();
        expect((await items.scan({ limit: 100 })).items).toEqual([]);
        const keys = await storage.listSpaces({ app: 'notes', limit: 10 });
        for (const key of keys) expect((await storage.readSpace(key))?.head).toBe(0);
      } else {
        expect((await call('GET', '/auth/me', { token: accessToken })).status).toBe(200);
      }
      if (answer.status === 200) return;
    }
  });
});

test('an app that wants it so signs people in as they register, and says when an address is taken', async () => {
  const { accounts } = await openAccounts();
  const given = { email: ANN, password: PASSWORD };
  const first = await registerOpenly(accounts.context, given, { address: 'here' }, { rotates: false, accessTokenMs: 3_600_000 });
  expect(first).toMatchObject({ ok: true, value: { expiresIn: 3600, user: { email: ANN } } });
  const again = await registerOpenly(accounts.context, { ...given, password: OTHER }, { address: 'here' });
  expect(again).toMatchObject({ ok: false, error: { code: 'EMAIL_TAKEN' } });
});
