import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Outcome, wrongInput } from './outcome.ts';

/** Where the files of a data folder are. */
export interface DataFolder {
  readonly path: string;
  readonly database: string;
}

export const dataFolder = (path: string): DataFolder => ({ path: resolve(path), database: join(resolve(path), 'tidemark.db') });

const codeOf = (fault: unknown): unknown => (fault instanceof Error && 'code' in fault ? fault.code : undefined);

/** Makes the folder if it is not there, readable by its owner only. Answers what is wrong with its name, or undefined. */
export const createDataFolder = async (folder: DataFolder): Promise<Outcome | undefined> => {
  try {
    await mkdir(folder.path, { recursive: true, mode: 0o700 });
    return undefined;
  } catch (fault) {
    const code = codeOf(fault);
    if (code === 'EEXIST' || code === 'ENOTDIR')
      return wrongInput(`${folder.path} cannot be a folder: there is a file of that name. Mend --data.`);
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      return wrongInput(`This user may not make the folder ${folder.path}. Mend --data.`);
    throw fault;
  }
};

/** What is wrong with a file to be written: its folder is not there. Undefined where it is. */
export const missingFolderOf = async (file: string): Promise<Outcome | undefined> => {
  const folder = await stat(dirname(file)).catch(() => undefined);
  return folder?.isDirectory() === true ? undefined : wrongInput(`There is no folder ${dirname(file)} to write ${basename(file)} to.`);
};

export const fileExists = async (file: string): Promise<boolean> => {
  try {
    return (await stat(file)).isFile();
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT' || codeOf(fault) === 'ENOTDIR') return false;
    throw fault;
  }
};

export const noDatabase = (folder: DataFolder): Outcome =>
  wrongInput(`There is no database at ${folder.database}. Name its folder with --data, or start \`tidemark serve\` once to make it.`);
