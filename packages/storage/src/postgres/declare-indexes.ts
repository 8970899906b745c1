import type { AppDefinition } from '@tidemark/protocol';
import { type Declaration, declarationsOf } from '../indexes/declarations.ts';
import type { Database } from './database.ts';

/** A declared index, or the search fields, of one collection. */
export interface DeclaredIndex {
  readonly number: number;
  readonly app: string;
  readonly collection: string;
  readonly kind: Declaration[2];
  readonly fields: readonly string[];
}

/**
 * Makes sure that the database knows the indexes that `apps` declare, and answers those. What others declared stays: another process
 * may run another version of the app. Nothing is built here; each index is derived from the log when a query asks (catch-up.ts).
 */
export const declareIndexes = async (db: Database, apps: readonly AppDefinition[]): Promise<readonly DeclaredIndex[]> => {
  const wanted = declarationsOf(apps);
  const columns = [0, 1, 2, 3].map((i) => wanted.map((declaration) => declaration[i] ?? ''));
  const all = 'unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (app, collection, kind, fields)';
  await db.write(`INSERT INTO tidemark.indexes (app, collection, kind, fields) SELECT * FROM ${all} ON CONFLICT DO NOTHING`, columns);
  const found = await db.rows<[number, string, string, Declaration[2], string]>(
    `SELECT i.number::float8, i.app, i.collection, i.kind, i.fields
     FROM tidemark.indexes i JOIN ${all} USING (app, collection, kind, fields)`,
    columns,
  );
  return found.map(([number, app, collection, kind, fields]) => ({ number, app, collection, kind, fields: JSON.parse(fields) }));
};
