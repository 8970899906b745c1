import { backup, DatabaseSync } from '@photostructure/sqlite';
import type { Database } from './database.ts';
import { fileExists, moveFile, removeFile } from './platform/node.ts';

/** Pages copied between two reports of progress. */
const PAGES_PER_STEP = 500;

export interface BackupProgress {
  readonly pagesDone: number;
  readonly pagesTotal: number;
}

/**
 * Copies a database to a new file by SQLite's online backup, while this or another process writes to it. A connection of
 * its own reads one moment of the file for as long as it takes, so that writes neither wait nor make the copy start
 * again. The copy appears under its name only when it is whole. Throws where that file exists already or cannot be
 * written, or where `file` is no database.
 */
export const backupFile = async (file: string, toFile: string, onProgress?: (progress: BackupProgress) => void): Promise<void> => {
  const source = new DatabaseSync(file);
  try {
    source.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    await copyTo(source, toFile, onProgress);
  } finally {
    source.close();
  }
};

/** The same from an open database; one in memory is copied by its own connection. */
export const backupTo = (db: Database, toFile: string, onProgress?: (progress: BackupProgress) => void): Promise<void> => {
  const file = db.location();
  return file === null ? copyTo(db, toFile, onProgress) : backupFile(file, toFile, onProgress);
};

const copyTo = async (source: Database, toFile: string, onProgress?: (progress: BackupProgress) => void): Promise<void> => {
  if (fileExists(toFile)) throw new Error(`${toFile} exists already. Name a new file for the backup.`);
  const partial = `${toFile}-partial`;
  removeFile(partial);
  try {
    const pages = await backup(source, partial, {
      rate: PAGES_PER_STEP,
      progress: ({ totalPages, remainingPages }) => onProgress?.({ pagesDone: totalPages - remainingPages, pagesTotal: totalPages }),
    });
    await moveFile(partial, toFile);
    onProgress?.({ pagesDone: pages, pagesTotal: pages });
  } catch (error) {
    removeFile(partial);
    throw error;
  }
};
