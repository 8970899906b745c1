import { compareIndexValues, type JsonObject, matchesSearch, readMember, SEQ_FIELD, toIndexValue } from '@tidemark/protocol';
import type { FoundRecord, IndexValue, QueryPlan } from './storage.ts';

interface Candidate<Row> {
  readonly row: Row;
  readonly fields: JsonObject;
  /** What an index keeps of the record: the values of its fields (undefined where one holds an object or array), then the id. */
  readonly key: readonly (IndexValue | undefined)[];
}

const inRange = (value: IndexValue, range: NonNullable<QueryPlan['range']>): boolean =>
  (range.gt === undefined || compareIndexValues(value, range.gt) > 0) &&
  (range.gte === undefined || compareIndexValues(value, range.gte) >= 0) &&
  (range.lt === undefined || compareIndexValues(value, range.lt) < 0) &&
  (range.lte === undefined || compareIndexValues(value, range.lte) <= 0);

/** In an order, what is not indexed stands with null. */
const compareKeys = (a: Candidate<unknown>['key'], b: Candidate<unknown>['key']): number => {
  for (let i = 0; i < a.length; i++) {
    const order = compareIndexValues(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return 0;
};

/** What is not indexed meets no condition. */
const meets = ({ key, fields }: Candidate<unknown>, plan: QueryPlan): boolean => {
  for (const [i, wanted] of plan.equals.entries()) {
    const value = key[i];
    if (value === undefined || compareIndexValues(value, wanted) !== 0) return false;
  }
  if (plan.range !== undefined) {
    const value = key[plan.equals.length];
    if (value === undefined || !inRange(value, plan.range)) return false;
  }
  return matchesSearch(fields, plan.searchFields ?? [], plan.words ?? []);
};

/**
 * Answers a query plan by looking at every row: the reference that the indexes of other storages must equal. The id
 * follows the fields of every index, so conditions that go past the last field are about the id.
 */
export const queryRecords = <Row extends FoundRecord>(rows: Iterable<Row>, plan: QueryPlan): Row[] => {
  const sign = plan.direction === 'asc' ? 1 : -1;
  const after = plan.after === undefined ? undefined : [...plan.after.values, plan.after.id];
  const found: Candidate<Row>[] = [];
  for (const row of rows) {
    if (row.deleted || row.collection !== plan.collection) continue;
    const fields: JsonObject = { ...JSON.parse(row.fieldsJson), [SEQ_FIELD]: row.seq };
    const candidate = { row, fields, key: [...plan.index.map((field) => toIndexValue(readMember(fields, field))), row.id] };
    if (after !== undefined && sign * compareKeys(candidate.key, after) <= 0) continue;
    if (meets(candidate, plan)) found.push(candidate);
  }
  return found
    .sort((a, b) => sign * compareKeys(a.key, b.key))
    .slice(0, plan.limit)
    .map((one) => one.row);
};
