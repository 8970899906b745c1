import type { Refusal, Result } from '@tidemark/protocol';
import { readForm } from '../../http/body.ts';
import type { HttpContext } from '../../http/context.ts';
import { changeEmail } from '../change-account.ts';
import { ONCE_PATHS } from '../once.ts';
import { resetPassword } from '../recover.ts';
import { verifyByToken } from '../verify-email.ts';
import type { AuthCall, AuthRoute } from './auth-route.ts';
import { answerPage, confirmForm, copyField, PASSWORD_INPUT, type Page } from './page.ts';

const TOKEN = /^[\w.-]{1,256}$/;

const unsound: Page = { title: 'This link is not whole', says: ['Open it again from the mail, or copy all of it.'] };

const tokenOf = (c: HttpContext): string | undefined => {
  const token = c.req.query('token');
  return token !== undefined && TOKEN.test(token) ? token : undefined;
};

// A page only asks: programs that follow every link of a mail use nothing up.
const page = (path: string, pageOf: (action: string, token: string) => Page): AuthRoute => ({
  method: 'GET',
  path,
  access: 'open',
  handle: async ({ c }) => {
    const token = tokenOf(c);
    // Relative, so that it works under every mount and behind a proxy that takes a prefix away.
    const action = `${path.slice(path.lastIndexOf('/') + 1)}/page`;
    return token === undefined ? answerPage(c, unsound, 400) : answerPage(c, pageOf(action, token));
  },
});

const refusedPage = (c: HttpContext, refusal: Refusal): Response => {
  c.set('code', refusal.code);
  const status = refusal.code === 'TOO_MANY_REQUESTS' ? 429 : refusal.code === 'PASSWORD_UNFIT' ? 422 : 400;
  return answerPage(c, { title: 'That did not work', says: [refusal.message] }, status);
};

/** What the button of a page does. */
const post = (path: string, act: (call: AuthCall, form: URLSearchParams) => Promise<Result<void>>, done: Page): AuthRoute => ({
  method: 'POST',
  path: `${path}/page`,
  access: 'open',
  handle: async (call) => {
    const form = await readForm(call.c);
    if (!form.ok) return refusedPage(call.c, form.error);
    const acted = await act(call, form.value);
    return acted.ok ? answerPage(call.c, done) : refusedPage(call.c, acted.error);
  },
});

const member = (form: URLSearchParams, name: string): string => form.get(name) ?? '';

const CLOSE = 'You can close this page and go back to the app.';

/** The pages of this server that links in mails lead to, where an app has none of its own. They work without scripts. */
export const linkPages: readonly AuthRoute[] = [
  page(ONCE_PATHS.verify, (action, token) => ({
    title: 'Confirm your e-mail address',
    says: ['Is this your address, and did you open the account?'],
    form: confirmForm(action, token, 'Yes, confirm'),
  })),
  post(ONCE_PATHS.verify, ({ context, caller }, form) => verifyByToken(context, member(form, 'token'), caller), {
    title: 'Address confirmed',
    says: [CLOSE],
  }),
  page(ONCE_PATHS.email, (action, token) => ({
    title: 'Confirm your new e-mail address',
    says: ['From then on your account has this address, and other devices sign in again.'],
    form: confirmForm(action, token, 'Yes, use it'),
  })),
  post(ONCE_PATHS.email, ({ context, caller }, form) => changeEmail(context, member(form, 'token'), caller), {
    title: 'Address changed',
    says: [CLOSE],
  }),
  page(ONCE_PATHS.reset, (action, token) => ({
    title: 'Choose a new password',
    says: ['With it you are signed out everywhere. Nothing that waits to be sent is lost.'],
    form: confirmForm(action, token, 'Set password', PASSWORD_INPUT),
  })),
  post(
    ONCE_PATHS.reset,
    ({ context, caller }, form) => resetPassword(context, { token: member(form, 'token'), password: member(form, 'password') }, caller),
    { title: 'Password set', says: ['Sign in with it in the app.'] },
  ),
  page(ONCE_PATHS.magic, (_, token) => ({
    title: 'Sign in',
    says: ['Copy this code into the app. It works once.'],
    form: copyField(token),
  })),
];
