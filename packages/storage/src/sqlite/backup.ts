import { backup } from '@photostructure/sqlite';
import type { Database } from './database.ts';
import { fileExists, moveFile, removeFile } from './platform/node.ts';

/** Pages copied before writers get their turn. */
const PAGES_PER_STEP = 500;

export interface BackupProgress {
  readonly pagesDone: number;
  readonly pagesTotal: number;
}

/**
 * Copies a database to a new file by SQLite's online backup, while writes go on; the copy is of one moment. It appears
 * under its name only when it is whole. Throws where the file exists already or cannot be written.
 */
export const backupTo = async (db: Database, toFile: string, onProgress?: (progress: BackupProgress) => void): Promise<void> => {
  if (fileExists(toFile)) throw new Error(`${toFile} exists already. Name a new file for the backup.`);
  const partial = `${toFile}-partial`;
  removeFile(partial);
  try {
    await backup(db, partial, {
      rate: PAGES_PER_STEP,
      progress: ({ totalPages, remainingPages }) => onProgress?.({ pagesDone: totalPages - remainingPages, pagesTotal: totalPages }),
    });
    await moveFile(partial, toFile);
  } catch (error) {
    removeFile(partial);
    throw error;
  }
};
