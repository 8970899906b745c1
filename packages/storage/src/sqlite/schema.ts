/**
 * The tables. Spaces are numbered, so that every other row names its space by a small integer.
 *
 * - `log.position` is `space << 40 | seq`: one integer key gives order and isolation from a single b-tree. It bounds a
 *   file to 8 million spaces and a space to 10^12 changes.
 * - `records` has a number of its own, which `entries` and `search` refer to.
 * - `entries` holds the declared indexes: one row per record and index, its key comparable byte by byte (../indexes/index-key.ts).
 *   SQL expression indexes could not do: SQLite reads JSON's true as 1, and rounds some numbers otherwise than JavaScript.
 * - `search` holds our own folded words (see search-words.ts), and no text.
 * - Times are REAL because a clock may be fractional; whole ones take the same room as integers.
 */
const VERSION_1 = `
CREATE TABLE spaces (
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  app TEXT NOT NULL,
  spaceId TEXT NOT NULL,
  epoch TEXT NOT NULL,
  epochStart INTEGER NOT NULL,
  appends INTEGER NOT NULL,
  head INTEGER NOT NULL,
  hash TEXT NOT NULL,
  floor INTEGER NOT NULL,
  floorHash TEXT NOT NULL,
  committedAt REAL NOT NULL,
  createdAt REAL NOT NULL,
  digest TEXT NOT NULL,
  erased TEXT NOT NULL
) STRICT;
CREATE INDEX spacesByApp ON spaces (app, key);

CREATE TABLE log (
  position INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  prevSeq INTEGER NOT NULL,
  updatedAt REAL NOT NULL,
  schemaVersion INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  fields TEXT,
  mutationId TEXT NOT NULL,
  clientId TEXT NOT NULL,
  at REAL NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TABLE records (
  number INTEGER PRIMARY KEY,
  space INTEGER NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  updatedAt REAL NOT NULL,
  schemaVersion INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  fields TEXT NOT NULL,
  meta TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX recordsByKey ON records (space, collection, id);
CREATE INDEX tombstones ON records (space, seq) WHERE deleted = 1;

CREATE TABLE receipts (
  space INTEGER NOT NULL,
  mutationId TEXT NOT NULL,
  hash TEXT NOT NULL,
  verdict TEXT NOT NULL,
  seq INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  extra TEXT,
  PRIMARY KEY (space, mutationId)
) STRICT, WITHOUT ROWID;

CREATE TABLE clients (
  space INTEGER NOT NULL,
  clientId TEXT NOT NULL,
  ackedN INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  firstSeenAt REAL NOT NULL,
  lastSeenAt REAL NOT NULL,
  revoked INTEGER NOT NULL,
  name TEXT,
  PRIMARY KEY (space, clientId)
) STRICT, WITHOUT ROWID;

CREATE TABLE indexes (
  number INTEGER PRIMARY KEY,
  app TEXT NOT NULL,
  collection TEXT NOT NULL,
  kind TEXT NOT NULL,
  fields TEXT NOT NULL,
  UNIQUE (app, collection, kind, fields)
) STRICT;

CREATE TABLE entries (
  space INTEGER NOT NULL,
  indexNumber INTEGER NOT NULL,
  key BLOB NOT NULL,
  record INTEGER NOT NULL,
  unindexed INTEGER NOT NULL,
  PRIMARY KEY (space, indexNumber, key)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii', detail = 'none');
`;

/** Accounts: items of an owner (see the accounts storage port). The key is the table, so an owner's items lie together. */
const VERSION_2 = `
CREATE TABLE accounts (
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  expiresAt REAL,
  json TEXT NOT NULL,
  PRIMARY KEY (owner, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX accountsByExpiry ON accounts (expiresAt) WHERE expiresAt IS NOT NULL;
`;

/** `indexed`: the seq up to which `entries` and `search` stand for the log (catch-up.ts). Before, each append wrote them. */
const VERSION_3 = `
ALTER TABLE spaces ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
UPDATE spaces SET indexed = head;
`;

/**
 * What is written for a change is written once. `log.content` is the hash of the mutation's content where the change is also its
 * receipt: `applied`, with nothing beside it; `receipts` holds the others, and those whose change compaction takes. A
 * record names the change it is the state after, which the log keeps for as long as the record, and holds no fields itself.
 */
const VERSION_4 = `
ALTER TABLE log ADD COLUMN content TEXT;
CREATE UNIQUE INDEX receiptsInLog ON log (position >> 40, mutationId) WHERE content IS NOT NULL;
ALTER TABLE records DROP COLUMN fields;
ALTER TABLE records DROP COLUMN revision;
ALTER TABLE records DROP COLUMN updatedAt;
ALTER TABLE records DROP COLUMN schemaVersion;
`;

/** Statements that bring a file from storageVersion k to k + 1, by place. Only ever add to the end. */
export const MIGRATIONS: readonly string[] = [VERSION_1, VERSION_2, VERSION_3, VERSION_4];

/** Bits of `log.position` that hold the seq. */
export const SEQ_BITS = 40;
