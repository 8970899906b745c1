import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { HttpEnv } from '../../http/context.ts';
import { createMailbox } from '../mail/mailbox.ts';
import { mountMailbox } from './mailbox-page.ts';

const open = async (loopback = true) => {
  const mailbox = createMailbox({ wall: () => 5 });
  const http = new Hono<HttpEnv>();
  mountMailbox(http, mailbox, () => loopback);
  await mailbox.send({ to: 'ann@example.com', subject: 'One <b>', text: 'first https://x.example/a?token=1&b=2\nline', html: '' });
  await mailbox.send({ to: 'bert@example.com', subject: 'Two', text: 'second', html: '' });
  return (path: string, host = 'localhost:8787') => http.request(`http://localhost:8787${path}`, { headers: { Host: host } });
};

test('kept mails are shown newest first, as text', async () => {
  const ask = await open();
  const mails: { mails: { id: number; to: string }[] } = await (await ask('/dev/mail.json')).json();
  expect(mails.mails.map(({ id, to }) => `${id} ${to}`)).toEqual(['2 bert@example.com', '1 ann@example.com']);
  const page = await (await ask('/dev/mail')).text();
  expect(page).toContain('One &lt;b&gt;');
  expect(page).toContain('<a href="https://x.example/a?token=1&amp;b=2">');
});

test('they are there for this machine only, under no foreign name', async () => {
  const local = await open();
  for (const path of ['/dev/mail', '/dev/mail.json']) {
    expect((await local(path, '127.0.0.1:8787')).status).toBe(200);
    expect((await local(path, 'evil.example:8787')).status).toBe(404);
    expect((await local(path, 'localhost.evil.example')).status).toBe(404);
    expect((await (await open(false))(path)).status).toBe(404);
  }
});
