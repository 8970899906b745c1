import type { Job, JobAnswer } from './write.ts';
import type { JobOutcome } from './writer.ts';

/** Jobs of one transaction; the rest waits for the next, so that no commit grows without bound. */
const GROUP_JOBS_MAX = 1_000;

interface Waiting {
  readonly job: Job;
  readonly settle: (outcome: JobOutcome) => void;
}

/** Indexing takes in what is appended in the same transaction: else no query would ever catch up with a steady writer. */
const indexingLast = (batch: readonly Waiting[]): readonly Waiting[] => [
  ...batch.filter(({ job }) => job.kind !== 'index'),
  ...batch.filter(({ job }) => job.kind === 'index'),
];

/** A job of so many changes is not held back for others: they would save it little, and it keeps much memory from being freed. */
const LARGE_CHANGES = 100;

const isLarge = (job: Job): boolean => job.kind === 'append' && job.batch.changes.length >= LARGE_CHANGES;

export interface Group {
  /** Writes a job together with those that come in the same turn; settles after their commit. */
  add(job: Job): Promise<JobOutcome>;
  /** Writes what waits, at once. */
  flush(): void;
}

/**
 * Gathers jobs and gives them to `runJobs` as one batch: the cost of a commit is that of syncing the disk, and many
 * jobs share one. `later` says when gathering ends.
 */
export const createGroup = (runJobs: (jobs: readonly Job[]) => readonly JobOutcome[], later: (run: () => void) => void): Group => {
  let waiting: Waiting[] = [];
  let scheduled = false;
  const runSome = (): void => {
    const batch = indexingLast(waiting.slice(0, GROUP_JOBS_MAX));
    waiting = waiting.slice(GROUP_JOBS_MAX);
    const outcomes = runJobs(batch.map(({ job }) => job));
    for (const [i, { settle }] of batch.entries()) {
      settle(outcomes[i] ?? { ok: false, outcome: 'unknown', error: new Error('The writer gave no outcome.') });
    }
  };
  const schedule = (): void => {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    later(() => {
      scheduled = false;
      if (waiting.length > 0) runSome();
      schedule();
    });
  };
  return {
    add: (job) =>
      new Promise((settle) => {
        waiting.push({ job, settle });
        if (isLarge(job)) runSome();
        else schedule();
      }),
    flush: () => {
      while (waiting.length > 0) runSome();
    },
  };
};

/** Counts the appends that were stored. */
export const storedAppends = (jobs: readonly Job[], outcomes: readonly { readonly ok: boolean; readonly answer?: JobAnswer }[]): number =>
  jobs.filter((job, i) => job.kind === 'append' && outcomes[i]?.answer === 'stored').length;
