import type { LogRow, RecordRow, Storage } from '@tidemark/engine/storage';
import {
  type ClientTuple,
  type LogTuple,
  type ReceiptTuple,
  type RecordTuple,
  type SpaceTuple,
  toClient,
  toLog,
  toReceipt,
  toRecord,
  toSpace,
} from '../sql/tuples.ts';
import type { Database } from './database.ts';
import { LOAD, loadedFrom, loadValues } from './load.ts';
import { CLIENT_COLUMNS, LOG_COLUMNS, RECEIPT_COLUMNS, RECORD_COLUMNS, SPACE_COLUMNS } from './rows.ts';

const NUMBER = '(SELECT number FROM tidemark.spaces WHERE key = $1)';

/**
 * The first rows of `select` whose fields add up to at most `bytes`, at least one: the sum is PostgreSQL's, so that a page of huge
 * records never leaves it. `octet_length` does not unpack what is stored apart.
 */
const cutBy = (select: string, order: string, bytes: string): string => `
SELECT * FROM (
  SELECT p.*, sum(octet_length(coalesce(p.fields, ''))) OVER w AS total, row_number() OVER w AS place
  FROM (${select}) p WINDOW w AS (ORDER BY ${order} ROWS UNBOUNDED PRECEDING)) q
WHERE total <= ${bytes} OR place = 1 ORDER BY ${order}`;

const logReads = (db: Database): Pick<Storage, 'readLog' | 'readLogRow' | 'readLogRows' | 'findLogRowAt' | 'readHistory'> => {
  const page = cutBy(
    `SELECT ${LOG_COLUMNS} FROM tidemark.log l WHERE l.space = ${NUMBER} AND l.seq > $2 ORDER BY l.seq LIMIT $3`,
    'seq',
    '$4::bigint',
  );
  const at = `SELECT ${LOG_COLUMNS} FROM tidemark.log l WHERE l.space = ${NUMBER} AND l.seq = $2`;
  const many = `SELECT ${LOG_COLUMNS} FROM tidemark.log l WHERE l.space = ${NUMBER} AND l.seq = ANY ($2::bigint[])`;
  /** Times never go back in a log, so the last row at or below a time is found by halving: in PostgreSQL, in one round trip. */
  const atTime = `
WITH RECURSIVE ends AS (
  SELECT s.number, greatest(s.floor, 1) AS floor, s.head FROM tidemark.spaces s WHERE s.key = $1),
halved (low, high) AS (
  SELECT floor - 1, head FROM ends
  UNION ALL
  SELECT CASE WHEN l.updatedAt <= $2 THEN l.seq ELSE h.low END, CASE WHEN l.updatedAt <= $2 THEN h.high ELSE l.seq - 1 END
  FROM halved h, ends e, tidemark.log l WHERE h.low < h.high AND l.space = e.number AND l.seq = (h.low + h.high + 1) / 2),
found AS (SELECT low FROM halved WHERE low = high)
SELECT ${LOG_COLUMNS} FROM ends e JOIN tidemark.log l ON l.space = e.number
WHERE l.seq = CASE WHEN (SELECT low FROM found) >= e.floor THEN (SELECT low FROM found) ELSE (
  SELECT k.seq FROM tidemark.log k WHERE k.space = e.number AND k.seq < e.floor AND k.updatedAt <= $2 ORDER BY k.seq DESC LIMIT 1) END`;
  const chain = `
WITH RECURSIVE chain AS (
  SELECT l.*, 1 AS place FROM tidemark.log l WHERE l.space = ${NUMBER} AND l.seq = $2 AND l.fields IS NOT NULL
  UNION ALL
  SELECT l.*, c.place + 1 FROM chain c JOIN tidemark.log l ON l.space = c.space AND l.seq = c.prevSeq
  WHERE c.place < $3::bigint AND c.seq > $4 AND l.fields IS NOT NULL)
SELECT ${LOG_COLUMNS} FROM chain l ORDER BY l.place LIMIT $3::bigint`;
  return {
    readLog: async (key, { after, limit, bytesMax }): Promise<LogRow[]> =>
      (await db.rows<LogTuple>(page, [key, after, limit, Math.min(bytesMax, Number.MAX_SAFE_INTEGER)])).map(toLog),
    readLogRow: async (key, seq) => {
      const [tuple] = await db.rows<LogTuple>(at, [key, seq]);
      return tuple && toLog(tuple);
    },
    readLogRows: async (key, seqs) => (await db.rows<LogTuple>(many, [key, seqs])).map(toLog),
    findLogRowAt: async (key, time) => {
      const [tuple] = await db.rows<LogTuple>(atTime, [key, time]);
      return tuple && toLog(tuple);
    },
    readHistory: async (key, { seq, limit, until = 0 }) => (await db.rows<LogTuple>(chain, [key, seq, limit, until])).map(toLog),
  };
};

const recordReads = (db: Database): Pick<Storage, 'readRecords'> => {
  const page = (where: string, live: string) =>
    cutBy(
      `SELECT ${RECORD_COLUMNS} FROM tidemark.records r WHERE r.space = ${NUMBER} AND ${where} ${live}
       ORDER BY r.collection, r.id LIMIT $4`,
      'collection, id',
      '$5::bigint',
    );
  const both = (where: string) => ({ all: page(where, ''), live: page(where, 'AND NOT r.deleted') });
  const any = both('(r.collection, r.id) > ($2, $3)');
  const one = both('r.collection = $2 AND r.id > $3');
  return {
    readRecords: async (key, { collection, after, limit, bytesMax, tombstones = false }): Promise<RecordRow[]> => {
      if (collection !== undefined && after !== undefined && Buffer.compare(Buffer.from(after.collection), Buffer.from(collection)) > 0)
        return [];
      const { all, live } = collection === undefined ? any : one;
      const id = collection === undefined || after?.collection === collection ? after?.id : undefined;
      const start = [collection ?? after?.collection ?? '', id ?? ''];
      const bytes = Math.min(bytesMax, Number.MAX_SAFE_INTEGER);
      return (await db.rows<RecordTuple>(tombstones ? all : live, [key, ...start, limit, bytes])).map(toRecord);
    },
  };
};

/** Every read of the port but `query`: each is one statement, so each sees one moment. */
export const createReads = (
  db: Database,
): Omit<Storage, 'capabilities' | 'query' | 'append' | 'putClient' | 'compact' | 'erase' | 'close'> => ({
  readSpace: async (key) => {
    const [tuple] = await db.rows<SpaceTuple>(`SELECT ${SPACE_COLUMNS} FROM tidemark.spaces s WHERE s.key = $1`, [key]);
    return tuple && toSpace(tuple);
  },
  load: async (key, wanted) => loadedFrom(await db.rows(LOAD, loadValues(key, wanted))),
  ...logReads(db),
  ...recordReads(db),
  readReceipts: async (key, { after = '', limit }) =>
    (
      await db.rows<ReceiptTuple>(
        `SELECT ${RECEIPT_COLUMNS} FROM tidemark.receipts r WHERE r.space = ${NUMBER} AND r.mutationId > $2 ORDER BY r.mutationId LIMIT $3`,
        [key, after, limit],
      )
    ).map(toReceipt),
  readClients: async (key) =>
    (await db.rows<ClientTuple>(`SELECT ${CLIENT_COLUMNS} FROM tidemark.clients c WHERE c.space = ${NUMBER}`, [key])).map(toClient),
  listSpaces: async ({ app, after = '', limit }) => {
    const found =
      app === undefined
        ? await db.rows<[string]>('SELECT key FROM tidemark.spaces WHERE key > $1 ORDER BY key LIMIT $2', [after, limit])
        : await db.rows<[string]>('SELECT key FROM tidemark.spaces WHERE app = $3 AND key > $1 ORDER BY key LIMIT $2', [after, limit, app]);
    return found.map(([key]) => key);
  },
});
