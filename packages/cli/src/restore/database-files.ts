import { copyFile, link, rm } from 'node:fs/promises';
import { fileExists } from '../data-folder.ts';
import { putInPlace } from '../write-file.ts';

/** Changes that a process left behind when it was killed; they belong to the database beside. */
const LOG = '-wal';
/** What SQLite and our lock keep beside a database only while it is open. */
const PASSING = ['-shm', '-lock'];

/** Copies a database with its write-ahead log, if one lies beside it. */
export const copyDatabase = async (from: string, to: string): Promise<void> => {
  await copyFile(from, to);
  if (await fileExists(`${from}${LOG}`)) await copyFile(`${from}${LOG}`, `${to}${LOG}`);
};

/** Removes a database and what lies beside it; nothing where there is none. */
export const removeDatabase = async (file: string): Promise<void> => {
  for (const suffix of ['', LOG, ...PASSING]) await rm(`${file}${suffix}`, { force: true });
};

/**
 * Puts `draft` in the place of `database`, whose lock the caller holds, and keeps what was there as `kept`; answers
 * that name, or undefined where there was none. At no moment is there no database: the old one has its second name
 * before the new one takes its first. Its log has to go before that, since SQLite would apply it to the new one.
 */
export const replaceDatabase = async (draft: string, database: string, kept: string): Promise<string | undefined> => {
  if (!(await fileExists(database))) {
    await putInPlace(draft, database);
    return undefined;
  }
  // Without hard links, as on some network file systems, a copy does.
  await link(database, kept).catch(() => copyFile(database, kept));
  if (await fileExists(`${database}${LOG}`)) await putInPlace(`${database}${LOG}`, `${kept}${LOG}`);
  await rm(`${database}-shm`, { force: true });
  await putInPlace(draft, database);
  return kept;
};
