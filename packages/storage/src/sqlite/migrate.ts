import { ok, type Result, refuse } from '@tidemark/protocol';
import { type Database, row } from './database.ts';
import { MIGRATIONS } from './schema.ts';

const numberOf = (db: Database, sql: string): number => row<[number]>(db, sql)()?.[0] ?? 0;

/**
 * Brings a file to our storageVersion (`PRAGMA user_version`), each step in a transaction of its own, so that a cut
 * one leaves the version before it. Refuses a file that a newer Tidemark has written and one that is not ours.
 */
export const migrate = (db: Database, file: string): Result<number> => {
  const found = numberOf(db, 'PRAGMA user_version');
  if (found > MIGRATIONS.length) {
    return refuse(
      'UNAVAILABLE',
      `${file} has storageVersion ${found}, and this Tidemark knows up to ${MIGRATIONS.length}. ` +
        'Run the newer Tidemark that wrote it; the file was not touched.',
      { file, storageVersion: found, known: MIGRATIONS.length },
    );
  }
  if (found === 0 && numberOf(db, 'SELECT count(*) FROM sqlite_schema') > 0) {
    return refuse('UNAVAILABLE', `${file} is a database of another program. Name another file; this one was not touched.`, { file });
  }
  for (let version = found; version < MIGRATIONS.length; version++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(MIGRATIONS[version] ?? '');
      db.exec(`PRAGMA user_version = ${version + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
  return ok(MIGRATIONS.length);
};
