import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { isConstraint } from './failure.ts';

export type Database = DatabaseSyncInstance;
/** What SQLite takes and gives. */
export type SqlValue = null | number | string | Uint8Array;

/** WAL pages after which a commit also moves them into the file; more means fewer but longer such commits. */
const CHECKPOINT_PAGES = 4_000;
const CACHE_KIB = 16_384;

/**
 * Opens a database as we keep it: write-ahead log, and every commit synced to disk before it returns (G1). fullfsync
 * makes that true on macOS too, and costs nothing elsewhere.
 */
export const connect = (file: string): Database => {
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    // What is erased is overwritten: people ask for it because nobody shall find it.
    db.exec('PRAGMA secure_delete = ON');
    db.exec('PRAGMA fullfsync = ON');
    db.exec('PRAGMA checkpoint_fullfsync = ON');
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    const [mode] = row<[string]>(db, 'PRAGMA journal_mode')() ?? [];
    if (mode !== 'wal' && file !== ':memory:') throw new Error(`${file} cannot use a write-ahead log (journal_mode is ${mode}).`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/**
 * Moves the write-ahead log into the database and empties it; true if that was done. What a failed commit may have left
 * in the log cannot come back after this.
 */
export const emptyLog = (db: Database): boolean => row<[number]>(db, 'PRAGMA wal_checkpoint(TRUNCATE)')()?.[0] === 0;

/**
 * Closes a connection. SQLite keeps the file open until its statements are finalized, which this library leaves to the
 * garbage collector, so the log is emptied here: the file is whole by itself from now on.
 */
export const disconnect = (db: Database): void => {
  try {
    emptyLog(db);
  } catch {
    // A disk that fails here has the log still; it is read when the file is opened again.
  }
  db.close();
};

/**
 * Prepares a statement that answers rows as lists of values, in the order of its columns: half the cost of objects.
 */
export const rows = <Row extends readonly SqlValue[]>(db: Database, sql: string): ((...values: SqlValue[]) => Row[]) => {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return (...values) => statement.all(...values);
};

/** Prepares a statement that answers at most one row. */
export const row = <Row extends readonly SqlValue[]>(db: Database, sql: string): ((...values: SqlValue[]) => Row | undefined) => {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return (...values) => statement.get(...values);
};

/** Prepares a statement that answers nothing. */
export const run = (db: Database, sql: string): ((...values: SqlValue[]) => void) => {
  const statement = db.prepare(sql);
  return (...values) => void statement.run(...values);
};

/** Rows that one INSERT takes; more gain nothing. */
const ROWS_PER_INSERT = 10;

/**
 * Prepares an INSERT of many rows, `into` VALUES (`rowValues`), …: half the time of row by row. `add` puts the values of a row at
 * the end of a list. `otherwise` takes a row whose INSERT was refused because its key is there already; without it that is an
 * error. OR FAIL spares SQLite the journal by which it would take back the rows before it in the statement: an error takes the
 * whole transaction back.
 */
export const insertRows = <Row>(
  db: Database,
  into: string,
  rowValues: string,
  add: (values: SqlValue[], space: number, row: Row) => void,
  otherwise?: (values: readonly SqlValue[]) => void,
): ((space: number, all: readonly Row[]) => void) => {
  const one = run(db, `INSERT OR FAIL INTO ${into} VALUES (${rowValues})`);
  const many = run(db, `INSERT OR FAIL INTO ${into} VALUES ${Array.from({ length: ROWS_PER_INSERT }, () => `(${rowValues})`).join(', ')}`);
  const insert = (statement: typeof one, space: number, some: readonly Row[]): void => {
    const values: SqlValue[] = [];
    for (const each of some) add(values, space, each);
    try {
      statement(...values);
    } catch (error) {
      if (otherwise === undefined || !isConstraint(error)) throw error;
      const width = values.length / some.length;
      for (let i = 0; i < values.length; i += width) otherwise(values.slice(i, i + width));
    }
  };
  return (space, all) => {
    let i = 0;
    for (; i + ROWS_PER_INSERT <= all.length; i += ROWS_PER_INSERT) insert(many, space, all.slice(i, i + ROWS_PER_INSERT));
    for (; i < all.length; i += 1) insert(one, space, all.slice(i, i + 1));
  };
};
