import { isJsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { postJson, remember, remembered } from '../platform/browser.ts';

/** Whose tasks these are. */
export interface Account {
  readonly issuer: string;
  readonly subject: string;
}

export interface SignIn extends Account {
  readonly token: string;
}

const ACCOUNT = 'account';

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isSignIn = (value: unknown): value is SignIn =>
  isJsonObject(value) && typeof value.token === 'string' && typeof value.issuer === 'string' && typeof value.subject === 'string';

/**
 * Asks the server that served this page for a development token, and remembers the account (never the token).
 * Refusals: UNAVAILABLE when no answer came, UNAUTHENTICATED when the server gives no development tokens.
 */
export const signIn = async (): Promise<Result<SignIn>> => {
  const answer = await postJson('/development/token', { app: 'time-tracker', user: 'demo' }).catch(() => undefined);
  if (answer === undefined || answer.status >= 500) {
    return refuse('UNAVAILABLE', 'The server does not answer. Start it with `npm start`, then try again.');
  }
  if (answer.status !== 200 || !isSignIn(answer.body)) {
    return refuse('UNAUTHENTICATED', 'This server hands out no development tokens, so this page cannot sign in.', {
      status: answer.status,
    });
  }
  const { issuer, subject } = answer.body;
  remember('browser', ACCOUNT, JSON.stringify({ issuer, subject }));
  return ok(answer.body);
};

/** The account of the last visit, so that the tasks can be opened without the server. */
export const lastAccount = (): Account | null => {
  const text = remembered('browser', ACCOUNT);
  const value = text === null ? undefined : parse(text);
  if (!isJsonObject(value) || typeof value.issuer !== 'string' || typeof value.subject !== 'string') return null;
  return { issuer: value.issuer, subject: value.subject };
};
