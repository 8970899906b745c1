import { createArgon2, createMailbox, createMemoryCounters, createSmtpMailer, DEFAULT_ALLOWANCES } from '@tidemark/server/accounts';
import { type GatewayEvent, type GatewayHandler, serveGateway } from './gateway.ts';
import { createFunctionApp } from './http-app.ts';
import { type AccountMeans, once, openFunction } from './open-function.ts';
import { env, variables } from './platform/process.ts';
import { readSettings } from './settings.ts';

/** An instance is frozen once it has answered, and a mail under way with it. */
const MAILS_WITHIN_MS = 8_000;
/** Whoever may cause a mail waits at least so long, so that the time does not tell whether there was one. */
const MAIL_TAKES_MS = 1_000;

const means: AccountMeans = ({ mail }) => ({
  argon2: createArgon2(),
  counters: createMemoryCounters(DEFAULT_ALLOWANCES),
  mailer: mail === undefined ? createMailbox(env) : createSmtpMailer({ url: mail.smtp, from: mail.from }),
});

const waited = (ms: number): Promise<void> => new Promise((resolve) => void env.setTimer(ms, resolve));

const mayCauseMail = (event: GatewayEvent): boolean => {
  const [method, path] = 'rawPath' in event ? [event.requestContext.http.method, event.rawPath] : [event.httpMethod, event.path];
  return method !== 'GET' && !/\/(login|refresh|logout|keys)(\/|$)/u.test(path);
};

const open = once(async () => {
  const opened = await openFunction({ settings: readSettings(variables), variables, env }, means);
  const { accounts, settings } = opened;
  if (accounts === undefined) throw new Error('No app of this deployment listens to accounts: the accounts function has nothing to do.');
  return {
    answer: serveGateway(createFunctionApp(opened, accounts), settings.basePath, env),
    settled: accounts.context.post.settled,
    hasMail: opened.config.mail !== undefined,
  };
});

/** Signing in and everything about an account, under /auth at the root and under every app. */
export const handler: GatewayHandler = async (event, context) => {
  const { answer, settled, hasMail } = await open();
  const padded = hasMail && mayCauseMail(event) ? waited(MAIL_TAKES_MS) : undefined;
  const answered = await answer(event, context);
  await Promise.race([Promise.all([settled(), padded]), waited(MAILS_WITHIN_MS)]);
  return answered;
};
