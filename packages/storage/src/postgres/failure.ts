import { StorageFailure } from '@tidemark/engine/storage';

/** Disk full, too many connections for its memory, and the like: the class 53 of SQLSTATE. */
const DISK_FULL = '53100';
/** A transaction that lost against another one, and would go through if tried again: serialization failure and deadlock. */
const LOST: ReadonlySet<string> = new Set(['40001', '40P01']);
/** What the machine, not our statement, is at fault for: connection, resources, operator, system, and a server that starts or ends. */
const MACHINE_CLASSES: ReadonlySet<string> = new Set(['08', '53', '57', '58', 'XX', '25']);

/** The SQLSTATE that PostgreSQL answered with, or undefined where no answer came. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** True where trying the same transaction again may do. */
export const isLost = (error: unknown): boolean => LOST.has(sqlState(error) ?? '');

/** True for a server or network that fails; false for a fault in what we asked for. */
export const isMachineFault = (error: unknown): boolean => {
  const state = sqlState(error);
  return state === undefined || MACHINE_CLASSES.has(state.slice(0, 2));
};

/**
 * What may be stored of a statement that failed: nothing where PostgreSQL answered that it failed, for then it was rolled back. Where
 * the connection broke, or the server was told to end its sessions (57P01 to 57P03), it may have been committed all the same.
 */
export const outcomeOf = (error: unknown): StorageFailure['outcome'] => {
  const state = sqlState(error);
  return state === undefined || state.startsWith('57P') || state.startsWith('08') ? 'unknown' : 'nothing';
};

/** Wraps whatever went wrong. `outcome` says whether anything can have been stored. */
export const storageFailure = (error: unknown, outcome: StorageFailure['outcome']): StorageFailure => {
  if (error instanceof StorageFailure) return error;
  const text = error instanceof Error ? error.message : String(error);
  return sqlState(error) === DISK_FULL
    ? new StorageFailure('storage_full', outcome, `PostgreSQL's disk is full: ${text}`, error)
    : new StorageFailure('storage_failed', outcome, `PostgreSQL failed: ${text}`, error);
};
