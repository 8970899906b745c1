import type { Env } from '@tidemark/protocol';
import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

const QUIET_MS = 1_000;
const PLAIN_LINE_EVERY_MS = 2_000;

export interface Progress {
  update(done: number): void;
  stop(): void;
}

const bar = (title: string, total: number): Progress => {
  const single = new SingleBar(
    { format: `${title} {bar} {percentage}% {value} of {total}`, stream: process.stderr },
    Presets.shades_classic,
  );
  single.start(total, 0);
  return { update: (done) => single.update(done), stop: () => single.stop() };
};

const plainLines = (terminal: Terminal, env: Env, title: string, total: number): Progress => {
  let saidAt = -Infinity;
  const update = (done: number): void => {
    if (env.mono() - saidAt < PLAIN_LINE_EVERY_MS) return;
    saidAt = env.mono();
    terminal.note(`${title}: ${done}${total > 0 ? ` of ${total}` : ''}`);
  };
  return { update, stop: () => undefined };
};

/** Shows how far a work is, once it has taken longer than a second. A `total` of 0 means that it is not known. */
export const openProgress = (terminal: Terminal, env: Env, title: string, total: number): Progress => {
  const beganAt = env.mono();
  let shown: Progress | undefined;
  return {
    update: (done) => {
      if (shown === undefined && env.mono() - beganAt >= QUIET_MS) {
        shown = terminal.interactive && total > 0 ? bar(title, total) : plainLines(terminal, env, title, total);
      }
      shown?.update(done);
    },
    stop: () => shown?.stop(),
  };
};
