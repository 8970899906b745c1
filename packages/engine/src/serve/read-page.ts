import { type JsonObject, whereTest } from '@tidemark/protocol';
import { queryRecords } from '../storage/query-records.ts';
import type { FoundRecord, QueryPlan, Storage } from '../storage/storage.ts';
import type { ChangesSince } from './changes-since.ts';
import { positionOf } from './page-cursor.ts';

const FILTER_BATCH = 200;
const FILTER_BATCH_MAX = 1_000;

/** A page of an answer, in order. */
export interface Page {
  readonly rows: readonly FoundRecord[];
  /** The last record the page took into account, where there is more behind it. */
  readonly last?: FoundRecord;
}

type Test = (row: FoundRecord) => boolean;

const testOf = (filter: JsonObject): Test => {
  if (Object.keys(filter).length === 0) return () => true;
  const meets = whereTest(filter);
  return ({ id, fieldsJson }) => meets({ ...JSON.parse(fieldsJson), id });
};

/** Records that a plan finds and `keep` lets through, until there are more than its limit. */
const scan = async (storage: Storage, space: string, plan: QueryPlan, filtered: boolean, keep: Test, step: () => Promise<boolean>) => {
  const wanted = plan.limit + 1;
  const found: FoundRecord[] = [];
  let { after } = plan;
  let batchSize = filtered ? Math.max(wanted, FILTER_BATCH) : wanted;
  for (;;) {
    const batch = await storage.query(space, { ...plan, ...(after === undefined ? {} : { after }), limit: batchSize });
    if (!(await step())) return undefined;
    found.push(...batch);
    const last = batch.at(-1);
    const kept = found.filter(keep);
    if (kept.length >= wanted || last === undefined || batch.length < batchSize) return kept;
    found.splice(0, found.length, ...kept);
    after = positionOf(plan, last);
    batchSize = Math.min(FILTER_BATCH_MAX, Math.max(batchSize, FILTER_BATCH) * 2);
  }
};

const cut = (rows: readonly FoundRecord[], limit: number): Page => {
  const last = rows[limit - 1];
  return { rows: rows.slice(0, limit), ...(rows.length > limit && last !== undefined ? { last } : {}) };
};

/** A page as the records are now. */
export const readPage = async (storage: Storage, space: string, plan: QueryPlan, filter: JsonObject): Promise<Page> => {
  const test = testOf(filter);
  const rows = await scan(storage, space, plan, Object.keys(filter).length > 0, test, async () => true);
  return cut(rows ?? [], plan.limit);
};

/**
 * A page of the answer as it was when its first page was asked for. A record that was changed since stands where it
 * stood then, so that none comes twice and none is passed over however its fields move; what is shown of it is its state
 * now, and it is left out where it is gone or no longer meets the conditions. What was created since is not in the answer.
 * Undefined where too much was changed since.
 */
export const readStablePage = async (
  storage: Storage,
  space: string,
  plan: QueryPlan,
  filter: JsonObject,
  changes: ChangesSince,
): Promise<Page | undefined> => {
  const test = testOf(filter);
  const isFiltered = Object.keys(filter).length > 0;
  const unchanged = await scan(storage, space, plan, isFiltered, (row) => !changes.has(row) && test(row), changes.catchUp);
  if (unchanged === undefined) return undefined;
  const moved = queryRecords((await changes.statesBefore()).filter(test), { ...plan, limit: plan.limit + 1 });
  if (moved.length === 0) return cut(unchanged, plan.limit);
  const page = cut(queryRecords([...unchanged, ...moved], { ...plan, limit: plan.limit + 1 }), plan.limit);
  return { ...page, rows: await asNow(storage, space, plan, page.rows, changes, test) };
};

const asNow = async (
  storage: Storage,
  space: string,
  { after: _, ...plan }: QueryPlan,
  rows: readonly FoundRecord[],
  changes: ChangesSince,
  test: Test,
): Promise<FoundRecord[]> => {
  const keys = rows.filter((row) => changes.has(row)).map(({ collection, id }) => ({ collection, id }));
  if (keys.length === 0) return [...rows];
  const { records } = await storage.load(space, { records: keys, receipts: [], clients: [] });
  const stillMeets = queryRecords(
    records.filter((row) => !row.deleted && test(row)),
    { ...plan, limit: records.length },
  );
  const current = new Map(stillMeets.map((row) => [row.id, row]));
  return rows.map((row) => (changes.has(row) ? current.get(row.id) : row)).filter((row) => row !== undefined);
};
