import type { LogRow, RecordKey, RecordRow, Storage } from '@tidemark/engine/storage';
import { compareStrings } from '@tidemark/protocol';
import {
  type ClientTuple,
  type LogTuple,
  type ReceiptTuple,
  type RecordTuple,
  toClient,
  toLog,
  toReceipt,
  toRecord,
} from '../sql/tuples.ts';
import { type Database, row, rows, type SqlValue } from './database.ts';
import type { IndexCatalogue } from './indexing.ts';
import { queryReader } from './query.ts';
import { CLIENT_COLUMNS, LOG_COLUMNS, RECEIPT_COLUMNS, RECEIPT_IN_LOG_COLUMNS, RECORD_CHANGE, RECORD_COLUMNS, SEQ } from './rows.ts';
import { SEQ_BITS } from './schema.ts';
import { createSpaceReader, type SpaceReader } from './spaces.ts';

/** The reading half of the port, without promises: what it answers is as of now. */
export type Reads = {
  readonly [K in Exclude<keyof Storage, 'capabilities' | 'append' | 'putClient' | 'compact' | 'erase' | 'close'>]: (
    ...parameters: Parameters<Storage[K]>
  ) => Awaited<ReturnType<Storage[K]>>;
};

/** Rows asked for at first when each may be as large as a record can be; then as many as the room left holds on average. */
const CHUNK_ROWS = 64;

/** Reads a page chunk by chunk, so that a page of huge records is never in memory beyond its limit in bytes. */
const readPage = <Row extends { readonly fieldsJson: string | null }>(
  limit: number,
  bytesMax: number,
  next: (last: Row | undefined, count: number) => Row[],
): Row[] => {
  const page: Row[] = [];
  let bytes = 0;
  let count = Math.min(limit, CHUNK_ROWS);
  while (page.length < limit) {
    const chunk = next(page.at(-1), count);
    for (const one of chunk) {
      bytes += one.fieldsJson === null ? 0 : Buffer.byteLength(one.fieldsJson);
      if (bytes > bytesMax && page.length > 0) return page;
      page.push(one);
    }
    if (chunk.length < count) return page;
    const fitting = Math.ceil(((bytesMax - bytes) * page.length) / Math.max(bytes, 1));
    count = Math.max(1, Math.min(limit - page.length, fitting, CHUNK_ROWS * page.length));
  }
  return page;
};

const logReads = (db: Database, numberOf: (key: string) => number) => {
  // One bound to either side: of two, SQLite seeks by the first it reads, and walks from there to the other.
  const beginning = `position > ?1 << ${SEQ_BITS}`;
  const end = `position < (?1 + 1) << ${SEQ_BITS}`;
  const after = rows<LogTuple<number>>(
    db,
    `SELECT ${LOG_COLUMNS} FROM log WHERE position > (?1 << ${SEQ_BITS} | ?2) AND ${end} ORDER BY position LIMIT ?3`,
  );
  const at = row<LogTuple<number>>(db, `SELECT ${LOG_COLUMNS} FROM log WHERE position = (? << ${SEQ_BITS} | ?)`);
  const many = rows<LogTuple<number>>(
    db,
    `SELECT ${LOG_COLUMNS} FROM log WHERE position IN (SELECT ? << ${SEQ_BITS} | value FROM json_each(?))`,
  );
  const last = row<[number]>(db, `SELECT ${SEQ} FROM log WHERE ${beginning} AND ${end} ORDER BY position DESC LIMIT 1`);
  const timeAt = row<[number]>(db, `SELECT updatedAt FROM log WHERE position = (? << ${SEQ_BITS} | ?)`);
  const floorOf = row<[number]>(db, 'SELECT floor FROM spaces WHERE number = ?');
  const rowAt = (space: number, seq: number): LogRow | undefined => {
    const tuple = at(space, seq);
    return tuple && toLog(tuple);
  };
  const keptAt = row<LogTuple<number>>(
    db,
    `SELECT ${LOG_COLUMNS} FROM log WHERE ${beginning} AND position < (?1 << ${SEQ_BITS} | ?2) AND updatedAt <= ?3
     ORDER BY position DESC LIMIT 1`,
  );
  /**
   * Times never go back in a log, and from the floor on it has no holes, so halving finds the last row at or below
   * `time` without an index over times. Below the floor it walks what compaction left.
   */
  const lastAt = (space: number, time: number): LogRow | undefined => {
    const floor = Math.max(floorOf(space)?.[0] ?? 0, 1);
    let low = floor - 1;
    let high = last(space)?.[0] ?? low;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((timeAt(space, middle)?.[0] ?? Number.POSITIVE_INFINITY) <= time) low = middle;
      else high = middle - 1;
    }
    if (low >= floor) return rowAt(space, low);
    const tuple = keptAt(space, floor, time);
    return tuple && toLog(tuple);
  };
  return {
    readLog: (key, range) => {
      const space = numberOf(key);
      return readPage<LogRow>(range.limit, range.bytesMax, (previous, count) =>
        after(space, previous?.seq ?? range.after, count).map(toLog),
      );
    },
    readLogRow: (key, seq) => rowAt(numberOf(key), seq),
    readLogRows: (key, seqs) => many(numberOf(key), JSON.stringify(seqs)).map(toLog),
    findLogRowAt: (key, time) => lastAt(numberOf(key), time),
    readHistory: (key, { seq, limit, until = 0 }) => {
      const space = numberOf(key);
      const history: LogRow[] = [];
      for (let next = seq; history.length < limit && next > 0; ) {
        const change = rowAt(space, next);
        if (change === undefined || change.fieldsJson === null) break;
        history.push(change);
        if (change.seq <= until) break;
        next = change.prevSeq;
      }
      return history;
    },
  } satisfies Partial<Reads>;
};

const recordReads = (db: Database, numberOf: (key: string) => number) => {
  const live = 'AND r.deleted = 0';
  const select = (where: string) =>
    rows<RecordTuple<number>>(db, `SELECT ${RECORD_COLUMNS} FROM records r ${RECORD_CHANGE} WHERE r.space = ? AND ${where}`);
  const order = 'ORDER BY r.collection, r.id LIMIT ?';
  const anyAll = select(`(r.collection, r.id) > (?, ?) ${order}`);
  const anyLive = select(`(r.collection, r.id) > (?, ?) ${live} ${order}`);
  const oneAll = select(`r.collection = ? AND r.id > ? ${order}`);
  const oneLive = select(`r.collection = ? AND r.id > ? ${live} ${order}`);
  return {
    readRecords: (key, page) => {
      const space = numberOf(key);
      const { collection, tombstones = false, after } = page;
      if (collection === undefined) {
        const read = tombstones ? anyAll : anyLive;
        return readPage<RecordRow>(page.limit, page.bytesMax, (last = undefined, count) => {
          const from = last ?? after;
          return read(space, from?.collection ?? '', from?.id ?? '', count).map(toRecord);
        });
      }
      if (after !== undefined && Buffer.compare(Buffer.from(after.collection), Buffer.from(collection)) > 0) return [];
      const read = tombstones ? oneAll : oneLive;
      const start = after?.collection === collection ? after.id : '';
      return readPage<RecordRow>(page.limit, page.bytesMax, (last, count) =>
        read(space, collection, last?.id ?? start, count).map(toRecord),
      );
    },
  } satisfies Partial<Reads>;
};

const idsByCollection = (keys: readonly RecordKey[]): [collection: string, ids: string[]][] => {
  const [only] = keys;
  if (only !== undefined && keys.length === 1) return [[only.collection, [only.id]]];
  const ids = new Map<string, string[]>();
  for (const { collection, id } of keys) {
    const known = ids.get(collection);
    if (known === undefined) ids.set(collection, [id]);
    else known.push(id);
  }
  return [...ids];
};

/**
 * Prepares a read of the rows whose last key column, with which `select` ends, is among `keys`. Many are given as one JSON list: a
 * fifth of the time of asking for each; but a single one is found in half the time without.
 */
const keyReader = <Row extends readonly SqlValue[]>(db: Database, select: string) => {
  const one = rows<Row>(db, `${select} = ?`);
  const many = rows<Row>(db, `${select} IN (SELECT value FROM json_each(?))`);
  return (keys: readonly string[], ...before: SqlValue[]): Row[] => {
    const [first] = keys;
    if (first === undefined) return [];
    return keys.length === 1 ? one(...before, first) : many(...before, JSON.stringify(keys));
  };
};

/** Receipts lie in two places, each in order. */
const receiptPages = (db: Database, numberOf: (key: string) => number): Reads['readReceipts'] => {
  const apart = rows<ReceiptTuple>(
    db,
    `SELECT ${RECEIPT_COLUMNS} FROM receipts WHERE space = ? AND mutationId > ? ORDER BY mutationId LIMIT ?`,
  );
  const inLog = rows<ReceiptTuple>(
    db,
    `SELECT ${RECEIPT_IN_LOG_COLUMNS} FROM log WHERE content IS NOT NULL AND position >> ${SEQ_BITS} = ? AND mutationId > ?
     ORDER BY mutationId LIMIT ?`,
  );
  return (key, { after = '', limit }) => {
    const space = numberOf(key);
    const both = [...apart(space, after, limit), ...inLog(space, after, limit)];
    return both
      .sort(([a], [b]) => compareStrings(a, b))
      .slice(0, limit)
      .map(toReceipt);
  };
};

/** Prepares all reads on a connection. `spaceAt` answers the rows of spaces. */
export const createReads = (db: Database, catalogue: IndexCatalogue, spaceAt: SpaceReader = createSpaceReader(db)): Reads => {
  // No space has number 0, so reads of an unknown space find nothing.
  const numberOf = (key: string): number => spaceAt(key)?.number ?? 0;
  const recordsAt = keyReader<RecordTuple<number>>(
    db,
    `SELECT ${RECORD_COLUMNS} FROM records r ${RECORD_CHANGE} WHERE r.space = ? AND r.collection = ? AND r.id`,
  );
  const receiptsAt = keyReader<ReceiptTuple>(db, `SELECT ${RECEIPT_COLUMNS} FROM receipts WHERE space = ? AND mutationId`);
  const receiptsInLog = keyReader<ReceiptTuple>(
    db,
    `SELECT ${RECEIPT_IN_LOG_COLUMNS} FROM log WHERE content IS NOT NULL AND position >> ${SEQ_BITS} = ? AND mutationId`,
  );
  const clientsAt = keyReader<ClientTuple<number>>(db, `SELECT ${CLIENT_COLUMNS} FROM clients WHERE space = ? AND clientId`);
  const clients = rows<ClientTuple<number>>(db, `SELECT ${CLIENT_COLUMNS} FROM clients WHERE space = ?`);
  const listAll = rows<[string]>(db, 'SELECT key FROM spaces WHERE key > ? ORDER BY key LIMIT ?');
  const listApp = rows<[string]>(db, 'SELECT key FROM spaces WHERE app = ? AND key > ? ORDER BY key LIMIT ?');

  return {
    readSpace: (key) => spaceAt(key)?.row,
    load: (key, wanted) => {
      const { number, row: space } = spaceAt(key) ?? { number: 0, row: undefined };
      return {
        space,
        records: idsByCollection(wanted.records).flatMap(([collection, ids]) => recordsAt(ids, number, collection).map(toRecord)),
        receipts: [...receiptsAt(wanted.receipts, number), ...receiptsInLog(wanted.receipts, number)].map(toReceipt),
        clients: clientsAt(wanted.clients, number).map(toClient),
      };
    },
    ...logReads(db, numberOf),
    ...recordReads(db, numberOf),
    query: queryReader(db, catalogue),
    readReceipts: receiptPages(db, numberOf),
    readClients: (key) => clients(numberOf(key)).map(toClient),
    listSpaces: ({ app, after = '', limit }) =>
      (app === undefined ? listAll(after, limit) : listApp(app, after, limit)).map(([key]) => key),
  };
};
