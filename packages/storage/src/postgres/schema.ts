/**
 * The tables, in a schema of their own. Spaces are numbered, so that every other row names its space by a small integer.
 * Text is compared as bytes (COLLATE "C" in a UTF-8 database), which is the order of code points.
 *
 * - JSON is kept as text: it comes back byte for byte, and a pull parses none of it.
 * - `entries` and `words` hold the declared indexes, `indexed` how far each stands in a space's log (catch-up.ts). Each index stands
 *   on its own, so that two versions of an app, which declare other indexes, can run over one database.
 * - `entries.head` is the first part of `key`: a b-tree takes no entry above 2,704 bytes.
 * - Times are double precision because a clock may be fractional.
 */
const VERSION_1 = `
CREATE TABLE tidemark.spaces (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text COLLATE "C" NOT NULL UNIQUE,
  app text COLLATE "C" NOT NULL,
  spaceId text NOT NULL,
  epoch text NOT NULL,
  epochStart bigint NOT NULL,
  appends bigint NOT NULL,
  head bigint NOT NULL,
  hash text NOT NULL,
  floor bigint NOT NULL,
  floorHash text NOT NULL,
  committedAt double precision NOT NULL,
  createdAt double precision NOT NULL,
  digest text NOT NULL,
  erased text NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX spacesByApp ON tidemark.spaces (app, key);

CREATE TABLE tidemark.log (
  space bigint NOT NULL,
  seq bigint NOT NULL,
  collection text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  prevSeq bigint NOT NULL,
  updatedAt double precision NOT NULL,
  schemaVersion bigint NOT NULL,
  deleted boolean NOT NULL,
  fields text,
  mutationId text NOT NULL,
  clientId text NOT NULL,
  at double precision NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (space, seq)
);

CREATE TABLE tidemark.records (
  space bigint NOT NULL,
  collection text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  revision bigint NOT NULL,
  updatedAt double precision NOT NULL,
  schemaVersion bigint NOT NULL,
  deleted boolean NOT NULL,
  fields text NOT NULL,
  meta text NOT NULL,
  PRIMARY KEY (space, collection, id)
) WITH (fillfactor = 90);
CREATE INDEX tombstones ON tidemark.records (space, seq) WHERE deleted;

CREATE TABLE tidemark.receipts (
  space bigint NOT NULL,
  mutationId text COLLATE "C" NOT NULL,
  hash text NOT NULL,
  verdict text NOT NULL,
  seq bigint NOT NULL,
  revision bigint NOT NULL,
  collection text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  extra text,
  PRIMARY KEY (space, mutationId)
);

CREATE TABLE tidemark.clients (
  space bigint NOT NULL,
  clientId text COLLATE "C" NOT NULL,
  ackedN bigint NOT NULL,
  seq bigint NOT NULL,
  firstSeenAt double precision NOT NULL,
  lastSeenAt double precision NOT NULL,
  revoked boolean NOT NULL,
  name text,
  PRIMARY KEY (space, clientId)
) WITH (fillfactor = 70);

CREATE TABLE tidemark.indexes (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  app text COLLATE "C" NOT NULL,
  collection text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  fields text COLLATE "C" NOT NULL,
  UNIQUE (app, collection, kind, fields)
);

CREATE TABLE tidemark.indexed (
  space bigint NOT NULL,
  index bigint NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (space, index)
) WITH (fillfactor = 50);

CREATE TABLE tidemark.entries (
  space bigint NOT NULL,
  index bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  head bytea NOT NULL,
  key bytea NOT NULL,
  unindexed integer NOT NULL,
  PRIMARY KEY (space, index, id)
);
CREATE INDEX entriesByKey ON tidemark.entries (space, index, head);

CREATE TABLE tidemark.words (
  space bigint NOT NULL,
  index bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (space, index, id)
);
CREATE INDEX wordsByWord ON tidemark.words USING gin (words);

CREATE TABLE tidemark.accounts (
  owner text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  expiresAt double precision,
  json text NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE INDEX accountsByExpiry ON tidemark.accounts (expiresAt) WHERE expiresAt IS NOT NULL;
`;

/** Statements that bring a database from storageVersion k to k + 1, by place. Only ever add to the end. */
export const MIGRATIONS: readonly string[] = [VERSION_1];
