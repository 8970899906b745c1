import { createHash } from 'node:crypto';
import { respond, setHeader } from '../../http/answer-headers.ts';
import type { HttpContext } from '../../http/context.ts';
import { escapeHtml } from '../mail/html.ts';

const STYLE = `body{font:1.125rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto 0;padding:0 1.5rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.25rem}
body{color:#1b1b1f;background:#fff}
button,input{font:inherit;padding:.5rem 1rem;border-radius:.5rem;border:1px solid #767680;box-sizing:border-box}
button{background:#1f4fd8;border-color:#1f4fd8;color:#fff;cursor:pointer}input{width:100%;margin:.25rem 0 1rem}
@media(prefers-color-scheme:dark){body{color:#e8e8ee;background:#16161a}input{background:#222228;color:inherit}}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

/** What one small page says. Texts are plain; `form` is HTML made by the functions below. */
export interface Page {
  readonly title: string;
  readonly says: readonly string[];
  readonly form?: string;
}

/** A form that posts the token to a path, with one button. Nothing happens before somebody presses it. */
export const confirmForm = (path: string, token: string, button: string, inputs = ''): string =>
  `<form method="post" action="${escapeHtml(path)}"><input type="hidden" name="token" value="${escapeHtml(token)}">${inputs}` +
  `<button>${escapeHtml(button)}</button></form>`;

/** A field in which a new password is typed. */
export const PASSWORD_INPUT =
  '<label>New password<input type="password" name="password" minlength="8" maxlength="256" required autocomplete="new-password"></label>';

/** A field to copy a token from. */
export const copyField = (token: string): string =>
  `<label>Sign-in code<input readonly value="${escapeHtml(token)}" aria-label="Sign-in code"></label>`;

/** Answers a page that nothing caches, frames or tells on: its address holds a token. */
export const answerPage = (c: HttpContext, { title, says, form = '' }: Page, status: 200 | 400 | 422 | 429 = 200): Response => {
  setHeader(c, 'Content-Type', 'text/html; charset=utf-8');
  setHeader(c, 'Cache-Control', 'no-store');
  setHeader(c, 'Content-Security-Policy', POLICY);
  const paragraphs = says.map((line) => `<p>${escapeHtml(line)}</p>`).join('');
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">`;
  return respond(
    c,
    `<!doctype html><html lang="en"><head>${head}<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>` +
      `<body><main><h1>${escapeHtml(title)}</h1>${paragraphs}${form}</main></body></html>`,
    status,
  );
};
