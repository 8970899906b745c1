import { describe, expect, test } from 'vitest';
import { objectOf, refusalOf } from '../server.suite.ts';
import { openAccounts, PASSWORD, tokensOf } from './accounts.suite.ts';

const ANN = 'ann@example.com';
const OTHER = 'another password';
const HOUR_MS = 60 * 60 * 1000;

describe('verifying an address', () => {
  test('by link: looking at the page uses nothing up, its button does, and again is no fault', async () => {
    const { call, signUp, mailTo } = await openAccounts();
    const { accessToken } = await signUp();
    const { token, subject } = await mailTo(ANN);
    expect(subject).toBe('Confirm your e-mail address');
    const verified = async () => (await objectOf(await call('GET', '/auth/me', { token: accessToken }))).user;
    for (let i = 0; i < 3; i += 1) {
      const page = await call('GET', `/auth/verify-email?token=${token}`);
      expect(page.status).toBe(200);
      expect(page.headers.get('Referrer-Policy')).toBe('no-referrer');
      expect(page.headers.get('Cache-Control')).toBe('no-store');
      expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
      expect(await page.text()).toContain(`action="verify-email/page"`);
      expect((await call('HEAD', `/auth/verify-email?token=${token}`)).status).toBe(200);
    }
    expect(await verified()).toMatchObject({ emailVerified: false });
    expect((await call('POST', '/auth/verify-email', { body: { token } })).status).toBe(200);
    expect(await verified()).toMatchObject({ emailVerified: true });
    expect((await call('POST', '/auth/verify-email', { body: { token } })).status).toBe(200);
  });

  test('by the form of the page, under a mount too', async () => {
    const { server, call, signUp, mailTo } = await openAccounts();
    const { accessToken } = await signUp();
    const { token } = await mailTo(ANN);
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const post = (body: string) => server.app.request('/apps/notes/auth/verify-email/page', { method: 'POST', headers, body });
    const refused = await post('token=tmo_nonsense');
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('That did not work');
    expect(await (await post(`token=${token}`)).text()).toContain('Address confirmed');
    expect(await objectOf(await call('GET', '/auth/me', { token: accessToken }))).toMatchObject({ user: { emailVerified: true } });
  });

  test('by the six digits: five wrong ones end a code, and the link still works', async () => {
    const { call, signUp, mailTo } = await openAccounts();
    await signUp();
    const { code, token } = await mailTo(ANN);
    const tryIt = async (given: string, email = ANN) => {
      const answer = await call('POST', '/auth/verify-email', { body: { email, code: given } });
      return answer.status === 200 ? 'ok' : refusalOf(answer);
    };
    const wrong = code === '000000' ? '000001' : '000000';
    expect(await tryIt(code, 'nobody@example.com')).toBe('400 CODE_INVALID');
    for (let i = 0; i < 5; i += 1) expect(await tryIt(wrong)).toBe('400 CODE_INVALID');
    expect(await tryIt(code)).toBe('400 CODE_INVALID');
    await call('POST', '/auth/resend-verification', { body: { email: ANN } });
    expect(await tryIt((await mailTo(ANN)).code)).toBe('ok');
    expect((await call('POST', '/auth/verify-email', { body: { token } })).status).toBe(200);
  });

  test('of parallel guesses no more than five are looked at', async () => {
    const { call, signUp, mailTo, accounts } = await openAccounts();
    await signUp();
    const { code } = await mailTo(ANN);
    const guesses = Array.from({ length: 12 }, (_, i) => String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0'));
    await Promise.all(guesses.map((guess) => call('POST', '/auth/verify-email', { body: { email: ANN, code: guess } })));
    expect(await refusalOf(await call('POST', '/auth/verify-email', { body: { email: ANN, code } }))).toBe('400 CODE_INVALID');
    await accounts.context.post.settled();
  });

  test('links are over after 24 hours', async () => {
    const { call, signUp, mailTo, env } = await openAccounts();
    await signUp();
    const { token } = await mailTo(ANN);
    env.moveWall(24 * HOUR_MS + 1);
    expect(await refusalOf(await call('POST', '/auth/verify-email', { body: { token } }))).toBe('400 CODE_INVALID');
  });
});

describe('a magic link', () => {
  test('signs in once, and its address is verified by that', async () => {
    const { call, signUp, mailTo } = await openAccounts();
    await signUp();
    expect((await call('POST', '/auth/magic-link', { body: { email: ANN } })).status).toBe(202);
    const { token } = await mailTo(ANN);
    expect(await (await call('GET', `/auth/magic-link?token=${token}`)).text()).toContain(token);
    const tokens = await tokensOf(await call('POST', '/auth/magic-link/redeem', { body: { token } }));
    expect(tokens.user.emailVerified).toBe(true);
    expect(await refusalOf(await call('POST', '/auth/magic-link/redeem', { body: { token } }))).toBe('400 CODE_INVALID');
  });

  test('of ten that redeem it at once one is signed in', async () => {
    const { call, signUp, mailTo } = await openAccounts();
    await signUp();
    await call('POST', '/auth/magic-link', { body: { email: ANN } });
    const { token } = await mailTo(ANN);
    const answers = await Promise.all(Array.from({ length: 10 }, () => call('POST', '/auth/magic-link/redeem', { body: { token } })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test.each(['magic link', 'new password'])('puts out whoever had opened the account under that address: %s', async (way) => {
    const { call, signUp, mailTo } = await openAccounts();
    const stranger = await signUp();
    const token = stranger.accessToken;
    const made = await objectOf(await call('POST', '/auth/keys', { token, body: { name: 'left behind', scopes: ['read', 'write'] } }));
    const session = () => call('GET', '/apps/notes/sync/session', { token: String(made.key) });
    expect((await session()).status).toBe(200);
    if (way === 'magic link') {
      await call('POST', '/auth/magic-link', { body: { email: ANN } });
      const own = await tokensOf(await call('POST', '/auth/magic-link/redeem', { body: { token: (await mailTo(ANN)).token } }));
      expect((await call('GET', '/auth/me', { token: own.accessToken })).status).toBe(200);
    } else {
      await call('POST', '/auth/forgot-password', { body: { email: ANN } });
      const body = { token: (await mailTo(ANN)).token, password: OTHER };
      expect((await call('POST', '/auth/reset-password', { body })).status).toBe(200);
    }
    const { refreshToken } = stranger;
    expect(await refusalOf(await call('POST', '/auth/refresh', { body: { refreshToken } }))).toBe('401 SESSION_ENDED');
    expect((await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } })).status).toBe(401);
    expect((await session()).status).toBe(401);
  });

  test('is over after 15 minutes, and good for nothing else', async () => {
    const { call, signUp, mailTo, env } = await openAccounts();
    await signUp();
    await call('POST', '/auth/magic-link', { body: { email: ANN } });
    const { token } = await mailTo(ANN);
    expect(await refusalOf(await call('POST', '/auth/reset-password', { body: { token, password: OTHER } }))).toBe('400 CODE_INVALID');
    env.moveWall(15 * 60 * 1000 + 1);
    expect(await refusalOf(await call('POST', '/auth/magic-link/redeem', { body: { token } }))).toBe('400 CODE_INVALID');
  });
});

describe('a new password for one that was forgotten', () => {
  test('is set once, ends every session and every other link', async () => {
    const { call, signUp, mailTo } = await openAccounts();
    const before = await signUp();
    await call('POST', '/auth/magic-link', { body: { email: ANN } });
    const magic = await mailTo(ANN);
    await call('POST', '/auth/forgot-password', { body: { email: ANN } });
    const { token } = await mailTo(ANN);
    expect(await refusalOf(await call('POST', '/auth/reset-password', { body: { token, password: 'short' } }))).toBe('422 PASSWORD_UNFIT');
    expect((await call('POST', '/auth/reset-password', { body: { token, password: OTHER } })).status).toBe(200);
    expect(await refusalOf(await call('POST', '/auth/reset-password', { body: { token, password: PASSWORD } }))).toBe('400 CODE_INVALID');
    expect(await refusalOf(await call('POST', '/auth/magic-link/redeem', { body: { token: magic.token } }))).toBe('400 CODE_INVALID');
    expect(await refusalOf(await call('GET', '/auth/me', { token: before.accessToken }))).toBe('401 UNAUTHENTICATED');
    const { refreshToken } = before;
    expect(await refusalOf(await call('POST', '/auth/refresh', { body: { refreshToken } }))).toBe('401 SESSION_ENDED');
    expect((await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } })).status).toBe(401);
    expect((await call('POST', '/auth/login', { body: { email: ANN, password: OTHER } })).status).toBe(200);
    expect((await mailTo(ANN)).subject).toContain('was changed');
  });

  test('asks in the same words whether there is an account or not', async () => {
    const { call, signUp, mailbox, accounts } = await openAccounts();
    await signUp();
    const email = 'nobody@example.com';
    for (const route of ['forgot-password', 'magic-link', 'resend-verification']) {
      const answers = await Promise.all(
        [ANN, email].map(async (to) => {
          const answer = await call('POST', `/auth/${route}`, { body: { email: to }, headers: { 'X-Correlation-Id': 'same' } });
          return { status: answer.status, headers: [...answer.headers], body: await answer.text() };
        }),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]?.status).toBe(202);
    }
    await accounts.context.post.settled();
    expect(mailbox.list().some(({ to }) => to === email)).toBe(false);
  });

  test('registering an address again changes nothing and tells its owner', async () => {
    const { call, signUp, mailTo } = await openAccounts();
    await signUp();
    const again = () => call('POST', '/auth/register', { body: { email: ANN, password: OTHER } });
    expect((await again()).status).toBe(202);
    const { token, subject } = await mailTo(ANN);
    expect(subject).toBe('Confirm your e-mail address');
    await call('POST', '/auth/verify-email', { body: { token } });
    expect((await again()).status).toBe(202);
    expect((await mailTo(ANN)).subject).toBe('You have an account already');
    expect((await call('POST', '/auth/login', { body: { email: ANN, password: OTHER } })).status).toBe(401);
    expect((await call('POST', '/auth/login', { body: { email: ANN, password: PASSWORD } })).status).toBe(200);
  });
});
