import type { Mailer } from '../mail.ts';

/** A mail server, and whom mails are from. */
export interface SmtpSettings {
  /** `smtp://user:password@host:587` or `smtps://…:465`. Amazon SES by its SMTP endpoint is one. */
  readonly url: string;
  /** As in a From header: `Tidemark <mail@example.com>`. */
  readonly from: string;
}

const TIMEOUT_MS = 15_000;

/** The library is read when the first mail goes out: a server that sends none keeps its megabytes. */
const openTransport = async ({ protocol, hostname, port, username, password }: URL) => {
  const { createTransport } = await import('nodemailer');
  const secure = protocol === 'smtps:';
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(hostname);
  return createTransport({
    host: hostname,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !isHere,
    ignoreTLS: !secure && isHere,
    pool: true,
    maxConnections: 2,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  });
};

/** Sends by SMTP. To other machines only encrypted: a server that offers no TLS is refused unless it is on this one. */
export const createSmtpMailer = ({ url, from }: SmtpSettings): Mailer => {
  const address = new URL(url);
  let transport: ReturnType<typeof openTransport> | undefined;
  return {
    send: async (mail) => {
      transport ??= openTransport(address);
      await (await transport).sendMail({ from, ...mail });
    },
    close: async () => (await transport)?.close(),
  };
};
