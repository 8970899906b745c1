import type { ClientRow, LogRow, ReceiptRow, RecordRow, SpaceRow } from '@tidemark/engine/storage';

/** SQLite has no booleans: 1 is true there. */
type Flag = boolean | number;
const isSet = (flag: Flag): boolean => flag === true || flag === 1;

/** Rows as both SQL databases hand them out, in the order of the columns that their `rows.ts` name. */
export type SpaceTuple = [string, string, string, string, number, number, number, string, number, string, number, number, string, string];
export type LogTuple<F extends Flag = Flag> = [
  number,
  string,
  string,
  number,
  number,
  number,
  number,
  F,
  string | null,
  string,
  string,
  number,
  string,
];
export type RecordTuple<F extends Flag = Flag> = [string, string, number, number, number, number, F, string, string];
export type ReceiptTuple = [string, string, ReceiptRow['verdict'], number, number, string, string, string | null];
export type ClientTuple<F extends Flag = Flag> = [string, number, number, number, number, F, string | null];

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
  deleted: isSet(t[7]),
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
  deleted: isSet(t[6]),
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
  revoked: isSet(t[5]),
  name: t[6],
});
