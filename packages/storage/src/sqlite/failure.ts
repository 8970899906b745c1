import { StorageFailure } from '@tidemark/engine/storage';

const SQLITE_FULL = 13;
const SQLITE_CONSTRAINT = 19;
/**
 * Primary result codes by which the machine, not our statement, is at fault: PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR,
 * CORRUPT, FULL, CANTOPEN, NOTADB.
 */
const MACHINE_FAULTS: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 10, 11, SQLITE_FULL, 14, 26]);

/** SQLite's primary result code of an error, or undefined where it did not come from SQLite. */
export const resultCode = (error: unknown): number | undefined =>
  error instanceof Error && 'sqliteExtendedCode' in error && typeof error.sqliteExtendedCode === 'number'
    ? error.sqliteExtendedCode & 0xff
    : undefined;

/** True for a full disk, failing I/O and the like; false for a fault in what we asked SQLite to do. */
export const isMachineFault = (error: unknown): boolean => MACHINE_FAULTS.has(resultCode(error) ?? -1);

/** True where a row with the same key is there already. */
export const isConstraint = (error: unknown): boolean => resultCode(error) === SQLITE_CONSTRAINT;

export const isFull = (error: unknown): boolean => resultCode(error) === SQLITE_FULL;

/** Wraps whatever went wrong. `outcome` says whether anything can have been stored. */
export const storageFailure = (error: unknown, outcome: StorageFailure['outcome']): StorageFailure => {
  const text = error instanceof Error ? error.message : String(error);
  return isFull(error)
    ? new StorageFailure('storage_full', outcome, `The disk is full: ${text}`, error)
    : new StorageFailure('storage_failed', outcome, `The database failed: ${text}`, error);
};
