import { ASLEEP_AFTER_MS } from '../recorder/recorder.ts';
import { attendedTab, type RecorderState } from '../recorder/recorder-state.ts';
import type { WorkerParts } from './desk.ts';

/** Should the browser end without a word, visits end at most so long before they really did. */
const SEEN_EVERY_MS = 500;

export interface SignOfLife {
  /** The latest one of this worker, by the wall clock; 0 before the first. */
  at(): number;
  /** From now on this is what is known: while somebody looks at a page, says so again and again. */
  follow(state: RecorderState | undefined): Promise<void>;
}

/**
 * While somebody looks at a recorded page, writes down every half second that browser and machine are alive, and has an alarm come
 * every minute should this worker end. `onAwake` is called after the machine slept, with the last sign before that.
 */
export const createSignOfLife = ({ browser, env }: WorkerParts, onAwake: (lastSeen: number) => void): SignOfLife => {
  let seenAt = 0;
  let stop: () => void = () => undefined;
  const tick = (state: RecorderState): void => {
    const [before, at] = [seenAt, env.wall()];
    if (before > state.at && at - before > ASLEEP_AFTER_MS) onAwake(before);
    seenAt = at;
    // A sign that could not be written is followed by the next.
    void browser.writeSeen({ session: state.session, at }).catch(() => undefined);
    stop = env.setTimer(SEEN_EVERY_MS, () => tick(state));
  };
  return {
    at: () => seenAt,
    follow: async (state) => {
      const isLookedAt = state !== undefined && attendedTab(state) !== undefined;
      stop();
      if (isLookedAt) stop = env.setTimer(SEEN_EVERY_MS, () => tick(state));
      await browser.setAlarms({ sync: state !== undefined, beat: isLookedAt });
    },
  };
};
