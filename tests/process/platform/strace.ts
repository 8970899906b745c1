import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** True where strace is there and may trace (some containers forbid ptrace). */
export const mayTrace = async (): Promise<boolean> => {
  try {
    await run('strace', ['-f', '-o', '/dev/null', '-e', 'trace=none', 'true']);
    return true;
  } catch {
    return false;
  }
};

/** Calls by which a process changes files. */
export const FILE_CALLS = ['pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'unlink'] as const;
export type FileCall = (typeof FILE_CALLS)[number];

/** What happens instead of the `at`-th of such calls on one thread: the process is killed, or the call fails. */
export interface Injection {
  readonly call: FileCall;
  readonly at: number;
  readonly what: 'SIGKILL' | 'EIO' | 'ENOSPC';
  /** The calls after it fail as well. */
  readonly onwards?: boolean;
}

// -D: the traced process, not strace, is our child, so that signals reach it.
const STRACE = ['strace', '-D'];
// Stops at the traced calls only. With it strace 6.1 injects errors, but no signals.
const FAST = '--seccomp-bpf';

/** A command that runs a process with this injection, and notes in `log` where it took place. */
export const underInjection = ({ call, at, what, onwards = false }: Injection, log: string): readonly string[] => {
  const action = what === 'SIGKILL' ? 'signal=SIGKILL' : `error=${what}`;
  const speed = what === 'SIGKILL' ? [] : [FAST];
  const inject = `inject=${call}:${action}:when=${at}${onwards ? '+' : ''}`;
  return [...STRACE, ...speed, '-f', '-o', log, '-e', `trace=${call}`, '-e', inject, '--'];
};

/** True if the call was made to fail. */
export const wasInjected = async (log: string): Promise<boolean> => (await readFile(log, 'latin1')).includes('(INJECTED)');

/** A command that runs a process and writes its file calls, with data and time, to files `prefix.<thread>`. */
export const underRecording = (prefix: string): readonly string[] => {
  const calls = ['openat', 'write', 'pwritev', 'fallocate', 'rename', ...FILE_CALLS].join(',');
  return [...STRACE, FAST, '-ff', '-ttt', '-y', '-xx', '-s', '1048576', '-o', prefix, '-e', `trace=${calls}`, '--'];
};
