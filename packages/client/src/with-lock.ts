import type { ClientEnv } from './platform/client-env.ts';

/** How long a tab waits for the lock of another, which may be frozen, before it goes on without. */
const LOCK_WAIT_MS = 15_000;

/** Runs `task` once, while no other tab runs one of this name; the lock saves work, it is not needed for correctness. */
export const withLock = async <T>(env: ClientEnv, name: string, task: () => Promise<T>): Promise<T> => {
  let running: Promise<T> | undefined;
  let cancel = (): void => undefined;
  const once = (): Promise<T> => {
    cancel();
    running ??= task();
    return running;
  };
  const waited = new Promise<T>((resolve, reject) => {
    cancel = env.setTimer(LOCK_WAIT_MS, () => void once().then(resolve, reject));
  });
  // Locks may be forbidden (a sandboxed frame): then `locked` rejects before anything ran.
  const locked = env.lock(name, once).catch(() => once());
  return Promise.race([locked, waited]);
};
