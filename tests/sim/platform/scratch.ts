import { accessSync, constants, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Database files of runs. In memory (tmpfs) where the machine has it: what a sync costs is no question of the simulator.

const IN_MEMORY = '/dev/shm';
const SIDE_FILES = ['', '-wal', '-shm', '-lock'];

let folder: string | undefined;
let count = 0;

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const createFolder = (): string => {
  const created = mkdtempSync(join(isWritable(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'tidemark-sim-'));
  process.once('exit', () => rmSync(created, { recursive: true, force: true }));
  return created;
};

/** The path of a database that is not there yet; its folder goes away with the process. */
export const scratchDatabase = (): string => {
  folder ??= createFolder();
  count += 1;
  return join(folder, `${count}.db`);
};

/** What a disk holds of a database at this moment, as a process that starts after a crash finds it: the file and its log. */
export const copyDatabase = (from: string): string => {
  const to = scratchDatabase();
  for (const suffix of ['', '-wal']) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
  return to;
};

export const removeDatabase = (path: string): void => {
  for (const suffix of SIDE_FILES) rmSync(path + suffix, { force: true });
};

/** At the end of a run: also the copies that nobody opened. */
export const removeAllDatabases = (): void => {
  if (folder === undefined) return;
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true });
};
