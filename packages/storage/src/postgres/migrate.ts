import { ok, type Result, refuse } from '@tidemark/protocol';
import type { Database } from './database.ts';
import { MIGRATIONS } from './schema.ts';

/** Any number that nobody else takes: two servers that start at once migrate one after the other. */
const MIGRATION_LOCK = 8_436_275_360_001;

/**
 * Brings a database to our storageVersion in one transaction. Refuses one that a newer Tidemark has written.
 */
export const migrate = (db: Database): Promise<Result<number>> =>
  db.transaction(async ({ rows }): Promise<Result<number>> => {
    await rows('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    // Asked for first: a role that may not create schemas can run on one that was made for it.
    const [known] = await rows<[string | null]>("SELECT to_regclass('tidemark.storage')::text");
    if (known?.[0] == null) {
      const [schema] = await rows<[number]>("SELECT 1 FROM pg_namespace WHERE nspname = 'tidemark'");
      if (schema === undefined) await rows('CREATE SCHEMA tidemark');
      await rows('CREATE TABLE tidemark.storage (version integer NOT NULL)');
      await rows('INSERT INTO tidemark.storage VALUES (0)');
    }
    const [found = 0] = (await rows<[number]>('SELECT version FROM tidemark.storage'))[0] ?? [];
    if (found > MIGRATIONS.length) {
      return refuse(
        'UNAVAILABLE',
        `The database has storageVersion ${found}, and this Tidemark knows up to ${MIGRATIONS.length}. ` +
          'Run the newer Tidemark that wrote it; the database was not touched.',
        { storageVersion: found, known: MIGRATIONS.length },
      );
    }
    for (const step of MIGRATIONS.slice(found)) {
      for (const statement of step.split(';\n')) if (statement.trim() !== '') await rows(statement);
    }
    if (found < MIGRATIONS.length) await rows('UPDATE tidemark.storage SET version = $1', [MIGRATIONS.length]);
    return ok(MIGRATIONS.length);
  });
