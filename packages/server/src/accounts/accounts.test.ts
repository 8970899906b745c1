import { describe, expect, test } from 'vitest';
import { objectOf, pushOf, put, refusalOf } from '../server.suite.ts';
import { openAccounts, PASSWORD, tokensOf } from './accounts.suite.ts';

const ANN = 'ann@example.com';
const login = (email = ANN, password = PASSWORD) => ({ body: { email, password } });

describe('registering and signing in', () => {
  test('an account is opened without tokens, signs in, syncs under every mount, and refreshes', async () => {
    const { call } = await openAccounts();
    const registered = await call('POST', '/apps/notes/auth/register', {
      body: { email: ' Ann@Example.COM ', password: PASSWORD, firstName: 'Ann' },
    });
    expect(registered.status).toBe(202);
    expect(await objectOf(registered)).toEqual({ status: 'accepted' });
    const tokens = await tokensOf(await call('POST', '/auth/login', login()));
    expect(tokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 600, user: { email: ANN, emailVerified: false, firstName: 'Ann' } });
    const me = await call('GET', '/apps/lists/auth/me', { token: tokens.accessToken });
    expect(await objectOf(me)).toEqual({ user: tokens.user });
    const pushed = await call('POST', '/apps/notes/sync/push', { token: tokens.accessToken, body: pushOf([put(1, 'a')]) });
    expect(pushed.status).toBe(200);
    const session = await objectOf(await call('GET', '/apps/notes/sync/session', { token: tokens.accessToken }));
    expect(session).toMatchObject({ issuer: 'tidemark', subject: tokens.user.id, latestVersion: 1 });
    const again = await tokensOf(await call('POST', '/auth/refresh', { body: { refreshToken: tokens.refreshToken } }));
    expect(again.refreshToken).not.toBe(tokens.refreshToken);
    expect((await call('GET', '/auth/me', { token: again.accessToken })).status).toBe(200);
  });

  test.each([
    ['no address', { email: 'ann', password: PASSWORD }, '400 BAD_REQUEST'],
    ['a line break in the address', { email: 'ann@example.com\r\nBcc: x@y.zz', password: PASSWORD }, '400 BAD_REQUEST'],
    ['a short password', { email: ANN, password: 'seven77' }, '422 PASSWORD_UNFIT'],
    ['a long password', { email: ANN, password: 'x'.repeat(257) }, '422 PASSWORD_UNFIT'],
    ['half a surrogate pair', { email: ANN, password: 'password\ud800' }, '422 PASSWORD_UNFIT'],
    ['an unknown member', { email: ANN, password: PASSWORD, role: 'admin' }, '400 BAD_REQUEST'],
  ])('refuses %s', async (_, body, refusal) => {
    const { call } = await openAccounts();
    expect(await refusalOf(await call('POST', '/auth/register', { body }))).toBe(refusal);
  });

  test('passwords are compared as people see them', async () => {
    const { call } = await openAccounts();
    await call('POST', '/auth/register', { body: { email: ANN, password: 'caf\u00e9 cr\u00e8me' } });
    expect((await call('POST', '/auth/login', login(ANN, 'cafe\u0301 cre\u0300me'))).status).toBe(200);
  });

  test('a wrong password and an unknown address cannot be told apart', async () => {
    const { call, signUp } = await openAccounts();
    await signUp();
    const answers = await Promise.all(
      [login(ANN, 'wrong password'), login('nobody@example.com'), login(ANN, 'short'), login('not an address')].map(async (given) => {
        const answer = await call('POST', '/auth/login', { ...given, headers: { 'X-Correlation-Id': 'same' } });
        return { status: answer.status, headers: [...answer.headers], body: await answer.text() };
      }),
    );
    expect(answers[0]).toMatchObject({ status: 401 });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});
