import type { Database } from './database.ts';
import { isFull, isMachineFault } from './failure.ts';
import type { Job, JobAnswer } from './write.ts';

export type JobOutcome =
  | { readonly ok: true; readonly answer: JobAnswer }
  | { readonly ok: false; readonly outcome: 'nothing' | 'unknown'; readonly error: unknown };

/** What a transaction needs of a connection. */
type Transactions = Pick<Database, 'exec' | 'isTransaction'>;

const rollBack = (db: Transactions): void => {
  if (db.isTransaction) db.exec('ROLLBACK');
};

/**
 * Runs jobs in one transaction. A lost compare concerns that job only. A machine fault takes all of them down; a fault
 * in one job (a bug in whoever made it) takes only that one, for the others are then run one by one.
 * COMMIT is the only place after which we cannot know: its frames may be whole in the write-ahead log although syncing
 * them failed, and count after a crash. Then `settle` says whether they are surely gone.
 * A disk that is full by then has not taken the frame that makes the others count.
 */
export const runJobs = (db: Transactions, write: (job: Job) => JobAnswer, jobs: readonly Job[], settle: () => boolean): JobOutcome[] => {
  let answers: JobAnswer[];
  try {
    db.exec('BEGIN IMMEDIATE');
    answers = jobs.map(write);
  } catch (error) {
    rollBack(db);
    if (jobs.length > 1 && !isMachineFault(error)) return jobs.flatMap((job) => runJobs(db, write, [job], settle));
    return jobs.map(() => ({ ok: false, outcome: 'nothing', error }));
  }
  try {
    db.exec('COMMIT');
  } catch (error) {
    rollBack(db);
    const outcome = isFull(error) || settle() ? 'nothing' : 'unknown';
    return jobs.map(() => ({ ok: false, outcome, error }));
  }
  return answers.map((answer) => ({ ok: true, answer }));
};
