import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Outcome, wrongInput } from './outcome.ts';

/** Where the files of a data folder are. */
export interface DataFolder {
  readonly path: string;
  readonly database: string;
}

export const dataFolder = (path: string): DataFolder => ({ path: resolve(path), database: join(resolve(path), 'tidemark.db') });

/** Makes the folder if it is not there, readable by its owner only. */
export const createDataFolder = async (folder: DataFolder): Promise<void> => {
  await mkdir(folder.path, { recursive: true, mode: 0o700 });
};

export const fileExists = async (file: string): Promise<boolean> => {
  try {
    return (await stat(file)).isFile();
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && (fault.code === 'ENOENT' || fault.code === 'ENOTDIR')) return false;
    throw fault;
  }
};

export const noDatabase = (folder: DataFolder): Outcome =>
  wrongInput(`There is no database at ${folder.database}. Name its folder with --data, or start \`tidemark serve\` once to make it.`);
