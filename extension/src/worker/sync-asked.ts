import type { Refusal } from '@tidemark/protocol';

/** Runs one round at a time. Who asks during a round gets another one after it. */
export interface SyncAsked {
  /** Resolves when the last round that was asked for is over, with what went wrong in it. */
  ask(): Promise<Refusal | null>;
  /** Resolves when nothing is under way. */
  rest(): Promise<void>;
  isRunning(): boolean;
}

const storeFailed = (fault: unknown): Refusal => ({ code: 'STORAGE_FULL', message: `The local store failed: ${String(fault)}` });

export const createSyncAsked = (round: () => Promise<Refusal | null>, onEnd: () => void): SyncAsked => {
  let running: Promise<Refusal | null> | null = null;
  let isAskedAgain = false;
  const rounds = async (): Promise<Refusal | null> => {
    let trouble: Refusal | null = null;
    do {
      isAskedAgain = false;
      trouble = await round();
    } while (isAskedAgain && trouble === null);
    return trouble;
  };
  return {
    ask: () => {
      if (running !== null) {
        isAskedAgain = true;
        return running;
      }
      running = rounds()
        .catch(storeFailed)
        .finally(() => {
          running = null;
          onEnd();
        });
      return running;
    },
    rest: async () => void (await running),
    isRunning: () => running !== null,
  };
};
