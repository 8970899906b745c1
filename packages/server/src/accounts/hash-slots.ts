import { ok, type Result, refuse } from '@tidemark/protocol';

/** Lets few run at once and few wait. */
export interface HashSlots {
  /** Runs `work` as soon as one of the slots is free; refused with TOO_MANY_REQUESTS where too many wait already. */
  run<T>(work: () => Promise<T>): Promise<Result<T>>;
}

/** Each hash takes tens of megabytes, so a crowd is sent away rather than served in parallel. */
export const createHashSlots = ({ parallel, waitingMax }: { readonly parallel: number; readonly waitingMax: number }): HashSlots => {
  const waiting: (() => void)[] = [];
  let running = 0;
  const enter = async (): Promise<void> => {
    if (running < parallel) running += 1;
    // The one that leaves hands its slot over, so `running` stays.
    else await new Promise<void>((resolve) => void waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    run: async (work) => {
      if (running >= parallel && waiting.length >= waitingMax) {
        return refuse('TOO_MANY_REQUESTS', 'Too many people sign in at this moment. Try again in a few seconds.', { retryAfterSeconds: 2 });
      }
      await enter();
      try {
        return ok(await work());
      } finally {
        leave();
      }
    },
  };
};
