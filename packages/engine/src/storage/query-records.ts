import { compareIndexValues, compareStrings, type JsonObject, searchWords, toIndexValue } from '@tidemark/protocol';
import type { IndexValue, QueryPlan, RecordRow } from './storage.ts';

interface Candidate {
  readonly row: RecordRow;
  readonly fields: JsonObject;
  /** Values of the index's fields. */
  readonly values: readonly IndexValue[];
}

/** The values a record has in an index, or undefined where one of its fields holds an object or array: then it is not in that index. */
export const indexValuesOf = (fields: JsonObject, index: readonly string[]): IndexValue[] | undefined => {
  const values: IndexValue[] = [];
  for (const field of index) {
    const value = toIndexValue(fields[field]);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
};

/** All words of a record's search fields, folded. */
export const wordsOf = (fields: JsonObject, searchFields: readonly string[]): string[] =>
  searchFields.flatMap((field) => {
    const value = fields[field];
    return typeof value === 'string' ? searchWords(value) : [];
  });

const inRange = (value: IndexValue, range: NonNullable<QueryPlan['range']>): boolean =>
  (range.gt === undefined || compareIndexValues(value, range.gt) > 0) &&
  (range.gte === undefined || compareIndexValues(value, range.gte) >= 0) &&
  (range.lt === undefined || compareIndexValues(value, range.lt) < 0) &&
  (range.lte === undefined || compareIndexValues(value, range.lte) <= 0);

const compareKeys = (a: readonly IndexValue[], aId: string, b: readonly IndexValue[], bId: string): number => {
  for (let i = 0; i < a.length; i++) {
    const order = compareIndexValues(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return compareStrings(aId, bId);
};

const answers = ({ values, fields }: Candidate, plan: QueryPlan): boolean => {
  if (!plan.equals.every((wanted, i) => compareIndexValues(values[i] ?? null, wanted) === 0)) return false;
  if (plan.range !== undefined && !inRange(values[plan.equals.length] ?? null, plan.range)) return false;
  if (plan.words === undefined || plan.words.length === 0) return true;
  const words = wordsOf(fields, plan.searchFields ?? []);
  return plan.words.every((wanted) => words.some((word) => word.startsWith(wanted)));
};

/** Answers a query plan by looking at every row: the reference that the indexes of other storages must equal. */
export const queryRecords = (rows: Iterable<RecordRow>, plan: QueryPlan): RecordRow[] => {
  const found: Candidate[] = [];
  for (const row of rows) {
    if (row.deleted || row.collection !== plan.collection) continue;
    const fields: JsonObject = JSON.parse(row.fieldsJson);
    const values = indexValuesOf(fields, plan.index);
    if (values !== undefined && answers({ row, fields, values }, plan)) found.push({ row, fields, values });
  }
  const sign = plan.direction === 'asc' ? 1 : -1;
  const { after } = plan;
  return found
    .filter((one) => after === undefined || sign * compareKeys(one.values, one.row.id, after.values, after.id) > 0)
    .sort((a, b) => sign * compareKeys(a.values, a.row.id, b.values, b.row.id))
    .slice(0, plan.limit)
    .map((one) => one.row);
};
