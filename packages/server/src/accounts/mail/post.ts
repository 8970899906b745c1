import type { Env } from '@tidemark/protocol';
import type { Logger } from '../../telemetry/logger.ts';
import type { Mailer } from './mail.ts';
import { type MailFacts, type MailName, writeMail } from './texts.ts';

const RETRY_AFTER_MS = [2_000, 15_000, 60_000];
/** Mails under way; a server that cannot send does not fill its memory with them. */
const WAITING_MAX = 1_000;

/** Sends mails beside the request that causes them, so that its time does not tell whether there was one. */
export interface Post {
  /** Never fails: what could not be sent after three retries is logged, without its content, and can be asked for again. */
  send(name: MailName, to: string, facts?: MailFacts): void;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export const createPost = (mailer: Mailer, env: Env, logger: Logger): Post => {
  const underWay = new Set<Promise<void>>();
  let closing = false;
  const deliver = async (name: MailName, to: string, facts: MailFacts): Promise<void> => {
    const mail = writeMail(name, to, facts);
    for (const waitMs of [...RETRY_AFTER_MS, undefined]) {
      try {
        return await mailer.send(mail);
      } catch (error) {
        if (waitMs === undefined || closing) {
          // The error of a transport may quote the address, so only its name is logged.
          logger.error({ mail: name, fault: error instanceof Error ? error.name : 'unknown' }, 'a mail was not sent');
          return;
        }
        await new Promise<void>((resolve) => void env.setTimer(waitMs, resolve));
      }
    }
  };
  return {
    send: (name, to, facts = {}) => {
      if (closing || underWay.size >= WAITING_MAX) {
        logger.error({ mail: name }, 'a mail was not sent: too many are under way, or the server stops');
        return;
      }
      const sent = deliver(name, to, facts).finally(() => underWay.delete(sent));
      underWay.add(sent);
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    close: async () => {
      closing = true;
      await Promise.race([Promise.all(underWay), new Promise<void>((resolve) => void env.setTimer(RETRY_AFTER_MS[0] ?? 0, resolve))]);
      await mailer.close();
    },
  };
};
