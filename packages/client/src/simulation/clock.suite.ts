import type { Env } from '@tidemark/protocol';

/** Time, timers and randomness that follow from a seed. */
export interface Clock extends Env {
  /** Fires the earliest timer; false where there is none up to `limit`. */
  fireNext(limit: number): boolean;
}

export const createClock = (seed: number): Clock => {
  let now = 1_700_000_000_000;
  let state = seed >>> 0;
  let order = 0;
  const timers = new Map<number, { readonly at: number; readonly fire: () => void }>();
  // Source: mulberry32, Tommy Ettinger, public domain.
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    wall: () => now,
    mono: () => now,
    random,
    uuid: () =>
      Array.from({ length: 4 }, () =>
        Math.floor(random() * 2 ** 32)
          .toString(16)
          .padStart(8, '0'),
      ).join('-'),
    setTimer: (delayMs, fire) => {
      order += 1;
      const id = order;
      timers.set(id, { at: now + Math.max(0, delayMs), fire });
      return () => timers.delete(id);
    },
    fireNext: (limit) => {
      const next = [...timers].sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (next === undefined || next[1].at > limit) return false;
      timers.delete(next[0]);
      now = Math.max(now, next[1].at);
      next[1].fire();
      return true;
    },
  };
};
