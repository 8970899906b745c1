import { type Database, run } from './database.ts';

export interface SharedRead {
  /** Call before a read: what is read in this turn is read in one transaction. */
  enter(): void;
  /** Ends it at once. Call before anything else that wants a transaction, and before the end. */
  leave(): void;
}

/**
 * One transaction for all reads of a turn of the loop: by itself each takes and drops a lock of the file, which for one record is
 * most of its time. A transaction that only reads stands in nobody's way but a checkpoint's, and there is none before the next write.
 */
export const createSharedRead = (db: Database, afterThisTurn: (run: () => void) => void): SharedRead => {
  const begin = run(db, 'BEGIN');
  const end = run(db, 'COMMIT');
  let entered = false;
  const leave = (): void => {
    if (!entered) return;
    entered = false;
    // A read that fails badly enough takes its transaction with it.
    if (db.isTransaction) end();
  };
  return {
    enter: () => {
      if (entered) return;
      begin();
      entered = true;
      afterThisTurn(leave);
    },
    leave,
  };
};

/** For a database in memory, which has no locks to spare. */
export const NO_SHARED_READ: SharedRead = { enter: () => undefined, leave: () => undefined };
