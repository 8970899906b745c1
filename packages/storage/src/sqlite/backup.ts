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
 * Copies a database to a new file by SQLite's online backup, while writes go on. A connection of its own reads one
 * moment of a file for as long as it takes, so that writes neither wait nor make the copy start again. The copy appears
 * under its name only when it is whole. Throws where that file exists already or cannot be written.
 */
export const backupTo = async (db: Database, toFile: string, onProgress?: (progress: BackupProgress) => void): Promise<void> => {
  if (fileExists(toFile)) throw new Error(`${toFile} exists already. Name a new file for the backup.`);
  const partial = `${toFile}-partial`;
  removeFile(partial);
  const file = db.location();
  const source = file === null ? db : new DatabaseSync(file);
  try {
    if (source !== db) source.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    const pages = await backup(source, partial, {
      rate: PAGES_PER_STEP,
      progress: ({ totalPages, remainingPages }) => onProgress?.({ pagesDone: totalPages - remainingPages, pagesTotal: totalPages }),
    });
    await moveFile(partial, toFile);
    onProgress?.({ pagesDone: pages, pagesTotal: pages });
  } catch (error) {
    removeFile(partial);
    throw error;
  } finally {
    if (source !== db) source.close();
  }
};
