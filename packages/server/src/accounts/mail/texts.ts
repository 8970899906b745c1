import { escapeHtml } from './html.ts';
import type { Mail } from './mail.ts';

/** What a mail is about, and what it needs to say it. */
export interface MailFacts {
  /** Leads on; absent where there is nothing to do. */
  readonly link?: string;
  /** Six digits, for typing in. */
  readonly code?: string;
  /** How long link and code are good for, in words. */
  readonly lasts?: string;
}

interface Words {
  readonly subject: string;
  readonly says: readonly string[];
  readonly button?: string;
  readonly closing: string;
}

const NOT_YOU = 'If this was not you, there is nothing to do: without the link nothing happens.';

/** Every mail that is ever sent. */
export const MAILS = {
  verify: {
    subject: 'Confirm your e-mail address',
    says: ['Please confirm that this address is yours.'],
    button: 'Confirm address',
    closing: 'If you did not open an account, do not confirm it.',
  },
  exists: {
    subject: 'You have an account already',
    says: ['Somebody, probably you, tried to open an account with this address. There is one already: sign in with it.'],
    closing: 'If you forgot the password, ask for a new one where you sign in. If this was not you, there is nothing to do.',
  },
  magic: { subject: 'Your sign-in link', says: ['This link signs you in, once.'], button: 'Sign in', closing: NOT_YOU },
  reset: {
    subject: 'Choose a new password',
    says: ['You asked for a new password. With it you are signed out everywhere.'],
    button: 'Choose a new password',
    closing: NOT_YOU,
  },
  email: {
    subject: 'Confirm your new e-mail address',
    says: ['Please confirm that your account shall use this address from now on.'],
    button: 'Confirm new address',
    closing: NOT_YOU,
  },
  changed: {
    subject: 'Your password or e-mail address was changed',
    says: ['The password or the e-mail address of your account was just changed.'],
    closing: 'If this was not you, ask for a new password at once: that signs everybody else out.',
  },
  reused: {
    subject: 'A session was ended for your safety',
    says: ['A sign-in token of yours was used twice, as if it had been copied. That session has been ended; sign in again.'],
    closing: 'If it happens again, change your password.',
  },
} as const satisfies { readonly [name: string]: Words };

export type MailName = keyof typeof MAILS;

const textOf = ({ says, closing }: Words, { link, code, lasts }: MailFacts): string =>
  [
    ...says,
    ...(link === undefined ? [] : [link]),
    ...(code === undefined ? [] : [`Or type in this code: ${code}`]),
    ...(lasts === undefined ? [] : [`Good for ${lasts}.`]),
    closing,
  ].join('\n\n');

const htmlOf = ({ subject, says, button, closing }: Words, { link, code, lasts }: MailFacts): string => {
  const paragraph = (html: string): string => `<p>${html}</p>`;
  const parts = [
    ...says.map((line) => paragraph(escapeHtml(line))),
    ...(link === undefined
      ? []
      : [paragraph(`<a href="${escapeHtml(link)}">${escapeHtml(button ?? link)}</a>`), paragraph(escapeHtml(link))]),
    ...(code === undefined ? [] : [paragraph(`Or type in this code: <strong>${escapeHtml(code)}</strong>`)]),
    ...(lasts === undefined ? [] : [paragraph(`Good for ${escapeHtml(lasts)}.`)]),
    paragraph(escapeHtml(closing)),
  ];
  const head = `<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>`;
  return `<!doctype html><html lang="en">${head}<body>${parts.join('')}</body></html>`;
};

export const writeMail = (name: MailName, to: string, facts: MailFacts): Mail => {
  const words: Words = MAILS[name];
  return { to, subject: words.subject, text: textOf(words, facts), html: htmlOf(words, facts) };
};
