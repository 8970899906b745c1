import { type JsonObject, SEQ_FIELD } from '@tidemark/protocol';
import { entryOf } from '../indexes/index-key.ts';
import { recordWords } from '../indexes/record-words.ts';
import type { Database, Statements } from './database.ts';
import type { DeclaredIndex } from './declare-indexes.ts';
import { vectorOf } from './words.ts';

/** Records that are read and indexed at once. */
const RECORDS_AT_ONCE = 1_000;
/** Bytes of a key that its b-tree compares; what is equal up to there is told apart by the whole of it. */
export const KEY_HEAD_BYTES = 1_000;

interface State {
  readonly id: string;
  readonly fields: JsonObject;
}

const writeEntries = async ({ rows }: Statements, space: number, { number, fields }: DeclaredIndex, states: readonly State[]) => {
  const entries = states.map((state) => ({ id: state.id, ...entryOf(state.fields, fields, state.id) }));
  await rows(
    `INSERT INTO tidemark.entries (space, index, id, head, key, unindexed)
     SELECT $1, $2, * FROM unnest($3::text[], $4::bytea[], $5::bytea[], $6::integer[])`,
    [
      space,
      number,
      entries.map(({ id }) => id),
      entries.map(({ key }) => key.subarray(0, KEY_HEAD_BYTES)),
      entries.map(({ key }) => key),
      entries.map(({ unindexed }) => unindexed),
    ],
  );
};

const writeWords = async ({ rows }: Statements, space: number, { number, fields }: DeclaredIndex, states: readonly State[]) => {
  const found = states.map((state) => ({ id: state.id, words: recordWords(state.fields, fields) })).filter(({ words }) => words.length > 0);
  await rows(
    `INSERT INTO tidemark.words (space, index, id, words)
     SELECT $1, $2, v.id, v.words::tsvector FROM unnest($3::text[], $4::text[]) AS v (id, words)`,
    [space, number, found.map(({ id }) => id), found.map(({ words }) => vectorOf(space, number, words))],
  );
};

/** Writes what an index holds of the records with these ids, as they are now. */
const indexRecords = async (statements: Statements, space: number, index: DeclaredIndex, ids: readonly string[]): Promise<void> => {
  const table = index.kind === 'order' ? 'entries' : 'words';
  const keys = [space, index.number, ids];
  await statements.rows(`DELETE FROM tidemark.${table} WHERE space = $1 AND index = $2 AND id = ANY ($3::text[])`, keys);
  const live = await statements.rows<[string, number, string]>(
    `SELECT id, seq::float8, fields FROM tidemark.records
     WHERE space = $1 AND collection = $2 AND id = ANY ($3::text[]) AND NOT deleted`,
    [space, index.collection, ids],
  );
  const states = live.map(([id, seq, fields]): State => ({ id, fields: { ...JSON.parse(fields), [SEQ_FIELD]: seq } }));
  await (index.kind === 'order' ? writeEntries : writeWords)(statements, space, index, states);
};

/** From nothing: what an index has never seen, or what compaction left of a log that it had not reached. */
const rebuild = async (statements: Statements, space: number, index: DeclaredIndex): Promise<void> => {
  for (const table of ['entries', 'words'])
    await statements.rows(`DELETE FROM tidemark.${table} WHERE space = $1 AND index = $2`, [space, index.number]);
  for (let after = ''; ; ) {
    const ids = await statements.rows<[string]>(
      `SELECT id FROM tidemark.records WHERE space = $1 AND collection = $2 AND id > $3 AND NOT deleted ORDER BY id LIMIT $4`,
      [space, index.collection, after, RECORDS_AT_ONCE],
    );
    const last = ids.at(-1);
    if (last === undefined) return;
    await indexRecords(
      statements,
      space,
      index,
      ids.map(([id]) => id),
    );
    [after] = last;
  }
};

const followLog = async (statements: Statements, space: number, index: DeclaredIndex, from: number, to: number): Promise<void> => {
  const changed = await statements.rows<[string]>(
    'SELECT DISTINCT id FROM tidemark.log WHERE space = $1 AND seq > $2 AND seq <= $3 AND collection = $4',
    [space, from, to, index.collection],
  );
  for (let i = 0; i < changed.length; i += RECORDS_AT_ONCE)
    await indexRecords(
      statements,
      space,
      index,
      changed.slice(i, i + RECORDS_AT_ONCE).map(([id]) => id),
    );
};

/**
 * Brings one index of one space up to the head of its log. Log, records and head are of one moment (REPEATABLE READ), and of two
 * processes that do it at once one does it again. Appends write no index: of a record that was edited often only the last state is
 * indexed, when a query asks.
 */
export const catchUp = (db: Database, key: string, index: DeclaredIndex): Promise<void> =>
  db.transaction(async (statements) => {
    const [at] = await statements.rows<[number, number, number]>(
      'SELECT number::float8, head::float8, floor::float8 FROM tidemark.spaces WHERE key = $1',
      [key],
    );
    if (at === undefined) return;
    const [space, head, floor] = at;
    const own = [space, index.number];
    await statements.rows('INSERT INTO tidemark.indexed (space, index, seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING', own);
    const [reached = 0] =
      (await statements.rows<[number]>('SELECT seq::float8 FROM tidemark.indexed WHERE space = $1 AND index = $2 FOR UPDATE', own))[0] ??
      [];
    if (reached >= head) return;
    if (reached === 0 || reached < floor) await rebuild(statements, space, index);
    else await followLog(statements, space, index, reached, head);
    await statements.rows('UPDATE tidemark.indexed SET seq = $3 WHERE space = $1 AND index = $2', [...own, head]);
  }, 'REPEATABLE READ');
