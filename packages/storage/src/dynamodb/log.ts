import type { LogRow, Storage } from '@tidemark/engine/storage';
import type { Env } from '@tidemark/protocol';
import { bytesOf } from './attributes.ts';
import type { Head, Heads } from './head.ts';
import { LAST, pad, partitionOf } from './keys.ts';
import { unpackLog } from './log-parts.ts';
import { blobKeys, type Fetched } from './rows.ts';
import { itemKey, type Table } from './table.ts';

/** Looks again where part of a transaction that has just been committed is not to be seen yet. */
const LOOKS_MAX = 20;
const LOOK_AGAIN_MS = 5;

export type Log = Pick<Storage, 'readLog' | 'readLogRow' | 'readLogRows' | 'findLogRowAt' | 'readHistory'>;

/** Puts the large fields into rows that were kept without them; undefined where a piece is not there (yet, or any more). */
export const fetchBlobs = async <Row extends { readonly seq: number; readonly fieldsJson: string | null }>(
  table: Table,
  head: Head,
  rows: readonly Fetched<Row>[],
): Promise<Row[] | undefined> => {
  const large = rows.filter(({ blob }) => blob > 0);
  if (large.length === 0) return rows.map(({ row }) => row);
  const pieces = new Map<string, Uint8Array>();
  for (const item of await table.getAll(large.flatMap(({ row, blob }) => blobKeys(head, row.seq, blob))))
    pieces.set(itemKey(item).sk, bytesOf(item, 'piece'));
  const whole: Row[] = [];
  for (const { row, blob } of rows) {
    const own = blob === 0 ? [] : blobKeys(head, row.seq, blob).map(({ sk }) => pieces.get(sk));
    const found = own.filter((piece) => piece !== undefined);
    if (found.length < own.length) return undefined;
    whole.push(blob === 0 ? row : { ...row, fieldsJson: Buffer.concat(found).toString() });
  }
  return whole;
};

/** Rows after a seq, in order; up to the floor those that compaction kept, then the log as far as it has no hole. */
export async function* rowsAfter(table: Table, head: Head, after: number): AsyncGenerator<Fetched<LogRow>> {
  const { floor } = head.row;
  if (after < floor && head.kept !== '') {
    const pk = partitionOf('kept', head);
    const prefix = `${head.kept}/`;
    for await (const item of table.query({ pk, from: `${prefix}${pad(after + 1)}`, to: `${prefix}${LAST}` }))
      for (const row of unpackLog(item)) if (row.row.seq > after && row.row.seq <= floor) yield row;
  }
  let next = Math.max(after, floor) + 1;
  for await (const item of table.query({ pk: partitionOf('log', head), from: pad(next), to: LAST })) {
    for (const row of unpackLog(item)) {
      if (row.row.seq > next) return;
      if (row.row.seq < next) continue;
      yield row;
      next += 1;
    }
  }
}

const pageAfter = async (table: Table, head: Head, { after, limit, bytesMax }: Parameters<Storage['readLog']>[1]) => {
  const page: Fetched<LogRow>[] = [];
  let bytes = 0;
  for await (const fetched of rowsAfter(table, head, after)) {
    if (page.length >= limit) return { page, isWhole: true };
    bytes += fetched.blob === 0 ? Buffer.byteLength(fetched.row.fieldsJson ?? '') : fetched.blob;
    if (page.length > 0 && bytes > bytesMax) return { page, isWhole: true };
    page.push(fetched);
  }
  return { page, isWhole: (page.at(-1)?.row.seq ?? after) >= head.row.head };
};

/** The part of the log that holds `seq`, if one does. */
const partAt = async (table: Table, head: Head, seq: number): Promise<Fetched<LogRow>[]> => {
  if (seq < 1 || seq > head.row.head) return [];
  const isKept = seq <= head.row.floor;
  if (isKept && head.kept === '') return [];
  const prefix = isKept ? `${head.kept}/` : '';
  const pk = partitionOf(isKept ? 'kept' : 'log', head);
  for await (const item of table.query({ pk, from: `${prefix}${pad(seq)}`, to: `${prefix}${LAST}`, atOnce: 1 })) return unpackLog(item);
  return [];
};

/** The rows at these seqs, as far as they are there: each part that holds some is read once. */
const rowsAt = async (table: Table, head: Head, seqs: readonly number[]): Promise<Fetched<LogRow>[]> => {
  const found: Fetched<LogRow>[] = [];
  const wanted = new Set(seqs);
  let reached = 0;
  for (const seq of [...wanted].sort((a, b) => a - b)) {
    if (seq <= reached) continue;
    const part = await partAt(table, head, seq);
    found.push(...part.filter(({ row }) => row.seq >= seq && wanted.has(row.seq)));
    reached = part.at(-1)?.row.seq ?? seq;
  }
  return found;
};

/** One row, from the part that holds it. */
const rowAt = async (table: Table, head: Head, seq: number): Promise<Fetched<LogRow> | undefined> =>
  (await partAt(table, head, seq)).find(({ row }) => row.seq === seq);

/** The newest kept row at or below a time: what is kept has holes, so it is walked from its end. */
const keptAt = async (table: Table, head: Head, time: number): Promise<Fetched<LogRow> | undefined> => {
  if (head.kept === '') return undefined;
  const prefix = `${head.kept}/`;
  const pk = partitionOf('kept', head);
  for await (const item of table.query({ pk, from: prefix, to: `${prefix}${LAST}`, descending: true, atOnce: 1 })) {
    const found = unpackLog(item).findLast(({ row }) => row.updatedAt <= time);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Tries a read until what it looks for is to be seen; `look` answers undefined where something is missing. */
const createLooking = (heads: Heads, env: Env) => {
  return async <T>(space: string, look: (head: Head, isLast: boolean) => Promise<T | undefined>): Promise<T | undefined> => {
    for (let round = 1; ; round++) {
      const head = await heads.read(space);
      if (head === undefined) return undefined;
      const found = await look(head, round === LOOKS_MAX);
      if (found !== undefined || round === LOOKS_MAX) return found;
      await new Promise<void>((resolve) => void env.setTimer(LOOK_AGAIN_MS * round, resolve));
    }
  };
};

/** Reads of the log. What a transaction has committed may come into sight bit by bit; nobody is given a log with a hole. */
export const createLog = (table: Table, heads: Heads, env: Env): Log => {
  const looking = createLooking(heads, env);
  const rowOf = async (head: Head, seq: number): Promise<LogRow | undefined> => {
    const fetched = await rowAt(table, head, seq);
    return fetched && (await fetchBlobs(table, head, [fetched]))?.[0];
  };
  return {
    readLog: async (space, range) => {
      const rows = await looking(space, async (head, isLast) => {
        if (range.after >= head.row.head) return [];
        const { page, isWhole } = await pageAfter(table, head, range);
        return isWhole || isLast ? fetchBlobs(table, head, page) : undefined;
      });
      return rows ?? [];
    },
    readLogRow: (space, seq) =>
      looking(space, async (head) => {
        const row = await rowOf(head, seq);
        return row ?? (seq <= head.row.floor || seq > head.row.head ? NOTHING : undefined);
      }).then(orNothing),
    readLogRows: async (space, seqs) => {
      const rows = await looking(space, async (head, isLast) => {
        const found = await rowsAt(table, head, seqs);
        const there = new Set(found.map(({ row }) => row.seq));
        const isTorn = seqs.some((seq) => seq > head.row.floor && seq <= head.row.head && !there.has(seq));
        return isTorn && !isLast ? undefined : fetchBlobs(table, head, found);
      });
      return rows ?? [];
    },
    findLogRowAt: (space, time) =>
      looking(space, async (head) => {
        let [low, high] = [head.row.floor, head.row.head];
        // Times never go back in a log, so the last row at or below a time is found by halving.
        while (low < high) {
          const middle = Math.ceil((low + high) / 2);
          const row = await rowAt(table, head, middle);
          if (row === undefined) return undefined;
          if (row.row.updatedAt <= time) low = middle;
          else high = middle - 1;
        }
        const found = low > head.row.floor ? await rowAt(table, head, low) : await keptAt(table, head, time);
        return found === undefined ? NOTHING : (await fetchBlobs(table, head, [found]))?.[0];
      }).then(orNothing),
    readHistory: async (space, { seq, limit, until = 0 }) => {
      const rows = await looking(space, async (head) => {
        const chain: LogRow[] = [];
        for (let at = seq; chain.length < limit; ) {
          const row = await rowOf(head, at);
          if (row === undefined && at > head.row.floor && at <= head.row.head) return undefined;
          if (row === undefined || row.fieldsJson === null) break;
          chain.push(row);
          if (row.seq <= until) break;
          at = row.prevSeq;
        }
        return chain;
      });
      return rows ?? [];
    },
  };
};

const NOTHING = 'nothing';
const orNothing = (found: LogRow | typeof NOTHING | undefined): LogRow | undefined => (found === NOTHING ? undefined : found);
