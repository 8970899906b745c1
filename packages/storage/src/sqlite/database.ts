import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

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
    db.exec('PRAGMA fullfsync = ON');
    db.exec('PRAGMA checkpoint_fullfsync = ON');
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    const { journal_mode: mode }: { journal_mode: string } = db.prepare('PRAGMA journal_mode').get();
    if (mode !== 'wal' && file !== ':memory:') throw new Error(`${file} cannot use a write-ahead log (journal_mode is ${mode}).`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** Prepares a statement that answers rows as lists of values, in the order of its columns: half the cost of objects. */
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
