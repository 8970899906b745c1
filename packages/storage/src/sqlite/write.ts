import type { ItemWrite } from '@tidemark/engine/accounts';
import type { Append, ClientRow, LogRow, ReceiptRow, RecordRow, SpaceRow } from '@tidemark/engine/storage';
import { createAccountWrites } from './accounts.ts';
import { createCatchUp } from './catch-up.ts';
import { type Database, insertRows, row, run, type SqlValue } from './database.ts';
import type { IndexCatalogue } from './indexing.ts';
import {
  addLog,
  addReceipt,
  addRecord,
  fromClient,
  fromSpace,
  RECEIPT_COLUMNS,
  RECEIPT_IN_LOG_COLUMNS,
  SPACE_COLUMNS,
  SPACE_STATE_COLUMNS,
} from './rows.ts';
import { SEQ_BITS } from './schema.ts';

/** A space's row that replaces the one before it, if the counter is still as expected. */
export interface Replacement {
  readonly space: SpaceRow;
  readonly expectedAppends: number;
}
/** Plain data, so that a batch of jobs can travel to another thread. */
export type Job =
  | { readonly kind: 'append'; readonly batch: Append }
  | { readonly kind: 'compact'; readonly batch: Replacement }
  | { readonly kind: 'erase'; readonly batch: Replacement }
  /** Brings the declared indexes of a space up to its log, at most `changesMax` changes at once. */
  | { readonly kind: 'index'; readonly space: string; readonly changesMax: number }
  | { readonly kind: 'putClient'; readonly space: string; readonly client: ClientRow }
  | { readonly kind: 'accounts'; readonly batch: readonly ItemWrite[] };
export type JobAnswer = 'stored' | 'head_moved';

const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

/** Writes the space's row; answers its number, or undefined where the counter is not as expected. */
const spaceWriter = (db: Database) => {
  const find = row<[number, number]>(db, 'SELECT number, appends FROM spaces WHERE key = ?');
  const insert = row<[number]>(db, `INSERT INTO spaces (${SPACE_COLUMNS}) VALUES (${marks(14)}) RETURNING number`);
  const update = run(db, `UPDATE spaces SET (${SPACE_STATE_COLUMNS}) = (${marks(12)}) WHERE number = ?`);
  return ({ space, expectedAppends }: Replacement): number | undefined => {
    const [number, appends] = find(space.key) ?? [0, 0];
    if (appends !== expectedAppends) return undefined;
    const values = fromSpace(space);
    if (number === 0) return insert(...values)?.[0];
    // The key and the app of a space stay.
    update(...values.slice(2), number);
    return number;
  };
};

/** Writes changes, and with each the receipt that it is, if any. */
const changeWriter = (db: Database) => {
  const into = `log (position, collection, id, revision, prevSeq, updatedAt, schemaVersion, deleted, fields,
       mutationId, clientId, at, hash, content)`;
  const rowValues = `? << ${SEQ_BITS} | ?, ${marks(13)}`;
  return insertRows<Change>(db, into, rowValues, (values, space, { row, content }) => addLog(values, space, row, content));
};

/** Writes record states. Those of the first revision are new, but for a rare one that was compacted away and came back. */
const recordWriter = (db: Database) => {
  const into = 'records (space, collection, id, seq, deleted, meta)';
  const upsert = run(
    db,
    `INSERT INTO ${into} VALUES (${marks(6)})
     ON CONFLICT (space, collection, id) DO UPDATE SET seq = excluded.seq, deleted = excluded.deleted, meta = excluded.meta`,
  );
  const insert = insertRows<RecordRow>(db, into, marks(6), addRecord, (values) => upsert(...values));
  return (space: number, records: readonly RecordRow[]): void => {
    const isNew = ({ revision }: RecordRow): boolean => revision === 1;
    insert(space, records.every(isNew) ? records : records.filter(isNew));
    for (const record of records) {
      if (isNew(record)) continue;
      const values: SqlValue[] = [];
      addRecord(values, space, record);
      upsert(...values);
    }
  };
};

/** Writes receipts that no change is; they are nearly always new. */
const receiptWriter = (db: Database) => {
  const into = `receipts (space, ${RECEIPT_COLUMNS})`;
  const replace = run(db, `INSERT OR REPLACE INTO ${into} VALUES (${marks(9)})`);
  return insertRows<ReceiptRow>(db, into, marks(9), addReceipt, (values) => replace(...values));
};

/** A change, and the hash of its mutation's content if it is also the receipt. */
interface Change {
  readonly row: LogRow;
  readonly content: string | null;
}

/** Does the change say all that the receipt does but the content's hash? */
const isReceipt = (change: LogRow, receipt: ReceiptRow): boolean =>
  receipt.verdict === 'applied' &&
  receipt.extraJson === null &&
  change.mutationId === receipt.mutationId &&
  change.revision === receipt.revision &&
  change.id === receipt.id &&
  change.collection === receipt.collection;

/** Puts receipts to the changes they are, and answers the others apart. */
const withReceipts = ({ changes, receipts }: Append): { changes: readonly Change[]; others: readonly ReceiptRow[] } => {
  const first = changes[0]?.seq ?? 0;
  const contents: string[] = [];
  const others: ReceiptRow[] = [];
  for (const receipt of receipts) {
    const at = receipt.seq - first;
    const change = changes[at];
    if (change !== undefined && isReceipt(change, receipt)) contents[at] = receipt.hash;
    else others.push(receipt);
  }
  return { changes: changes.map((row, i) => ({ row, content: contents[i] ?? null })), others };
};

const clientWriter = (db: Database) => {
  const upsert = (set: string) =>
    run(
      db,
      `INSERT INTO clients (space, clientId, ackedN, seq, firstSeenAt, lastSeenAt, revoked, name) VALUES (${marks(8)})
       ON CONFLICT (space, clientId) DO UPDATE SET seq = excluded.seq, lastSeenAt = excluded.lastSeenAt,
         revoked = max(revoked, excluded.revoked), ${set}`,
    );
  const append = upsert('ackedN = excluded.ackedN');
  const put = upsert('name = coalesce(excluded.name, name)');
  return {
    append: (space: number, client: ClientRow) => append(space, ...fromClient(client)),
    put: (space: number, client: ClientRow) => put(space, ...fromClient(client)),
  };
};

const purger = (db: Database) => {
  const overtaken = `position > ?1 << ${SEQ_BITS} AND position < (?1 << ${SEQ_BITS} | ?2) AND (deleted = 1 OR position NOT IN (
       SELECT max(position) FROM log WHERE position > ?1 << ${SEQ_BITS} AND position <= (?1 << ${SEQ_BITS} | ?2) GROUP BY collection, id))`;
  const keepReceipts = run(
    db,
    `INSERT INTO receipts (space, ${RECEIPT_COLUMNS})
     SELECT ?1, ${RECEIPT_IN_LOG_COLUMNS} FROM log WHERE content IS NOT NULL AND ${overtaken}`,
  );
  const dropOvertaken = run(db, `DELETE FROM log WHERE ${overtaken}`);
  const emptyAnchor = run(db, `UPDATE log SET fields = NULL WHERE position = (? << ${SEQ_BITS} | ?) AND deleted = 1`);
  const dropTombstones = run(db, 'DELETE FROM records WHERE space = ? AND deleted = 1 AND seq <= ?');
  const dropLog = run(db, `DELETE FROM log WHERE position > ?1 << ${SEQ_BITS} AND position < (?1 + 1) << ${SEQ_BITS}`);
  const dropWords = run(db, 'DELETE FROM search WHERE rowid IN (SELECT number FROM records WHERE space = ?)');
  const indexNothing = run(db, 'UPDATE spaces SET indexed = head WHERE number = ?');
  const dropRest = ['entries', 'records', 'receipts', 'clients'].map((table) => run(db, `DELETE FROM ${table} WHERE space = ?`));
  return {
    compact: (space: number, floor: number) => {
      keepReceipts(space, floor);
      dropOvertaken(space, floor);
      emptyAnchor(space, floor);
      dropTombstones(space, floor);
    },
    erase: (space: number) => {
      dropLog(space);
      dropWords(space);
      for (const drop of dropRest) drop(space);
      indexNothing(space);
    },
  };
};

/** Prepares all writes on a connection. What it answers runs one job inside the transaction that is open. */
export const createWrites = (db: Database, catalogue: IndexCatalogue): ((job: Job) => JobAnswer) => {
  const writeSpace = spaceWriter(db);
  const writeRecords = recordWriter(db);
  const writeReceipts = receiptWriter(db);
  const writeClient = clientWriter(db);
  const purge = purger(db);
  const catchUp = createCatchUp(db, catalogue);
  const writeAccounts = createAccountWrites(db);
  const findSpace = row<[number]>(db, 'SELECT number FROM spaces WHERE key = ?');
  const writeChanges = changeWriter(db);
  return (job) => {
    if (job.kind === 'accounts') return writeAccounts(job.batch);
    if (job.kind === 'putClient' || job.kind === 'index') {
      const number = findSpace(job.space)?.[0];
      if (number === undefined) return 'stored';
      if (job.kind === 'index') catchUp(number, job.changesMax);
      else writeClient.put(number, job.client);
      return 'stored';
    }
    const space = writeSpace(job.batch);
    if (space === undefined) return 'head_moved';
    if (job.kind === 'compact') {
      // What goes may be what an index still stands on.
      catchUp(space);
      purge.compact(space, job.batch.space.floor);
    }
    if (job.kind === 'erase') purge.erase(space);
    if (job.kind !== 'append') return 'stored';
    const { batch } = job;
    const { changes, others } = withReceipts(batch);
    writeChanges(space, changes);
    writeRecords(space, batch.records);
    writeReceipts(space, others);
    for (const client of batch.clients) writeClient.append(space, client);
    return 'stored';
  };
};
