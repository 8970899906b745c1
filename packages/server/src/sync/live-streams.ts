import type { Live } from './live.ts';

/** The live streams that are open, so that a shutdown can end them. */
export interface LiveStreams {
  add(live: Live): void;
  remove(live: Live): void;
  /** Ends those open, and those opened from now on at once. */
  endAll(): void;
}

export const createLiveStreams = (): LiveStreams => {
  const open = new Set<Live>();
  let ending = false;
  return {
    add: (live) => {
      open.add(live);
      if (ending) live.end();
    },
    remove: (live) => open.delete(live),
    endAll: () => {
      ending = true;
      for (const live of open) live.end();
    },
  };
};
