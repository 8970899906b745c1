import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Seeds } from '../campaign.ts';
import type { Totals } from '../record/totals.ts';

const WORKER = '--worker';

/** Is this process a worker of a campaign? Then its seeds. */
export const workerSeeds = (): Seeds | undefined => {
  const at = process.argv.indexOf(WORKER);
  if (at < 0) return undefined;
  const seeds: Seeds = JSON.parse(process.argv[at + 1] ?? '');
  return seeds;
};

export const tellParent = (totals: Totals): void => void process.send?.(totals);

/** Lets the process of a worker end. */
export const endWorker = (): void => process.disconnect();

/** Plays each part in a process of its own: one run after the other holds one core. */
export const startWorkers = async (
  parts: readonly Seeds[],
  tell: (totals: Totals) => void,
  script = process.argv[1] ?? '',
): Promise<void> => {
  await Promise.all(
    parts.map(async (part) => {
      const child = fork(script, [WORKER, JSON.stringify(part)], { execArgv: ['--enable-source-maps'] });
      child.on('message', (totals: Totals) => tell(totals));
      const [code] = await once(child, 'exit');
      if (code !== 0) throw new Error(`a worker of the campaign ended with ${String(code)}`);
    }),
  );
};
