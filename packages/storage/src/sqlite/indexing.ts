import { type JsonObject, SEQ_FIELD } from '@tidemark/protocol';
import { entryOf } from '../indexes/index-key.ts';
import { type Database, run } from './database.ts';
import { tokensOf } from './search-words.ts';

/** A declared index, or the search fields, of one collection of one app. */
export interface DeclaredIndex {
  readonly number: number;
  readonly kind: 'order' | 'search';
  readonly fields: readonly string[];
}
/** By app and collection. */
export type IndexCatalogue = ReadonlyMap<string, readonly DeclaredIndex[]>;

const NONE: readonly DeclaredIndex[] = [];
/** The key of a collection in the catalogue. */
export const place = (app: string, collection: string) => `${app}\u0000${collection}`;

export const indexesOf = (catalogue: IndexCatalogue, app: string, collection: string): readonly DeclaredIndex[] =>
  catalogue.get(place(app, collection)) ?? NONE;

/** A record as its indexes see it; undefined where there is none or it is deleted. */
export type Indexed = { readonly id: string; readonly seq: number; readonly fieldsJson: string } | undefined;

const fieldsOf = (record: Indexed): JsonObject | undefined => record && { ...JSON.parse(record.fieldsJson), [SEQ_FIELD]: record.seq };

/** Moves the entries of a record from one state to the next; states with the same key cost nothing. */
export const indexWriter = (db: Database) => {
  const addEntry = run(db, 'INSERT INTO entries (space, indexNumber, key, record, unindexed) VALUES (?, ?, ?, ?, ?)');
  const setUnindexed = run(db, 'UPDATE entries SET unindexed = ? WHERE space = ? AND indexNumber = ? AND key = ?');
  const dropEntry = run(db, 'DELETE FROM entries WHERE space = ? AND indexNumber = ? AND key = ?');
  const addWords = run(db, 'INSERT INTO search (rowid, words) VALUES (?, ?)');
  const dropWords = run(db, 'DELETE FROM search WHERE rowid = ?');

  return (indexes: readonly DeclaredIndex[], space: number, record: number, before: Indexed, after: Indexed): void => {
    const old = fieldsOf(before);
    const next = fieldsOf(after);
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
