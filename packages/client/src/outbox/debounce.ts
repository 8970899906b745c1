import type { Env } from '@tidemark/protocol';

const DEBOUNCE_MS = 1_000;
/** Someone who never pauses is pushed at the latest after so many waits. */
const WAITS_MAX = 5;

/**
 * Answers a function that tells, at each edit, how long to wait for more of them: an edit after a quiet time goes at
 * once, those that follow wait until there is a pause.
 */
export const createDebounce = (env: Pick<Env, 'mono'>, debounceMs: number = DEBOUNCE_MS): (() => number) => {
  let last = Number.NEGATIVE_INFINITY;
  let began = 0;
  return () => {
    const now = env.mono();
    const quiet = now - last >= debounceMs;
    last = now;
    if (quiet) {
      began = now;
      return 0;
    }
    const left = began + WAITS_MAX * debounceMs - now;
    if (left > 0) return Math.min(debounceMs, left);
    began = now;
    return 0;
  };
};
