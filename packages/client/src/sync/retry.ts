import type { Env } from '@tidemark/protocol';

/** Waits after the first, second … failure in a row, in milliseconds; the last one holds from then on. */
const RETRY_DELAYS_MS = [2_000, 5_000, 10_000, 30_000] as const;
/** The server may ask for more, but not for so much that a person would call it broken. */
export const RETRY_AFTER_MAX_MS = 5 * 60_000;
/** Where only an update of the server helps. */
export const SLOW_RETRY_MS = 5 * 60_000;

/** How long to wait after `failures` failures before this one: half of the wait is fixed, half is drawn, so that clients spread. */
export const retryDelayMs = (failures: number, env: Env, askedMs?: number | undefined): number => {
  const full = RETRY_DELAYS_MS[Math.min(failures, RETRY_DELAYS_MS.length - 1)] ?? 30_000;
  const drawn = full / 2 + (env.random('retry') * full) / 2;
  return Math.max(drawn, Math.min(askedMs ?? 0, RETRY_AFTER_MAX_MS));
};

/** Retry-After in seconds or as a date, in milliseconds from now. */
export const parseRetryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null || header === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};
