import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Batch, Played } from '../campaign.ts';

const WORKER = '--worker';

/** Is this process a worker of a campaign? */
export const isWorker = (): boolean => process.argv.includes(WORKER);

/** Plays each batch that the parent sends, until it lets go. */
export const serveParent = (play: (batch: Batch) => Promise<Played['totals']>): void => {
  process.on('message', (batch: Batch) => {
    play(batch).then(
      (totals) => void process.send?.({ batch, totals }),
      (fault: unknown) => {
        console.error(fault);
        process.exit(1);
      },
    );
  });
};

const feed = (child: ChildProcess, next: () => Batch | undefined): void => {
  const batch = next();
  if (batch === undefined) child.disconnect();
  else child.send(batch);
};

/** Plays batches in so many processes: one run after the other holds one core. Throws where a process ends by itself. */
export const runWorkers = async (
  next: () => Batch | undefined,
  workers: number,
  tell: (played: Played) => void,
  script = process.argv[1] ?? '',
): Promise<void> => {
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const child = fork(script, [WORKER], { execArgv: ['--enable-source-maps'] });
      child.on('message', (played: Played) => {
        tell(played);
        feed(child, next);
      });
      feed(child, next);
      const [code] = await once(child, 'exit');
      if (code !== 0) throw new Error(`a worker of the campaign ended with ${String(code)}`);
    }),
  );
};
