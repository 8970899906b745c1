import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Makes a finished file appear under its name at once and durably, in place of what had the name before. */
export const putInPlace = async (draft: string, file: string): Promise<void> => {
  await syncPath(draft);
  await rename(draft, file);
  await syncPath(dirname(file));
};

/** The name of a draft beside `file`: on the same file system, so that a rename is possible. */
export const draftOf = (file: string, uuid: string): string => `${file}.draft-${uuid.slice(0, 8)}`;

/** Runs `make` with the name of a draft, then puts the draft in place; removes it when `make` throws. */
export const writeThroughDraft = async <T>(file: string, uuid: string, make: (draft: string) => Promise<T>): Promise<T> => {
  const draft = draftOf(file, uuid);
  try {
    const made = await make(draft);
    await putInPlace(draft, file);
    return made;
  } catch (fault) {
    await rm(draft, { force: true });
    throw fault;
  }
};
