import type { Append, ClientRow, LogRow, ReceiptRow, RecordRow, SpaceRow } from '@tidemark/engine/storage';
import type { SqlValue } from './database.ts';

type Column<Row> = readonly [name: string, type: string, value: (row: Row) => string | number | boolean | null];

const SPACE: readonly Column<SpaceRow>[] = [
  ['key', 'text', (s) => s.key],
  ['app', 'text', (s) => s.app],
  ['spaceId', 'text', (s) => s.spaceId],
  ['epoch', 'text', (s) => s.epoch],
  ['epochStart', 'bigint', (s) => s.epochStart],
  ['appends', 'bigint', (s) => s.appends],
  ['head', 'bigint', (s) => s.head],
  ['hash', 'text', (s) => s.hash],
  ['floor', 'bigint', (s) => s.floor],
  ['floorHash', 'text', (s) => s.floorHash],
  ['committedAt', 'float8', (s) => s.committedAt],
  ['createdAt', 'float8', (s) => s.createdAt],
  ['digest', 'text', (s) => JSON.stringify(s.digest)],
  ['erased', 'text', (s) => JSON.stringify(s.erased)],
];
const LOG: readonly Column<LogRow>[] = [
  ['seq', 'bigint', (c) => c.seq],
  ['collection', 'text', (c) => c.collection],
  ['id', 'text', (c) => c.id],
  ['revision', 'bigint', (c) => c.revision],
  ['prevSeq', 'bigint', (c) => c.prevSeq],
  ['updatedAt', 'float8', (c) => c.updatedAt],
  ['schemaVersion', 'bigint', (c) => c.schemaVersion],
  ['deleted', 'boolean', (c) => c.deleted],
  ['fields', 'text', (c) => c.fieldsJson],
  ['mutationId', 'text', (c) => c.mutationId],
  ['clientId', 'text', (c) => c.clientId],
  ['at', 'float8', (c) => c.at],
  ['hash', 'text', (c) => c.hash],
];
const RECORD: readonly Column<RecordRow>[] = [
  ['collection', 'text', (r) => r.collection],
  ['id', 'text', (r) => r.id],
  ['seq', 'bigint', (r) => r.seq],
  ['revision', 'bigint', (r) => r.revision],
  ['updatedAt', 'float8', (r) => r.updatedAt],
  ['schemaVersion', 'bigint', (r) => r.schemaVersion],
  ['deleted', 'boolean', (r) => r.deleted],
  ['fields', 'text', (r) => r.fieldsJson],
  ['meta', 'text', (r) => r.metaJson],
];
const RECEIPT: readonly Column<ReceiptRow>[] = [
  ['mutationId', 'text', (r) => r.mutationId],
  ['hash', 'text', (r) => r.hash],
  ['verdict', 'text', (r) => r.verdict],
  ['seq', 'bigint', (r) => r.seq],
  ['revision', 'bigint', (r) => r.revision],
  ['collection', 'text', (r) => r.collection],
  ['id', 'text', (r) => r.id],
  ['extra', 'text', (r) => r.extraJson],
];
const CLIENT: readonly Column<ClientRow>[] = [
  ['clientId', 'text', (c) => c.clientId],
  ['ackedN', 'bigint', (c) => c.ackedN],
  ['seq', 'bigint', (c) => c.seq],
  ['firstSeenAt', 'float8', (c) => c.firstSeenAt],
  ['lastSeenAt', 'float8', (c) => c.lastSeenAt],
  ['revoked', 'boolean', (c) => c.revoked],
  ['name', 'text', (c) => c.name],
];

const names = <Row>(columns: readonly Column<Row>[]): string => columns.map(([name]) => name).join(', ');
const updates = <Row>(columns: readonly Column<Row>[]): string => columns.map(([name]) => `${name} = excluded.${name}`).join(', ');
/** Every column as an array of its values. */
const arrays = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): SqlValue[] => columns.map(([, , value]) => rows.map(value));

/** Numbers its parameters as it goes: `unnest($1::text[], …) AS name (columns)`. */
const createTables = () => {
  let used = 0;
  return <Row>(alias: string, columns: readonly (Column<Row> | readonly [string, string])[]): string => {
    const parameters = columns.map(([, type]) => `$${++used}::${type}[]`).join(', ');
    return `unnest(${parameters}) AS ${alias} (${columns.map(([name]) => name).join(', ')})`;
  };
};

const OF_SPACE = ['place', 'bigint'] as const;
const STATE = SPACE.slice(2);

const appendText = (): string => {
  const table = createTables();
  const wanted = table('w', [['place', 'bigint'], ['expected', 'bigint'], ...SPACE]);
  const rowsOf = <Row>(columns: readonly Column<Row>[]): string =>
    `SELECT d.number, ${names(columns)} FROM ${table('v', [OF_SPACE, ...columns])} JOIN done d USING (place)`;
  return `
WITH wanted AS MATERIALIZED (SELECT * FROM ${wanted}),
moved AS (
  UPDATE tidemark.spaces s SET (${names(STATE)}) = (${STATE.map(([name]) => `w.${name}`).join(', ')})
  FROM wanted w WHERE s.key = w.key AND s.appends = w.expected RETURNING s.number, w.place),
made AS (
  INSERT INTO tidemark.spaces (${names(SPACE)}) SELECT ${names(SPACE)} FROM wanted WHERE expected = 0
  ON CONFLICT (key) DO NOTHING RETURNING number, key),
done AS MATERIALIZED (
  SELECT number, place FROM moved UNION ALL SELECT made.number, w.place FROM made JOIN wanted w USING (key)),
log AS (INSERT INTO tidemark.log (space, ${names(LOG)}) ${rowsOf(LOG)}),
records AS (
  INSERT INTO tidemark.records (space, ${names(RECORD)}) ${rowsOf(RECORD)}
  ON CONFLICT (space, collection, id) DO UPDATE SET ${updates(RECORD.slice(2))}),
receipts AS (
  INSERT INTO tidemark.receipts (space, ${names(RECEIPT)}) ${rowsOf(RECEIPT)}
  ON CONFLICT (space, mutationId) DO UPDATE SET ${updates(RECEIPT.slice(1))}),
clients AS (
  INSERT INTO tidemark.clients AS c (space, ${names(CLIENT)}) ${rowsOf(CLIENT)}
  ON CONFLICT (space, clientId) DO UPDATE SET ackedN = excluded.ackedN, seq = excluded.seq, lastSeenAt = excluded.lastSeenAt,
    revoked = c.revoked OR excluded.revoked)
SELECT place::float8 FROM done`;
};

/**
 * Appends of different spaces as one statement, which is one commit and one round trip. The compare takes the row of each space, so
 * that of two processes which expect the same head the later one waits, looks again, and finds it moved. Answers the places (in the
 * list of batches) of those that were stored.
 */
export const APPEND = appendText();

/** The parameters of APPEND. */
export const appendValues = (batches: readonly Append[]): SqlValue[] => {
  const all = <Row>(columns: readonly Column<Row>[], of: (batch: Append) => readonly Row[]): SqlValue[] => [
    batches.flatMap((batch, place) => of(batch).map(() => place)),
    ...arrays(columns, batches.flatMap(of)),
  ];
  return [
    batches.map((_, place) => place),
    batches.map((batch) => batch.expectedAppends),
    ...arrays(
      SPACE,
      batches.map((batch) => batch.space),
    ),
    ...all(LOG, (batch) => batch.changes),
    ...all(RECORD, (batch) => batch.records),
    ...all(RECEIPT, (batch) => batch.receipts),
    ...all(CLIENT, (batch) => batch.clients),
  ];
};

/** Replaces the row of one space under the same compare, inside a transaction; answers its number where it was as expected. */
export const REPLACE_SPACE = `
WITH wanted AS (SELECT * FROM ${createTables()('w', [['expected', 'bigint'], ...SPACE])})
UPDATE tidemark.spaces s SET (${names(STATE)}) = (${STATE.map(([name]) => `w.${name}`).join(', ')})
FROM wanted w WHERE s.key = w.key AND s.appends = w.expected RETURNING s.number::float8`;

export const replaceValues = (space: SpaceRow, expectedAppends: number): SqlValue[] => [[expectedAppends], ...arrays(SPACE, [space])];

/** A client outside of an append: never its ackedN and firstSeenAt; a name of null and a revocation stay. */
export const PUT_CLIENT = `
INSERT INTO tidemark.clients AS c (space, ${names(CLIENT)})
SELECT s.number, ${CLIENT.map(([name]) => `v.${name}`).join(', ')} FROM ${createTables()('v', [['key', 'text'], ...CLIENT])}
JOIN tidemark.spaces s USING (key)
ON CONFLICT (space, clientId) DO UPDATE SET seq = excluded.seq, lastSeenAt = excluded.lastSeenAt,
  revoked = c.revoked OR excluded.revoked, name = coalesce(excluded.name, c.name)`;

export const putClientValues = (key: string, client: ClientRow): SqlValue[] => [[key], ...arrays(CLIENT, [client])];
