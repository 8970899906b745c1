import { expect, test } from 'vitest';
import { MAILS, type MailName, writeMail } from './texts.ts';

const NAMES = Object.keys(MAILS).filter((name): name is MailName => name in MAILS);

test.each(NAMES)('%s says the same in plain text and in HTML', (name) => {
  const facts = { link: 'https://sync.example/auth/x?token=abc&a=1', code: '012345', lasts: 'one hour' };
  const mail = writeMail(name, 'ann@example.com', facts);
  const plain = mail.html
    .replace(/<title>.*<\/title>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'");
  for (const line of [facts.link, facts.code, facts.lasts, ...MAILS[name].says, MAILS[name].closing]) {
    expect(mail.text).toContain(line);
    expect(plain).toContain(line);
  }
  expect(mail.subject).toMatch(/^[^\r\n]{5,80}$/);
  expect(mail.html).not.toMatch(/<(script|img|style|link)\b/i);
});

test('what a mail is given cannot become markup', () => {
  const { html } = writeMail('verify', 'ann@example.com', { link: 'https://x.example/"><script>alert(1)</script>', code: '<b>' });
  expect(html).not.toContain('<script>');
  expect(html).not.toContain('<b>');
});
