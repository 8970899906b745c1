import { DatabaseSync } from '@photostructure/sqlite';
import { type Env, ok, type Result, refuse } from '@tidemark/protocol';
import { resultCode } from './failure.ts';

const SQLITE_BUSY = 5;
const POLL_MS = 25;

const lockedRefusal = (file: string) =>
  refuse('UNAVAILABLE', `${file} is open in another Tidemark process. Stop that process, or name another data folder.`, { file });

/** Takes the lock at once, or answers undefined where another holds it. */
const tryLock = (lockFile: string): (() => void) | undefined => {
  const db = new DatabaseSync(lockFile);
  try {
    db.exec('BEGIN EXCLUSIVE');
    return () => db.close();
  } catch (error) {
    db.close();
    if (resultCode(error) === SQLITE_BUSY) return undefined;
    throw error;
  }
};

/**
 * Makes this process the only one that has `file` open as a storage, by holding an exclusive transaction on
 * `<file>-lock` for as long as it lives. The operating system drops that lock when the process dies, however it dies,
 * so a kill -9 leaves nothing to clean up; the file that stays behind is empty and means nothing. The lock stands on a
 * file of its own, not on the database (locking_mode=EXCLUSIVE), so that later a second connection of this process
 * can write while the first reads, and so that tools can look at the database meanwhile.
 * Waits up to `waitMs` for a holder that is about to die. The value releases the lock.
 */
export const holdLock = async (file: string, env: Env, waitMs: number): Promise<Result<() => void>> => {
  const deadline = env.mono() + waitMs;
  for (;;) {
    const release = tryLock(`${file}-lock`);
    if (release !== undefined) return ok(release);
    if (env.mono() >= deadline) return lockedRefusal(file);
    await new Promise<void>((resolve) => void env.setTimer(POLL_MS, resolve));
  }
};
