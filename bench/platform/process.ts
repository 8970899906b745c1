import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { now } from './clock.ts';

const READY_MS_MAX = 120_000;

/** A process of this Node that listens. */
export interface Running {
  readonly url: string;
  /** Milliseconds from its start to its line that it is ready. */
  readonly startedInMs: number;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<void>;
}

/** Starts a script of this Node and waits for a line with its port. The process ends with the bench at the latest. */
export const start = async (nodeOptions: readonly string[], script: string, args: readonly string[], ready: RegExp): Promise<Running> => {
  const began = now();
  const { PORT, TIDEMARK_DATA, LOG_LEVEL, NODE_ENV, ...inherited } = process.env;
  const child = spawn(process.execPath, [...nodeOptions, script, ...args], { env: inherited, stdio: ['ignore', 'pipe', 'pipe'] });
  const killAtExit = () => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const ended = once(child, 'close');
  let written = '';
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const port = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${script} is not ready after ${READY_MS_MAX} ms`)), READY_MS_MAX);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written += text;
      const found = ready.exec(written)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
    void ended.then(() => reject(new Error(`${script} ended before it was ready: ${written}${complaints}`)));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', killAtExit);
  };
  return { url: `http://127.0.0.1:${port}`, startedInMs: now() - began, stop };
};

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that goes away with the bench. */
export const freshFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  folders.push(folder);
  return folder;
};
