import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A change that a process asked of a file, as strace saw it. `at` is the time of the call, milliseconds since 1970. */
export type FileEvent =
  | { readonly at: number; readonly call: 'pwrite64'; readonly path: string; readonly offset: number; readonly data: Buffer }
  | { readonly at: number; readonly call: 'ftruncate'; readonly path: string; readonly size: number }
  | { readonly at: number; readonly call: 'fsync' | 'fdatasync' | 'unlink'; readonly path: string };

const LINE = /^(\d+\.\d+) (\w+)\((.*)\) += (-?\d+)/;

/** strace -xx prints every byte as \xNN. */
const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll('\\x', ''), 'hex');
const pathOf = (argument: string): string => bytesOf(/<((?:\\x[0-9a-f]{2})*)>/.exec(argument)?.[1] ?? '').toString();
const textOf = (argument: string): Buffer => bytesOf(/"((?:\\x[0-9a-f]{2})*)"/.exec(argument)?.[1] ?? '');

/** Undefined for a line that changes no file, or failed. */
const eventOf = (line: string): FileEvent | undefined => {
  const [, time = '', call = '', rest = '', result = ''] = LINE.exec(line) ?? [];
  const at = Number(time) * 1000;
  const [file = '', ...more] = rest.split(', ');
  if (call === '' || Number(result) < 0) return undefined;
  if (call === 'pwrite64') return { at, call, path: pathOf(file), data: textOf(more[0] ?? ''), offset: Number(more.at(-1)) };
  if (call === 'ftruncate') return { at, call, path: pathOf(file), size: Number(more[0]) };
  if (call === 'fsync' || call === 'fdatasync') return { at, call, path: pathOf(file) };
  if (call === 'unlink') return { at, call, path: textOf(file).toString() };
  return undefined;
};

/**
 * What was done to files below `folder`, in order, from a recording made by `underRecording(prefix)`. Throws where more
 * than one thread did it, for then the order would have to be guessed, and where a call is not understood.
 */
export const readRecording = async (prefix: string, folder: string): Promise<readonly FileEvent[]> => {
  const names = (await readdir(dirname(prefix))).filter((name) => name.startsWith(`${basename(prefix)}.`));
  const threads: FileEvent[][] = [];
  for (const name of names) {
    const lines = (await readFile(join(dirname(prefix), name), 'latin1')).split('\n');
    if (lines.some((line) => line.includes('unfinished') && !line.includes('exit'))) throw new Error(`${name} has cut lines`);
    const events = lines.map(eventOf).filter((event) => event?.path.startsWith(`${folder}/`) || event?.path === folder);
    if (events.length > 0) threads.push(events.flatMap((event) => event ?? []));
  }
  const [only = [], ...others] = threads.filter((events) => events.some(({ path }) => path.includes('tidemark.db')));
  if (others.length > 0) throw new Error('More than one thread writes to the database.');
  return only;
};
