import type { AppDefinition } from '@tidemark/protocol';
import { type Declaration, declarationsOf } from '../indexes/declarations.ts';
import { createCatchUp } from './catch-up.ts';
import { type Database, row, rows, run } from './database.ts';
import { type DeclaredIndex, type IndexCatalogue, indexWriter, place } from './indexing.ts';
import { RECORD_CHANGE } from './rows.ts';

/** Indexes the records that were there before the index was declared. */
const build = (db: Database, [app, collection]: Declaration, index: DeclaredIndex): void => {
  const write = indexWriter(db);
  const next = rows<[number, number, string, number, string]>(
    db,
    `SELECT r.number, r.space, r.id, r.seq, l.fields FROM records r CROSS JOIN spaces s ON s.number = r.space ${RECORD_CHANGE}
     WHERE r.number > ? AND r.collection = ? AND r.deleted = 0 AND s.app = ? ORDER BY r.number LIMIT 100`,
  );
  let after = 0;
  for (;;) {
    const chunk = next(after, collection, app);
    for (const [number, space, id, seq, fieldsJson] of chunk) write([index], space, number, undefined, { id, seq, fieldsJson });
    const last = chunk.at(-1);
    if (last === undefined) return;
    after = last[0];
  }
};

const drop = (db: Database, number: number, kind: DeclaredIndex['kind'], app: string, collection: string): void => {
  if (kind === 'order') run(db, 'DELETE FROM entries WHERE indexNumber = ? AND space IN (SELECT number FROM spaces)')(number);
  else {
    run(
      db,
      `DELETE FROM search WHERE rowid IN
       (SELECT r.number FROM records r JOIN spaces s ON s.number = r.space WHERE r.collection = ? AND s.app = ?)`,
    )(collection, app);
  }
  run(db, 'DELETE FROM indexes WHERE number = ?')(number);
};

const readCatalogue = (db: Database): IndexCatalogue => {
  const catalogue = new Map<string, DeclaredIndex[]>();
  const all = rows<[number, string, string, DeclaredIndex['kind'], string]>(
    db,
    'SELECT number, app, collection, kind, fields FROM indexes',
  );
  for (const [number, app, collection, kind, fields] of all()) {
    const key = place(app, collection);
    const indexes = catalogue.get(key) ?? [];
    indexes.push({ number, kind, fields: JSON.parse(fields) });
    catalogue.set(key, indexes);
  }
  return catalogue;
};

/** A new index is built from the records as they are, so the others must not stand before that. */
const catchUpAll = (db: Database, apps: ReadonlySet<string>): void => {
  const catchUp = createCatchUp(db, readCatalogue(db));
  const behind = rows<[number]>(db, 'SELECT number FROM spaces WHERE app = ? AND indexed < head');
  for (const app of apps) for (const [space] of behind(app)) catchUp(space);
};

/**
 * Makes the indexes of the file those that `apps` declare, and answers what the file has. Indexes of apps that are not
 * given stay and are kept up, so that a tool that knows no app leaves none stale.
 */
export const declareIndexes = (db: Database, apps: readonly AppDefinition[]): IndexCatalogue => {
  const wanted = declarationsOf(apps);
  const names = new Set(apps.map((app) => app.name));
  const known = rows<[number, string, string, DeclaredIndex['kind'], string]>(
    db,
    'SELECT number, app, collection, kind, fields FROM indexes',
  )();
  const same = (a: Declaration, b: Declaration) => a.every((part, i) => part === b[i]);
  const insert = row<[number]>(db, 'INSERT INTO indexes (app, collection, kind, fields) VALUES (?, ?, ?, ?) RETURNING number');
  const fresh = wanted.filter((declaration) => !known.some(([, ...one]) => same(one, declaration)));
  db.exec('BEGIN IMMEDIATE');
  try {
    catchUpAll(db, new Set(fresh.map(([app]) => app)));
    for (const [number, ...declaration] of known) {
      if (names.has(declaration[0]) && !wanted.some((one) => same(one, declaration))) {
        drop(db, number, declaration[2], declaration[0], declaration[1]);
      }
    }
    for (const declaration of fresh) {
      const inserted = insert(...declaration);
      if (inserted === undefined) throw new Error('The index got no number.');
      build(db, declaration, { number: inserted[0], kind: declaration[2], fields: JSON.parse(declaration[3]) });
    }
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
  return readCatalogue(db);
};
