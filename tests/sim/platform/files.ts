import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

// Paths are from the folder of the repository, where `npm run sim` starts.

export const readText = (path: string): Promise<string> => readFile(path, 'utf8');

export const writeText = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};

/** Text of each file of a folder, by name, in order. */
export const readFolder = async (folder: string): Promise<readonly (readonly [string, string])[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(async (name) => [name, await readText(join(folder, name))] as const));
};
