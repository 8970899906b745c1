import type { ClientEnv } from '@tidemark/client';
import type { Refusal } from '@tidemark/protocol';

const INTERVAL_MS = 5 * 60_000;
/** Edits wait so long for more of them. */
const SOON_MS = 1_000;
const RETRY_MS = [2_000, 5_000, 10_000, 30_000];

/** When to sync next. */
export interface SyncSchedule {
  start(): void;
  stop(): void;
  /** After an edit. */
  soon(): void;
  /** After a sync: a failure is tried again after 2, 5, 10, then 30 s, or when the server says; else after the interval. */
  ended(failure: Refusal | undefined, hasMore: boolean): void;
}

/** Failures that another try can mend. Whoever is signed out is asked to sign in instead. */
const isPassing = ({ code, details }: Refusal): boolean => {
  const status = Number(details?.status ?? 0);
  return code === 'UNAVAILABLE' || code === 'STORAGE_FULL' || status >= 500 || [408, 425, 429].includes(status);
};

export const createSyncSchedule = (env: Pick<ClientEnv, 'setTimer' | 'onOnline'>, sync: () => Promise<unknown>): SyncSchedule => {
  let cancel: (() => void) | undefined;
  let stopOnline: (() => void) | undefined;
  let failures = 0;
  const after = (ms: number): void => {
    cancel?.();
    cancel = stopOnline === undefined ? undefined : env.setTimer(ms, () => void sync());
  };
  return {
    start: () => {
      stopOnline ??= env.onOnline((online) => void (online && sync()));
      void sync();
    },
    stop: () => {
      cancel?.();
      stopOnline?.();
      stopOnline = undefined;
    },
    soon: () => {
      if (failures === 0) after(SOON_MS);
    },
    ended: (failure, hasMore) => {
      failures = failure === undefined ? 0 : failures + 1;
      if (failure === undefined) return after(hasMore ? SOON_MS : INTERVAL_MS);
      if (!isPassing(failure)) return after(INTERVAL_MS);
      const asked = Number(failure.details?.retryAfterSeconds ?? 0) * 1_000;
      return after(Math.max(asked, RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? INTERVAL_MS));
    },
  };
};
