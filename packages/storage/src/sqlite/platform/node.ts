import { existsSync, realpathSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Calls `run` after the I/O of this turn of the loop, so that what arrives together is written together. */
export const afterThisTurn = (run: () => void): void => void setImmediate(run);

/** One name for a file, however it was reached: symbolic links and relative paths resolved. Throws where its folder is missing. */
export const realFile = (file: string): string =>
  existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));

export const fileExists = (file: string): boolean => existsSync(file);

export const moveFile = (from: string, to: string): Promise<void> => rename(from, to);

export const removeFile = (file: string): void => rmSync(file, { force: true });
