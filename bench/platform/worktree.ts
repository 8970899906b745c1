import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshFolder } from './process.ts';

/** This repository's folder; the bench runs as one bundle in bench/dist/. */
export const HERE = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command with its words on our standard error; rejects unless it answers 0. */
const runIn = async (cwd: string, command: string, args: readonly string[]): Promise<void> => {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 2, 2] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code} in ${cwd}`);
};

/**
 * Checks a commit out beside this repository, with its packages installed and this tree's bench in place of its own: one bench
 * measures both. Answers its folder, which goes away with the bench.
 */
export const openWorktree = async (commit: string): Promise<string> => {
  const folder = join(freshFolder(), 'tree');
  await runIn(HERE, 'git', ['worktree', 'add', '--quiet', '--detach', folder, commit]);
  await runIn(folder, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  rmSync(join(folder, 'bench'), { recursive: true, force: true });
  cpSync(join(HERE, 'bench'), join(folder, 'bench'), { recursive: true, filter: (path) => !path.endsWith('/dist') });
  return folder;
};

/** Makes git forget the worktree of a folder; the folder goes too. */
export const closeWorktree = (folder: string): Promise<void> => runIn(HERE, 'git', ['worktree', 'remove', '--force', folder]);

/** Builds a tree and runs its bench. */
export const benchIn = (folder: string, args: readonly string[]): Promise<void> =>
  runIn(folder, process.execPath, [join(folder, 'bench', 'run.js'), ...args]);
