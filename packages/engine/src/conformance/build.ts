import { type AppDefinition, canonicalJson, type JsonObject } from '@tidemark/protocol';
import type { Append, ClientRow, LogRow, ReceiptRow, RecordRow, SpaceRow, Storage } from '../storage/storage.ts';

/** What a factory gives a test. `reopen` closes the storage and opens the same data again, where data outlives it. */
export interface Opened {
  readonly storage: Storage;
  readonly reopen?: () => Promise<Storage>;
  close(): Promise<void>;
}
/** `apps` declare the indexes that queries will name. */
export type Open = (apps: readonly AppDefinition[]) => Promise<Opened>;

export const SPACE = 'app/ann';
export const PAGE = { limit: 1_000, bytesMax: 1_000_000 };

/** Times of the rows below: seq n is committed at 1000 + n. */
export const timeOf = (seq: number): number => 1_000 + seq;

export const spaceRow = (row: Partial<SpaceRow> = {}): SpaceRow => ({
  key: SPACE,
  app: 'app',
  spaceId: 'space-1',
  epoch: 'epoch-1',
  epochStart: 0,
  appends: 1,
  head: 0,
  hash: 'h0',
  floor: 0,
  floorHash: 'h0',
  committedAt: 1_000,
  createdAt: 999,
  digest: {},
  erased: [],
  ...row,
});

export const changeRow = (seq: number, row: Partial<LogRow> = {}): LogRow => ({
  seq,
  collection: 'tasks',
  id: `t${seq}`,
  revision: 1,
  prevSeq: 0,
  updatedAt: timeOf(seq),
  schemaVersion: 1,
  deleted: false,
  fieldsJson: `{"n":${seq}}`,
  mutationId: `m${seq}`,
  clientId: 'c1',
  at: 0.5 + seq,
  hash: `h${seq}`,
  ...row,
});

export const recordRow = (row: Partial<RecordRow> = {}): RecordRow => ({
  collection: 'tasks',
  id: 't1',
  seq: 1,
  revision: 1,
  updatedAt: timeOf(1),
  schemaVersion: 1,
  deleted: false,
  fieldsJson: '{}',
  metaJson: '{}',
  ...row,
});

export const recordOf = (change: LogRow, metaJson = '{}'): RecordRow => ({
  collection: change.collection,
  id: change.id,
  seq: change.seq,
  revision: change.revision,
  updatedAt: change.updatedAt,
  schemaVersion: change.schemaVersion,
  deleted: change.deleted,
  fieldsJson: change.fieldsJson ?? '',
  metaJson,
});

export const receiptRow = (row: Partial<ReceiptRow> = {}): ReceiptRow => ({
  mutationId: 'm1',
  hash: 'content-1',
  verdict: 'applied',
  seq: 1,
  revision: 1,
  collection: 'tasks',
  id: 't1',
  extraJson: null,
  ...row,
});

export const clientRow = (row: Partial<ClientRow> = {}): ClientRow => ({
  clientId: 'c1',
  ackedN: 1,
  seq: 1,
  firstSeenAt: 1_000,
  lastSeenAt: 1_001,
  revoked: false,
  name: null,
  ...row,
});

/** An append of `changes` (and their records) to a space whose counter is at `expectedAppends`. */
export const appendOf = (
  expectedAppends: number,
  changes: readonly LogRow[],
  more: Partial<Append> & { readonly row?: Partial<SpaceRow> } = {},
): Append => {
  const { row, ...rest } = more;
  const newest = new Map(changes.map((change) => [`${change.collection}\u0000${change.id}`, recordOf(change)]));
  const last = changes.at(-1);
  const head = last === undefined ? {} : { head: last.seq, hash: last.hash, committedAt: last.updatedAt };
  return {
    expectedAppends,
    space: spaceRow({ ...head, ...row, appends: expectedAppends + 1 }),
    changes,
    records: [...newest.values()],
    receipts: [],
    clients: [],
    ...rest,
  };
};

/** The numbers from 1 to `count`. */
export const countTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Appends one change per seq up to `count`, all in one append. */
export const fill = (storage: Storage, count: number, row: Partial<SpaceRow> = {}) =>
  storage.append(
    appendOf(
      0,
      countTo(count).map((seq) => changeRow(seq)),
      { row },
    ),
  );

/** Stores records, one change each, and answers their rows. */
export const storeRecords = async (
  storage: Storage,
  records: readonly { readonly id: string; readonly fields: JsonObject; readonly collection?: string; readonly deleted?: boolean }[],
  row: Partial<SpaceRow> = {},
): Promise<RecordRow[]> => {
  const changes = records.map(({ id, fields, collection = 'tasks', deleted = false }, i) =>
    changeRow(i + 1, { id, collection, deleted, fieldsJson: canonicalJson(fields) }),
  );
  await storage.append(appendOf(0, changes, { row }));
  return changes.map((change) => recordOf(change));
};

/** Runs a test on a fresh storage and closes it, also when the test fails. */
export const onStorage =
  (open: Open, test: (storage: Storage, opened: Opened) => Promise<void>, apps: readonly AppDefinition[] = []) =>
  async (): Promise<void> => {
    const opened = await open(apps);
    try {
      await test(opened.storage, opened);
    } finally {
      await opened.close();
    }
  };
