import { randomInt } from 'node:crypto';

/** Numbers in [0, 1) that a seed decides: mulberry32, by Tommy Ettinger, public domain. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** TIDEMARK_SEED, to run a failure again, or a fresh one. */
export const chooseSeed = (): number => Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31));
