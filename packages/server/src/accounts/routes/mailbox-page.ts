import { answerJson } from '../../http/answer.ts';
import type { HttpApp, HttpContext } from '../../http/context.ts';
import { isLoopbackHost } from '../../identity/development-route.ts';
import { escapeHtml } from '../mail/html.ts';
import type { KeptMail, Mailbox } from '../mail/mailbox.ts';
import { answerPage } from './page.ts';

const articleOf = ({ id, to, subject, text }: KeptMail): string => {
  const body = escapeHtml(text).replace(/https?:\/\/[^\s<]+/g, (link) => `<a href="${link}">${link}</a>`);
  const lines = body.replaceAll('\n', '<br>');
  return `<article id="mail-${id}"><h2>${escapeHtml(subject)}</h2><p>To ${escapeHtml(to)}</p><p>${lines}</p></article>`;
};

/**
 * GET /dev/mail and /dev/mail.json: the mails that were not sent, newest first. Only for development: whoever reads
 * them can sign in as anybody. They exist only where `isLoopback` holds.
 */
export const mountMailbox = (http: HttpApp, mailbox: Mailbox, isLoopback: () => boolean): void => {
  // A foreign host name is how DNS rebinding looks: a website that has this machine's address for its own.
  const isLocal = (c: HttpContext): boolean => {
    const host = c.req.header('Host') ?? new URL(c.req.url).host;
    return isLoopback() && isLoopbackHost(host.replace(/:\d+$/, ''));
  };
  http.get('/dev/mail', (c) => {
    if (!isLocal(c)) return c.notFound();
    c.set('route', '/dev/mail');
    const mails = mailbox.list();
    const says = mails.length === 0 ? ['No mail yet. Register, or ask for a link.'] : [];
    return answerPage(c, { title: 'Mailbox', says, form: mails.map(articleOf).join('') });
  });
  http.get('/dev/mail.json', (c) => {
    if (!isLocal(c)) return c.notFound();
    c.set('route', '/dev/mail.json');
    return answerJson(c, { mails: mailbox.list() });
  });
};
