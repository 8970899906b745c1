import { execFileSync } from 'node:child_process';

/** One turn of the real event loop: all microtasks, and the I/O that was ready, have run. */
export const turnOfTheRealLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Milliseconds of the real clock, for budgets of a campaign; never seen inside a run. */
export const realTime = (): number => performance.now();

/** Tells of promises that were rejected with nobody to hear it, while `work` is under way. */
export const hearUnhandled = async <T>(tell: (fault: unknown) => void, work: () => Promise<T>): Promise<T> => {
  process.on('unhandledRejection', tell);
  try {
    return await work();
  } finally {
    process.off('unhandledRejection', tell);
  }
};

/** Milliseconds of processor time that this process has used. */
export const cpuTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** The commit that is checked out, marked where files differ from it. */
export const commitOfTree = (): string =>
  execFileSync('git', ['describe', '--always', '--abbrev=12', '--dirty'], { encoding: 'utf8' }).trim();
