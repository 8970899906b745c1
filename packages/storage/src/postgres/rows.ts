/**
 * Columns of each table in the order of the tuples (sql/tuples.ts). Integers are read as double precision, which holds
 * every seq (below 2^53) and comes as a number; a bigint would come as a string.
 */
export const SPACE_COLUMNS = `s.key, s.app, s.spaceId, s.epoch, s.epochStart::float8, s.appends::float8, s.head::float8, s.hash,
  s.floor::float8, s.floorHash, s.committedAt, s.createdAt, s.digest, s.erased`;
export const LOG_COLUMNS = `l.seq::float8, l.collection, l.id, l.revision::float8, l.prevSeq::float8, l.updatedAt, l.schemaVersion::float8,
  l.deleted, l.fields, l.mutationId, l.clientId, l.at, l.hash`;
export const RECORD_COLUMNS = `r.collection, r.id, r.seq::float8, r.revision::float8, r.updatedAt, r.schemaVersion::float8, r.deleted,
  r.fields, r.meta`;
export const RECEIPT_COLUMNS = 'r.mutationId, r.hash, r.verdict, r.seq::float8, r.revision::float8, r.collection, r.id, r.extra';
export const CLIENT_COLUMNS = 'c.clientId, c.ackedN::float8, c.seq::float8, c.firstSeenAt, c.lastSeenAt, c.revoked, c.name';
