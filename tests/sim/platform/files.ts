import { appendFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

// Paths are from the folder of the repository, where `npm run sim` starts.

export const readText = (path: string): Promise<string> => readFile(path, 'utf8');

/** Undefined where there is no such file. */
export const readTextIfThere = (path: string): Promise<string | undefined> =>
  readText(path).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return undefined;
    throw fault;
  });

export const writeText = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};

/** Writes at the end of a file at once, so that whoever stops this process finds whole lines. */
export const appendText = (path: string, text: string): void => appendFileSync(path, text);

export const cutText = (path: string, rest: string): Promise<void> => writeFile(path, rest);

/** Text of each file of a folder, by name, in order. */
export const readFolder = async (folder: string): Promise<readonly (readonly [string, string])[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(async (name) => [name, await readText(join(folder, name))] as const));
};
