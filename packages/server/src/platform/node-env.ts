import { randomUUID } from 'node:crypto';
import type { Env } from '@tidemark/protocol';

/** The one real Env of the server side: this process's clocks, randomness and timers. It has no failpoints. */
export const createNodeEnv = (): Env => ({
  wall: () => Date.now(),
  mono: () => performance.now(),
  random: () => Math.random(),
  uuid: () => randomUUID(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
});

/** The Date of a wall clock reading, for libraries that want one. */
export const dateOf = (wallMs: number): Date => new Date(wallMs);
