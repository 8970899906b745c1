import { type QueryPlan, queryRecords, type RecordRow, type Storage } from '@tidemark/engine/storage';
import type { Env } from '@tidemark/protocol';
import { type Served, servedBy } from '../indexes/served-by.ts';
import { textOf } from './attributes.ts';
import { type At, catchUp, entrySort, type Mark, markKey, toMark } from './catch-up.ts';
import type { DeclaredIndex } from './declared.ts';
import { type Bounds, orderBounds, placeOf, wordBounds } from './entries.ts';
import type { Head, Heads } from './head.ts';
import { collectionRange, headKey, partitionOf, recordSort } from './keys.ts';
import { fetchBlobs } from './log.ts';
import { isThere } from './records.ts';
import { recordKeyOf, toRecord } from './rows.ts';
import { type Item, itemKey, type Range, type Table } from './table.ts';

/** A space that is written faster than its indexes follow: after so many rounds a query gives up. */
const ROUNDS_MAX = 50;
/** Records that are fetched at once beyond what is asked for, since some may not meet all conditions. */
const AT_ONCE_MIN = 25;
const AT_ONCE_MAX = 1_000;

type Reading = { readonly head: Head; readonly marks: ReadonlyMap<DeclaredIndex, Mark> };

/** The head and how far the indexes stand, of one moment; undefined where there is no space, 'again' where the head had to be settled. */
const readMarks = async (table: Table, heads: Heads, space: string, app: (head: Head) => readonly DeclaredIndex[]) => {
  const guess = heads.guess(space) ?? (await heads.read(space));
  if (guess === undefined) return undefined;
  const indexes = app(guess);
  if (indexes.length === 0) return { head: (await heads.read(space)) ?? guess, marks: new Map<DeclaredIndex, Mark>() };
  const [first, ...found] = await table.getTogether([headKey(space), ...indexes.map((index) => markKey({ table, head: guess, index }))]);
  if (first === undefined) return undefined;
  const head = await heads.settle(first);
  if (head === undefined || head.generation !== guess.generation) return 'again';
  const marks = new Map<DeclaredIndex, Mark>();
  for (const [place, index] of indexes.entries()) {
    const item = found[place];
    if (item !== undefined) marks.set(index, toMark(item));
  }
  return { head, marks };
};

const isSame = (a: Reading, b: Reading): boolean =>
  a.head.row.appends === b.head.row.appends && [...a.marks].every(([index, { edition }]) => b.marks.get(index)?.edition === edition);

const entryRange = (head: Head, index: DeclaredIndex, edition: string, { from, to }: Bounds): Range => ({
  pk: partitionOf('index', head),
  from: entrySort(index, edition, from),
  to: entrySort(index, edition, to),
});

const fetchRecords = async (table: Table, head: Head, collection: string, ids: readonly string[]): Promise<RecordRow[] | undefined> => {
  const items = await table.getAll([...new Set(ids)].map((id) => recordKeyOf(head, { collection, id })));
  const rows = items.map(toRecord).filter(({ row }) => isThere(head, row));
  return fetchBlobs(table, head, rows);
};

/** Records under the words of a search: those that have all of them. */
const found = async (table: Table, { head, marks }: Reading, index: DeclaredIndex, plan: QueryPlan): Promise<RecordRow[] | undefined> => {
  let ids: Set<string> | undefined;
  for (const word of plan.words ?? []) {
    const under = new Set<string>();
    for await (const item of table.query(entryRange(head, index, marks.get(index)?.edition ?? '', wordBounds(word))))
      under.add(textOf(item, 'id'));
    ids = ids === undefined ? under : new Set([...ids].filter((id) => under.has(id)));
  }
  return fetchRecords(table, head, plan.collection, [...(ids ?? [])]);
};

/** Items in lists that may be looked at one by one: where the index does not know an order, the list goes on. */
async function* inLists(items: AsyncIterable<Item>, size: number, place: (item: Item) => string): AsyncGenerator<Item[]> {
  let list: Item[] = [];
  for await (const item of items) {
    const last = list.at(-1);
    if (last !== undefined && list.length >= size && place(last) !== place(item)) {
      yield list;
      list = [];
    }
    list.push(item);
  }
  yield list;
}

const isFullText = (plan: QueryPlan): boolean => (plan.words ?? []).length > 0;

/** The first records of an order that meet a plan, list by list. */
const ordered = async (
  table: Table,
  { head, marks }: Reading,
  plan: QueryPlan,
  order: DeclaredIndex | undefined,
): Promise<RecordRow[] | undefined> => {
  const size = Math.min(AT_ONCE_MAX, Math.max(AT_ONCE_MIN, plan.limit));
  const range = order === undefined ? idRange(head, plan) : entryRange(head, order, marks.get(order)?.edition ?? '', orderBounds(plan));
  const items = table.query({ ...range, descending: plan.direction === 'desc', atOnce: size });
  const rows: RecordRow[] = [];
  for await (const list of inLists(items, size, (item) => placeOf(itemKey(item).sk))) {
    const states =
      order === undefined
        ? await fetchBlobs(
            table,
            head,
            list.map(toRecord).filter(({ row }) => isThere(head, row)),
          )
        : await fetchRecords(
            table,
            head,
            plan.collection,
            list.map((item) => textOf(item, 'id')),
          );
    if (states === undefined) return undefined;
    rows.push(...queryRecords(states, plan));
    if (rows.length >= plan.limit) break;
  }
  return rows.slice(0, plan.limit);
};

/** Conditions on ids alone: the records themselves are in that order. */
const idRange = (head: Head, { collection, equals, range = {}, after, direction }: QueryPlan): Range => {
  const whole = collectionRange(collection);
  const ids = (...values: unknown[]) => values.filter((value) => typeof value === 'string').map((id) => recordSort({ collection, id }));
  const lows = ids(equals[0], range.gt, range.gte, direction === 'asc' ? after?.id : undefined);
  const highs = ids(equals[0], range.lt, range.lte, direction === 'desc' ? after?.id : undefined);
  const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const from = [whole.from, ...lows].sort(compare).at(-1) ?? whole.from;
  const to = [whole.to, ...highs].sort(compare)[0] ?? whole.to;
  return { pk: partitionOf('records', head), from, to };
};

const answer = async (table: Table, reading: Reading, plan: QueryPlan, { order, search }: Served<DeclaredIndex>) => {
  if (!isFullText(plan) || search === undefined) return ordered(table, reading, plan, order);
  const rows = await found(table, reading, search, plan);
  return rows && queryRecords(rows, plan);
};

/**
 * Answers query plans. The indexes it reads must stand at the head of the log from the beginning of the query to its end; where they lag
 * behind they catch up, and where the space was written to meanwhile it asks again.
 */
export const createQuery = (
  table: Table,
  heads: Heads,
  declared: readonly DeclaredIndex[],
  readRecords: Storage['readRecords'],
  env: Env,
): Storage['query'] => {
  const read = (space: string, plan: QueryPlan) => {
    const wanted = (head: Head) => {
      const { order, search } = servedBy(declared, head.row.app, plan);
      return [isFullText(plan) ? undefined : order, search].filter((index) => index !== undefined);
    };
    return readMarks(table, heads, space, wanted);
  };
  return async (space, plan) => {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const before = await read(space, plan);
      if (before === undefined) return [];
      if (before === 'again') continue;
      const { head, marks } = before;
      const served = servedBy(declared, head.row.app, plan);
      const needed = [isFullText(plan) ? undefined : served.order, served.search].filter((index) => index !== undefined);
      const behind = needed.filter((index) => (marks.get(index)?.seq ?? 0) < head.row.head);
      for (const index of behind) {
        const at: At = { table, head, index };
        await catchUp(at, marks.get(index), readRecords, env);
      }
      if (behind.length > 0) continue;
      const rows = await answer(table, before, plan, served);
      const after = await read(space, plan);
      if (after === undefined) return [];
      if (rows !== undefined && after !== 'again' && isSame(before, after)) return rows;
    }
    throw new Error(`The indexes of ${space} did not catch up with its writers.`);
  };
};
