import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { createSmtpMailer } from './platform/smtp.ts';
import { writeMail } from './texts.ts';

/** What one conversation of a mail server (RFC 5321, no extension) was told. */
const openMailServer = async (): Promise<{ readonly port: number; readonly told: string[] }> => {
  const told: string[] = [];
  const converse = async (socket: Socket): Promise<void> => {
    socket.write('220 here\r\n');
    let inData = false;
    for await (const line of createInterface({ input: socket })) {
      told.push(line);
      if (inData && line !== '.') continue;
      const wasData = inData;
      inData = line.toUpperCase() === 'DATA';
      socket.write(inData ? '354 go on\r\n' : wasData || !line.startsWith('QUIT') ? '250 ok\r\n' : '221 bye\r\n');
    }
  };
  const server = createServer((socket) => void converse(socket).catch(() => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, told };
};

test('a mail goes out by SMTP with a plain and an HTML part', async () => {
  const { port, told } = await openMailServer();
  const mailer = createSmtpMailer({ url: `smtp://127.0.0.1:${port}`, from: 'Tidemark <mail@example.com>' });
  onTestFinished(() => mailer.close());
  await mailer.send(
    writeMail('verify', 'ann@example.com', { link: 'https://sync.example/x?token=abc', code: '012345', lasts: '24 hours' }),
  );
  const text = told.join('\n');
  expect(text).toContain('RCPT TO:<ann@example.com>');
  expect(text).toContain('From: Tidemark <mail@example.com>');
  expect(text).toMatch(/Content-Type: text\/plain[\s\S]*012345[\s\S]*Content-Type: text\/html[\s\S]*012345/);
});

test('a server that does not speak TLS where it was asked for gets nothing, and one that is not there is a fault', async () => {
  const { port } = await openMailServer();
  const mail = writeMail('exists', 'ann@example.com', {});
  const nobody = createSmtpMailer({ url: 'smtp://127.0.0.1:1', from: 'a@example.com' });
  await expect(nobody.send(mail)).rejects.toThrow();
  const wantsTls = createSmtpMailer({ url: `smtps://127.0.0.1:${port}`, from: 'a@example.com' });
  await expect(wantsTls.send(mail)).rejects.toThrow();
});
