import type { Mail, Mailer } from './mail.ts';

const KEPT_MAX = 200;

/** A mail that was not sent anywhere. */
export interface KeptMail extends Mail {
  readonly id: number;
  /** Wall clock, milliseconds. */
  readonly at: number;
}

/** Keeps mails in memory instead of sending them: for development and tests. */
export interface Mailbox extends Mailer {
  /** Newest first. */
  list(): readonly KeptMail[];
}

export const createMailbox = (env: { wall(): number }): Mailbox => {
  let mails: KeptMail[] = [];
  let id = 0;
  return {
    send: async (mail) => {
      id += 1;
      mails = [{ ...mail, id, at: env.wall() }, ...mails].slice(0, KEPT_MAX);
    },
    list: () => mails,
    close: async () => {},
  };
};
