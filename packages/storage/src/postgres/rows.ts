import type { ClientRow, LogRow, ReceiptRow, RecordRow, SpaceRow } from '@tidemark/engine/storage';

/**
 * Columns of each table in the order in which the functions below read them. Integers are read as double precision, which holds
 * every seq (below 2^53) and comes as a number; a bigint would come as a string.
 */
export const SPACE_COLUMNS = `s.key, s.app, s.spaceId, s.epoch, s.epochStart::float8, s.appends::float8, s.head::float8, s.hash,
  s.floor::float8, s.floorHash, s.committedAt, s.createdAt, s.digest, s.erased`;
export const LOG_COLUMNS = `l.seq::float8, l.collection, l.id, l.revision::float8, l.prevSeq::float8, l.updatedAt, l.schemaVersion::float8,
  l.deleted, l.fields, l.mutationId, l.clientId, l.at, l.hash`;
export const RECORD_COLUMNS = `r.collection, r.id, r.seq::float8, r.revision::float8, r.updatedAt, r.schemaVersion::float8, r.deleted,
  r.fields, r.meta`;
export const CLIENT_COLUMNS = 'c.clientId, c.ackedN::float8, c.seq::float8, c.firstSeenAt, c.lastSeenAt, c.revoked, c.name';

export type SpaceTuple = [string, string, string, string, number, number, number, string, number, string, number, number, string, string];
export type LogTuple = [number, string, string, number, number, number, number, boolean, string | null, string, string, number, string];
export type RecordTuple = [string, string, number, number, number, number, boolean, string, string];
export type ReceiptTuple = [string, string, ReceiptRow['verdict'], number, number, string, string, string | null];
export type ClientTuple = [string, number, number, number, number, boolean, string | null];

export const toSpace = (t: SpaceTuple): SpaceRow => {
  const digest: SpaceRow['digest'] = JSON.parse(t[12]);
  const erased: SpaceRow['erased'] = JSON.parse(t[13]);
  return {
    key: t[0],
    app: t[1],
    spaceId: t[2],
    epoch: t[3],
    epochStart: t[4],
    appends: t[5],
    head: t[6],
    hash: t[7],
    floor: t[8],
    floorHash: t[9],
    committedAt: t[10],
    createdAt: t[11],
    digest,
    erased,
  };
};

export const toLog = (t: LogTuple): LogRow => ({
  seq: t[0],
  collection: t[1],
  id: t[2],
  revision: t[3],
  prevSeq: t[4],
  updatedAt: t[5],
  schemaVersion: t[6],
  deleted: t[7],
  fieldsJson: t[8],
  mutationId: t[9],
  clientId: t[10],
  at: t[11],
  hash: t[12],
});

export const toRecord = (t: RecordTuple): RecordRow => ({
  collection: t[0],
  id: t[1],
  seq: t[2],
  revision: t[3],
  updatedAt: t[4],
  schemaVersion: t[5],
  deleted: t[6],
  fieldsJson: t[7],
  metaJson: t[8],
});

export const toReceipt = (t: ReceiptTuple): ReceiptRow => ({
  mutationId: t[0],
  hash: t[1],
  verdict: t[2],
  seq: t[3],
  revision: t[4],
  collection: t[5],
  id: t[6],
  extraJson: t[7],
});

export const toClient = (t: ClientTuple): ClientRow => ({
  clientId: t[0],
  ackedN: t[1],
  seq: t[2],
  firstSeenAt: t[3],
  lastSeenAt: t[4],
  revoked: t[5],
  name: t[6],
});
