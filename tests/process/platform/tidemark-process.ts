import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';

const BIN = fileURLToPath(new URL('../../../packages/cli/bin/tidemark.js', import.meta.url));
const READY_MS_MAX = 30_000;
const READY = /^Tidemark is ready at http:\/\/localhost:(\d+)$/m;

/** How a process ended and what it wrote. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `tidemark serve` that listens. */
export interface RunningServer {
  readonly url: string;
  /** From the start of the process to its line that it is ready. */
  readonly startedInMs: number;
  /** What it wrote so far. */
  written(): { readonly stdout: string; readonly stderr: string };
  /** Sends a signal and waits for the end. */
  end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<Finished>;
}

export interface Surroundings {
  /** Environment variables besides those of this process. */
  readonly variables?: { readonly [name: string]: string };
  readonly cwd?: string;
  /** A command that runs the process, such as strace with its options; it must become that process. */
  readonly under?: readonly string[];
}

const start = (args: readonly string[], { variables = {}, cwd, under = [] }: Surroundings) => {
  const { PORT, TIDEMARK_DATA, LOG_LEVEL, NODE_ENV, ...inherited } = process.env;
  const [command = process.execPath, ...more] = [...under, process.execPath, BIN, ...args];
  const child = spawn(command, more, { env: { ...inherited, ...variables }, ...(cwd === undefined ? {} : { cwd }) });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  const ended = once(child, 'close').then((): Finished => ({ code: child.exitCode, signal: child.signalCode, ...written }));
  return { child, written, ended };
};

/** Runs a command to its end. */
export const tidemark = (args: readonly string[], surroundings: Surroundings = {}): Promise<Finished> => start(args, surroundings).ended;

const secrets = new Set<string>();

/** No server of this file's tests may write this text anywhere, whole or (of a JWT) by one of its later parts. */
export const noteSecret = (secret: string): void => void secrets.add(secret);

const leaksIn = (written: string): readonly string[] =>
  [...secrets].filter((secret) => [secret, ...secret.split('.').slice(1)].some((part) => part.length >= 8 && written.includes(part)));

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** A `tidemark serve` that may die at any moment, before it is ready too. */
export interface Launched {
  /** Its address, or undefined where it ended before it was ready. */
  readonly ready: Promise<string | undefined>;
  readonly ended: Promise<Finished>;
  /** What it wrote so far. */
  written(): { readonly stdout: string; readonly stderr: string };
  /** Sends a signal and waits for the end. */
  end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<Finished>;
}

/** Starts `tidemark serve` on a free port unless `args` name one. It ends with the test at the latest. */
export const launch = (args: readonly string[], surroundings: Surroundings = {}): Launched => {
  const { child, written, ended } = start(['serve', '--port', '0', '--log-level', 'error', ...args], surroundings);
  onTestFinished(async () => {
    if (isAlive(child)) child.kill('SIGKILL');
    const { stdout, stderr } = await ended;
    expect(leaksIn(stdout + stderr), 'tokens in what the server wrote').toEqual([]);
  });
  const ready = new Promise<string | undefined>((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error(`serve is not ready after ${READY_MS_MAX} ms`)), READY_MS_MAX);
    child.stdout.on('data', () => {
      const port = READY.exec(written.stdout)?.[1];
      if (port === undefined) return;
      clearTimeout(tooLate);
      resolve(`http://127.0.0.1:${port}`);
    });
    void ended.then(() => {
      clearTimeout(tooLate);
      resolve(undefined);
    });
  });
  const end: Launched['end'] = (signal) => {
    child.kill(signal);
    return ended;
  };
  return { ready, ended, written: () => ({ ...written }), end };
};

/** Starts `tidemark serve`; rejects with its words when it ends before it is ready. */
export const serve = async (args: readonly string[], surroundings: Surroundings = {}): Promise<RunningServer> => {
  const beganAt = performance.now();
  const { ready, ended, written, end } = launch(args, surroundings);
  const url = await ready;
  if (url === undefined) {
    const { code, stdout, stderr } = await ended;
    throw new Error(`serve ended with ${code}\n${stdout}${stderr}`);
  }
  return { url, startedInMs: performance.now() - beganAt, written, end };
};

/** An empty folder that goes away with the test. */
export const freshFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-process-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A development token, as `tidemark token` prints it on its last line. */
export const tokenOf = async (data: string, user: string, app = 'time-tracker'): Promise<string> => {
  const { code, stdout, stderr } = await tidemark(['token', '--data', data, '--app', app, '--user', user]);
  if (code !== 0) throw new Error(`tidemark token ended with ${code}: ${stderr}`);
  const token = stdout.trimEnd().split('\n').at(-1) ?? '';
  noteSecret(token);
  return token;
};
