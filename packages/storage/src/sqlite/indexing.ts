import type { AppDefinition, JsonObject } from '@tidemark/protocol';
import { type Database, row, rows, run } from './database.ts';
import { entryOf } from './index-key.ts';
import { tokensOf } from './search-words.ts';

/** A declared index, or the search fields, of one collection of one app. */
export interface DeclaredIndex {
  readonly number: number;
  readonly kind: 'order' | 'search';
  readonly fields: readonly string[];
}
/** By app and collection. */
export type IndexCatalogue = ReadonlyMap<string, readonly DeclaredIndex[]>;

type Declaration = readonly [app: string, collection: string, kind: DeclaredIndex['kind'], fields: string];

const NONE: readonly DeclaredIndex[] = [];
const place = (app: string, collection: string) => `${app}\u0000${collection}`;

export const indexesOf = (catalogue: IndexCatalogue, app: string, collection: string): readonly DeclaredIndex[] =>
  catalogue.get(place(app, collection)) ?? NONE;

/** A record as its indexes see it; undefined where there is none or it is deleted. */
export type Indexed = { readonly id: string; readonly fieldsJson: string } | undefined;

/** Moves the entries of a record from one state to the next; states with the same key cost nothing. */
export const indexWriter = (db: Database) => {
  const addEntry = run(db, 'INSERT INTO entries (space, indexNumber, key, record, unindexed) VALUES (?, ?, ?, ?, ?)');
  const setUnindexed = run(db, 'UPDATE entries SET unindexed = ? WHERE space = ? AND indexNumber = ? AND key = ?');
  const dropEntry = run(db, 'DELETE FROM entries WHERE space = ? AND indexNumber = ? AND key = ?');
  const addWords = run(db, 'INSERT INTO search (rowid, words) VALUES (?, ?)');
  const dropWords = run(db, 'DELETE FROM search WHERE rowid = ?');

  return (indexes: readonly DeclaredIndex[], space: number, record: number, before: Indexed, after: Indexed): void => {
    const old: JsonObject | undefined = before && JSON.parse(before.fieldsJson);
    const next: JsonObject | undefined = after && JSON.parse(after.fieldsJson);
    const id = after?.id ?? before?.id ?? '';
    for (const { number, kind, fields } of indexes) {
      if (kind === 'search') {
        const oldWords = old === undefined ? '' : tokensOf(old, fields, space, number);
        const nextWords = next === undefined ? '' : tokensOf(next, fields, space, number);
        if (oldWords === nextWords) continue;
        if (oldWords !== '') dropWords(record);
        if (nextWords !== '') addWords(record, nextWords);
        continue;
      }
      const from = old && entryOf(old, fields, id);
      const to = next && entryOf(next, fields, id);
      if (from !== undefined && to !== undefined && Buffer.compare(from.key, to.key) === 0) {
        if (from.unindexed !== to.unindexed) setUnindexed(to.unindexed, space, number, to.key);
        continue;
      }
      if (from !== undefined) dropEntry(space, number, from.key);
      if (to !== undefined) addEntry(space, number, to.key, record, to.unindexed);
    }
  };
};

const declarationsOf = (apps: readonly AppDefinition[]): Declaration[] =>
  apps.flatMap((app) =>
    Object.values(app.collections).flatMap((collection): Declaration[] => [
      ...collection.indexes.map((fields): Declaration => [app.name, collection.name, 'order', JSON.stringify(fields)]),
      ...(collection.search.length > 0
        ? [[app.name, collection.name, 'search', JSON.stringify(collection.search)] satisfies Declaration]
        : []),
    ]),
  );

/** Indexes the records that were there before the index was declared. */
const build = (db: Database, [app, collection]: Declaration, index: DeclaredIndex): void => {
  const write = indexWriter(db);
  const next = rows<[number, number, string, string]>(
    db,
    `SELECT r.number, r.space, r.id, r.fields FROM records r JOIN spaces s ON s.number = r.space
     WHERE r.number > ? AND r.collection = ? AND r.deleted = 0 AND s.app = ? ORDER BY r.number LIMIT 100`,
  );
  let after = 0;
  for (;;) {
    const chunk = next(after, collection, app);
    for (const [number, space, id, fieldsJson] of chunk) write([index], space, number, undefined, { id, fieldsJson });
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
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const [number, ...declaration] of known) {
      if (names.has(declaration[0]) && !wanted.some((one) => same(one, declaration))) {
        drop(db, number, declaration[2], declaration[0], declaration[1]);
      }
    }
    for (const declaration of wanted) {
      if (known.some(([, ...one]) => same(one, declaration))) continue;
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
