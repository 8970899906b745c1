import { type Env, type Refusal, refuse } from '@tidemark/protocol';

/** A token bucket: `burst` requests at once, and `perSecond` on end. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
  /** Whose bucket: all that a user sends, however signed in; or each API key's own, beside one for the user's tokens. Default: user. */
  readonly per?: 'user' | 'key';
}

export interface RateLimiter {
  /** Counts one request of `key`. The refusal is TOO_MANY_REQUESTS; the headers belong on the answer either way. */
  take(key: string): { readonly headers: RateHeaders; readonly refusal?: Refusal };
}

export interface RateHeaders {
  readonly RateLimit: string;
  readonly 'RateLimit-Policy': string;
  readonly 'Retry-After'?: string;
}

const KEYS_MAX = 10_000;

const forgetOldest = (buckets: Map<string, unknown>): void => {
  const oldest = buckets.keys().next();
  if (!oldest.done) buckets.delete(oldest.value);
};

/**
 * One bucket for each key, in the memory of this process. Of more than 10,000 keys the one that was quiet for the longest
 * time is forgotten, which fills its bucket. The headers are RateLimit and RateLimit-Policy (IETF draft 10), and
 * Retry-After beside a refusal.
 */
export const createRateLimiter = ({ perSecond, burst }: Omit<RateLimit, 'per'>, env: Pick<Env, 'mono'>): RateLimiter => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const policy = `"default";q=${burst};w=${Math.ceil(burst / perSecond)}`;
  const secondsUntil = (tokens: number, wanted: number): number => Math.max(0, Math.ceil((wanted - tokens) / perSecond));
  return {
    take: (key) => {
      const now = env.mono();
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      const filled = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
      const tokens = filled >= 1 ? filled - 1 : filled;
      bucket.tokens = tokens;
      bucket.at = now;
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > KEYS_MAX) forgetOldest(buckets);
      const left = Math.floor(tokens);
      const headers = { 'RateLimit-Policy': policy, RateLimit: `"default";r=${left};t=${secondsUntil(tokens, burst)}` };
      if (filled >= 1) return { headers };
      const seconds = secondsUntil(filled, 1);
      const { error } = refuse('TOO_MANY_REQUESTS', `At most ${perSecond} requests a second on end; try again in ${seconds} s.`, {
        retryAfterSeconds: seconds,
      });
      return { headers: { ...headers, 'Retry-After': String(seconds) }, refusal: error };
    },
  };
};
