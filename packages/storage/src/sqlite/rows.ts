import type { ClientRow, FoundRecord, LogRow, ReceiptRow, RecordRow, SpaceRow } from '@tidemark/engine/storage';
import type { SqlValue } from './database.ts';
import { SEQ_BITS } from './schema.ts';

/** Columns of each table in the order of the tuples (sql/tuples.ts) and in which the functions below write them. */
export const SPACE_STATE_COLUMNS =
  'spaceId, epoch, epochStart, appends, head, hash, floor, floorHash, committedAt, createdAt, digest, erased';
export const SPACE_COLUMNS = `key, app, ${SPACE_STATE_COLUMNS}`;
/** The seq of a log row. */
export const SEQ = `position & ${2 ** SEQ_BITS - 1}`;
export const LOG_COLUMNS = `${SEQ}, collection, id, revision, prevSeq, updatedAt, schemaVersion, deleted, fields,
  mutationId, clientId, at, hash`;
/** What a query answers of each live record of one collection; the rest is known, or nobody asks a query for it. */
export const FOUND_COLUMNS = 'r.id, r.seq, l.revision, l.updatedAt, l.schemaVersion, l.fields';
export type FoundTuple = [string, number, number, number, number, string];
/** A record `r` with the change `l` that it is the state after; joined so that the records come first. */
export const RECORD_COLUMNS = 'r.collection, r.id, r.seq, l.revision, l.updatedAt, l.schemaVersion, l.deleted, l.fields, r.meta';
export const RECORD_CHANGE = `CROSS JOIN log l ON l.position = (r.space << ${SEQ_BITS} | r.seq)`;
export const RECEIPT_COLUMNS = 'mutationId, hash, verdict, seq, revision, collection, id, extra';
/** The same of a receipt that its change is. */
export const RECEIPT_IN_LOG_COLUMNS = `mutationId, content, 'applied', ${SEQ}, revision, collection, id, NULL`;
export const CLIENT_COLUMNS = 'clientId, ackedN, seq, firstSeenAt, lastSeenAt, revoked, name';

const bit = (value: boolean): number => (value ? 1 : 0);

export const fromSpace = (s: SpaceRow): SqlValue[] => [
  s.key,
  s.app,
  s.spaceId,
  s.epoch,
  s.epochStart,
  s.appends,
  s.head,
  s.hash,
  s.floor,
  s.floorHash,
  s.committedAt,
  s.createdAt,
  JSON.stringify(s.digest),
  JSON.stringify(s.erased),
];

/** Each of these puts the values of a row, in the order of the columns its table is written in, at the end of `values`. */
export const addRecord = (values: SqlValue[], space: number, r: RecordRow): void =>
  void values.push(space, r.collection, r.id, r.seq, bit(r.deleted), r.metaJson);

/** `content`: see schema.ts. */
export const addLog = (values: SqlValue[], space: number, c: LogRow, content: string | null): void => {
  values.push(space, c.seq, c.collection, c.id, c.revision, c.prevSeq, c.updatedAt, c.schemaVersion, bit(c.deleted));
  values.push(c.fieldsJson, c.mutationId, c.clientId, c.at, c.hash, content);
};

export const addReceipt = (values: SqlValue[], space: number, r: ReceiptRow): void =>
  void values.push(space, r.mutationId, r.hash, r.verdict, r.seq, r.revision, r.collection, r.id, r.extraJson);

export const fromClient = (c: ClientRow): SqlValue[] => [c.clientId, c.ackedN, c.seq, c.firstSeenAt, c.lastSeenAt, bit(c.revoked), c.name];

export const toFound = (collection: string, t: FoundTuple): FoundRecord => ({
  collection,
  id: t[0],
  seq: t[1],
  revision: t[2],
  updatedAt: t[3],
  schemaVersion: t[4],
  deleted: false,
  fieldsJson: t[5],
});
