import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import type { ClientEnv } from '../platform/client-env.ts';
import { withLock } from '../with-lock.ts';
import type { AuthCall } from './auth-calls.ts';
import type { TokenStore, Tokens } from './token-store.ts';

/** An access token that ends this soon is renewed before it is used, in milliseconds. */
const EARLY_MS = 30_000;

/** What a login or refresh answered, as it is kept; undefined where the answer has an unknown form. */
export const toTokens = (body: JsonObject, now: number, before?: Tokens): Tokens | undefined => {
  const { accessToken, refreshToken, expiresIn, user } = body;
  if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') return undefined;
  const lifeMs = typeof expiresIn === 'number' ? expiresIn * 1_000 : 0;
  return { accessToken, refreshToken, expiresAt: now + lifeMs, user: isJsonObject(user) ? user : (before?.user ?? {}) };
};

export interface Refresher {
  /** A token that is worth trying, null while nobody is signed in. Rejects where a new one could not be fetched. */
  token(refused?: string): Promise<string | null>;
  /** Runs `task` while no tab renews the tokens. */
  alone<T>(task: () => Promise<T>): Promise<T>;
}

export interface RefresherOptions {
  readonly env: ClientEnv;
  readonly tokens: TokenStore;
  readonly call: AuthCall;
  /** Called after the tokens were replaced or forgotten. */
  readonly onChange: () => void;
}

/**
 * Renews the access token once for all who ask at the same time, in this tab and, where there are locks, in all. Without
 * locks two tabs may both renew: the server answers both with working tokens, and what is stored last is used by all. A refresh
 * token is given up only when the server says that the session of the very one that is stored has ended.
 */
export const createRefresher = ({ env, tokens, call, onChange }: RefresherOptions): Refresher => {
  let underWay: Promise<string | null> | undefined;
  const alone = <T>(task: () => Promise<T>): Promise<T> => withLock(env, `tidemark:${tokens.name}`, task);

  const renew = async (stale: string): Promise<string | null> => {
    const held = await tokens.read();
    if (held === null) return null;
    if (held.accessToken !== stale) return held.accessToken;
    const answer = await call('POST', '/refresh', { refreshToken: held.refreshToken });
    const now = await tokens.read();
    // Somebody signed out or in meanwhile: this answer is of no use any more.
    if (now?.refreshToken !== held.refreshToken) return now?.accessToken ?? null;
    if (answer.ok) {
      const renewed = toTokens(answer.value, env.wall(), held);
      if (renewed === undefined) throw new Error("The server's answer to /auth/refresh has an unknown form");
      await tokens.write(renewed);
      onChange();
      return renewed.accessToken;
    }
    if (answer.failure.error.code !== 'SESSION_ENDED') throw new Error(answer.failure.error.message);
    await tokens.write(null);
    onChange();
    return null;
  };

  const token = async (refused?: string): Promise<string | null> => {
    const held = await tokens.read();
    if (held === null) return null;
    if (held.accessToken !== refused && env.wall() < held.expiresAt - EARLY_MS) return held.accessToken;
    underWay ??= alone(() => renew(held.accessToken)).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  return { token, alone };
};
