import { type Database, row, rows, run } from './database.ts';
import { type IndexCatalogue, type Indexed, indexesOf, indexWriter } from './indexing.ts';
import { SEQ } from './rows.ts';
import { SEQ_BITS } from './schema.ts';

type ChangeTuple = [seq: number, collection: string, id: string, prevSeq: number];

/** First and last change of a record among those to be indexed. */
interface Span {
  readonly collection: string;
  readonly id: string;
  /** Seq of the state that its entries stand for; 0 = none. */
  readonly before: number;
  readonly after: number;
}

const spansOf = (changes: readonly ChangeTuple[]): Iterable<Span> => {
  const spans = new Map<string, Span>();
  for (const [seq, collection, id, prevSeq] of changes) {
    const key = `${collection}\u0000${id}`;
    spans.set(key, { collection, id, before: spans.get(key)?.before ?? prevSeq, after: seq });
  }
  return spans.values();
};

/**
 * Prepares what brings the entries of a space's declared indexes up to its log. Appends write none: they are derived from the log
 * when a query asks, from `spaces.indexed` on, and of a record that was edited often only the last state is. Runs inside a
 * transaction. At most `changesMax` changes of the log are looked at, all if absent.
 */
export const createCatchUp = (db: Database, catalogue: IndexCatalogue) => {
  const spaceAt = row<[string, number, number]>(db, 'SELECT app, indexed, head FROM spaces WHERE number = ?');
  const changesIn = rows<ChangeTuple>(
    db,
    `SELECT ${SEQ}, collection, id, prevSeq FROM log
     WHERE position > (?1 << ${SEQ_BITS} | ?2) AND position <= (?1 << ${SEQ_BITS} | ?3) ORDER BY position`,
  );
  const stateAt = row<[string | null, number]>(db, `SELECT fields, deleted FROM log WHERE position = (? << ${SEQ_BITS} | ?)`);
  const numberOf = row<[number]>(db, 'SELECT number FROM records WHERE space = ? AND collection = ? AND id = ?');
  const setIndexed = run(db, 'UPDATE spaces SET indexed = ? WHERE number = ?');
  const write = indexWriter(db);

  const indexedAt = (space: number, seq: number, id: string): Indexed => {
    const [fieldsJson, deleted] = (seq === 0 ? undefined : stateAt(space, seq)) ?? [null, 1];
    return deleted === 1 || fieldsJson === null ? undefined : { id, seq, fieldsJson };
  };
  return (space: number, changesMax: number = Number.POSITIVE_INFINITY): void => {
    const [app, indexed, head] = spaceAt(space) ?? ['', 0, 0];
    const upTo = Math.min(head, indexed + changesMax);
    if (upTo <= indexed) return;
    for (const { collection, id, before, after } of spansOf(changesIn(space, indexed, upTo))) {
      const indexes = indexesOf(catalogue, app, collection);
      const number = indexes.length === 0 ? undefined : numberOf(space, collection, id)?.[0];
      if (number !== undefined) write(indexes, space, number, indexedAt(space, before, id), indexedAt(space, after, id));
    }
    setIndexed(upTo, space);
  };
};

/** Prepares the question whether a space's declared indexes stand at its head. */
export const createIsIndexed = (db: Database): ((key: string) => boolean) => {
  const lag = row<[number]>(db, 'SELECT head - indexed FROM spaces WHERE key = ?');
  return (key) => (lag(key)?.[0] ?? 0) <= 0;
};
