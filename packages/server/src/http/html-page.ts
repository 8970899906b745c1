import { createHash } from 'node:crypto';
import { answerText } from './answer.ts';
import { setHeader } from './answer-headers.ts';
import type { HttpContext } from './context.ts';

/** A page that needs no other file: it runs its own script and style and no others, and talks to this server only. */
export interface HtmlPage {
  readonly html: string;
  readonly policy: string;
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** `body` is HTML; style and script stand in the page as they are, so neither may close its own element. */
export const htmlPage = (page: {
  readonly title: string;
  readonly style: string;
  readonly body: string;
  readonly script?: string;
}): HtmlPage => {
  const { title, style, body, script = '' } = page;
  const runs = script === '' ? '' : ` script-src ${hashOf(script)}; connect-src 'self';`;
  return {
    html:
      '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
      '<meta name="viewport" content="width=device-width">' +
      `<title>${title}</title><style>${style}</style></head>` +
      `<body>${body}${script === '' ? '' : `<script>${script}</script>`}</body></html>`,
    policy: `default-src 'none'; style-src ${hashOf(style)};${runs} base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
};

/** Answers the page, under its policy. */
export const answerHtml = (c: HttpContext, { html, policy }: HtmlPage): Promise<Response> => {
  setHeader(c, 'Content-Security-Policy', policy);
  return answerText(c, html, 200, 'text/html; charset=utf-8');
};
