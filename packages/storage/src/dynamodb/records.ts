import type { RecordRow, Storage } from '@tidemark/engine/storage';
import { StorageFailure } from '@tidemark/engine/storage';
import type { Head, Heads } from './head.ts';
import { collectionRange, LAST, partitionOf, recordSort } from './keys.ts';
import { fetchBlobs } from './log.ts';
import { type Fetched, recordKeyOf, toRecord } from './rows.ts';
import { type Item, slices, type Table, TRANSACTION_ITEMS_MAX } from './table.ts';

type PageRange = Parameters<Storage['readRecords']>[1];

const ROUNDS_MAX = 20;

/** A tombstone that compaction let go is gone, whether or not its item is removed yet. */
export const isThere = (head: Head, { deleted, seq }: RecordRow): boolean => !deleted || seq > head.swept;

/** Between which sort keys the page lies; undefined where nothing can. `after` itself is let through. */
const rangeOf = ({ collection, after }: PageRange): { readonly from: string; readonly to: string } | undefined => {
  const { from, to } = collection === undefined ? { from: '!', to: LAST } : collectionRange(collection);
  if (after === undefined) return { from, to };
  const start = recordSort(after);
  if (Buffer.compare(Buffer.from(start), Buffer.from(to)) > 0) return undefined;
  return { from: Buffer.compare(Buffer.from(start), Buffer.from(from)) > 0 ? start : from, to };
};

const EVERYTHING = { limit: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER };

/** Sees to it that every record of the newest append is in sight, before a snapshot begins whose cursor stands behind it. */
const awaitNewest = async (table: Table, head: Head, readLog: Storage['readLog']): Promise<void> => {
  const changes = await readLog(head.space, { after: Math.max(head.before, head.row.floor), ...EVERYTHING });
  if ((changes.at(-1)?.seq ?? head.row.floor) < head.row.head)
    throw new StorageFailure('storage_failed', 'nothing', `The newest changes of ${head.space} are not in sight yet.`);
  const keys = new Map(changes.map((change) => [recordSort(change), recordKeyOf(head, change)]));
  for (const some of slices([...keys.values()], TRANSACTION_ITEMS_MAX)) await table.getTogether(some);
};

const takePage = async (items: AsyncIterable<Item>, head: Head, page: PageRange): Promise<Fetched<RecordRow>[]> => {
  const rows: Fetched<RecordRow>[] = [];
  let bytes = 0;
  for await (const item of items) {
    const fetched = toRecord(item);
    const { row, blob } = fetched;
    const isAfter = page.after === undefined || row.collection !== page.after.collection || row.id !== page.after.id;
    if (!isAfter || !isThere(head, row) || (row.deleted && page.tombstones !== true)) continue;
    if (rows.length >= page.limit) break;
    bytes += blob === 0 ? Buffer.byteLength(row.fieldsJson) : blob;
    if (rows.length > 0 && bytes > page.bytesMax) break;
    rows.push(fetched);
  }
  return rows;
};

/** Pages of record states. Large fields that a newer change has just replaced make it read again. */
export const createReadRecords =
  (table: Table, heads: Heads, readLog: Storage['readLog']): Storage['readRecords'] =>
  async (space, page) => {
    const range = rangeOf(page);
    for (let round = 0; round < ROUNDS_MAX && range !== undefined; round++) {
      const head = await heads.read(space);
      if (head === undefined) return [];
      if (page.after === undefined && head.before < head.row.head) await awaitNewest(table, head, readLog);
      const items = table.query({ pk: partitionOf('records', head), ...range, ...(page.limit < 100 ? { atOnce: page.limit + 1 } : {}) });
      const rows = await fetchBlobs(table, head, await takePage(items, head, page));
      if (rows !== undefined) return rows;
    }
    if (range === undefined) return [];
    throw new StorageFailure('storage_failed', 'nothing', `Large records of ${space} changed too fast to be read.`);
  };
