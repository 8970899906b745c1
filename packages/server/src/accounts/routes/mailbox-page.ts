import { answerJson } from '../../http/answer.ts';
import type { HttpApp } from '../../http/context.ts';
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
  http.get('/dev/mail', (c) => {
    if (!isLoopback()) return c.notFound();
    c.set('route', '/dev/mail');
    const mails = mailbox.list();
    const says = mails.length === 0 ? ['No mail yet. Register, or ask for a link.'] : [];
    return answerPage(c, { title: 'Mailbox', says, form: mails.map(articleOf).join('') });
  });
  http.get('/dev/mail.json', (c) => {
    if (!isLoopback()) return c.notFound();
    c.set('route', '/dev/mail.json');
    return answerJson(c, { mails: mailbox.list() });
  });
};
