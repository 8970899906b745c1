import type { Env } from '@tidemark/protocol';

/** What a live stream waits on: pokes, which fall together into one while nobody waits, and the tick of a clock. */
export interface Alarm {
  poke(): void;
  /** Resolves at the next poke or tick, at once if there was a poke since the last `take`. */
  wait(): Promise<void>;
  /** Forgets the poke, and answers whether it was a tick. */
  take(): 'tick' | 'poke';
  /** Frees the timer and lets go of whoever waits. */
  end(): void;
}

/** An alarm that was poked once. `tickAfterMs` is asked at the beginning of each wait. */
export const createAlarm = (env: Pick<Env, 'setTimer'>, tickAfterMs: () => number): Alarm => {
  let poked = true;
  let ticked = false;
  let ended = false;
  let wake = () => {};
  let cancelTimer = () => {};
  const poke = () => {
    poked = true;
    wake();
  };
  const tick = () => {
    ticked = true;
    poke();
  };
  return {
    poke,
    wait: async () => {
      if (poked || ended) return;
      cancelTimer = env.setTimer(tickAfterMs(), tick);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      cancelTimer();
    },
    take: () => {
      const was = ticked ? 'tick' : 'poke';
      poked = false;
      ticked = false;
      return was;
    },
    end: () => {
      ended = true;
      cancelTimer();
      wake();
    },
  };
};
