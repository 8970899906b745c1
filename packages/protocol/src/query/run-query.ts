import { readMember } from '../json.ts';
import type { CollectionDefinition } from '../schema/definition.ts';
import { compareIndexValues, compareStrings, type IndexValue, toIndexValue } from './compare.ts';
import type { Query } from './query.ts';
import { matchesSearch, searchWords } from './search-words.ts';

/**
 * Runs a query over records at hand, with the semantics of the server's indexes. Other than there, any condition and
 * order is allowed, an absent limit means all, and `cursor` plays no part. Records with equal keys are ordered by id, in
 * the direction of the last key. An unknown kind of condition (an object without bounds) meets nothing.
 */
export const runQuery = <R extends { readonly id: string }>(
  records: Iterable<R>,
  collection: CollectionDefinition,
  query: Query<R>,
): R[] => {
  const meets = whereTest(query.where ?? {});
  const words = searchWords(query.search ?? '');
  const found: R[] = [];
  for (const record of records) {
    if (!meets(record)) continue;
    if (words.length === 0 || matchesSearch(record, collection.search, words)) found.push(record);
  }
  found.sort(comparator(query.orderBy ?? []));
  return query.limit === undefined ? found : found.slice(0, query.limit);
};

/** The conditions of a query as one test on a record. */
export const whereTest = (where: object): ((record: object) => boolean) => {
  const conditions = Object.entries(where).map(([field, condition]) => ({ field, meets: asTest(condition) }));
  return (record) => conditions.every(({ field, meets }) => meets(toIndexValue(readMember(record, field))));
};

type Test = (value: IndexValue | undefined) => boolean;

/** A condition as a test. Values that are not indexed (undefined) meet none. */
const asTest = (condition: unknown): Test => {
  const equals = toIndexValue(condition);
  if (equals !== undefined) return (value) => value === equals;
  const tests = typeof condition === 'object' && condition !== null ? Object.entries(condition).map(boundTest) : [];
  return (value) => value !== undefined && tests.length > 0 && tests.every((test) => test(value));
};

const boundTest = ([kind, bound]: [string, unknown]): ((value: IndexValue) => boolean) => {
  const limit = toIndexValue(bound);
  if (bound === undefined) return () => true;
  if (limit === undefined) return () => false;
  return (value) => {
    const order = compareIndexValues(value, limit);
    if (kind === 'gt') return order > 0;
    if (kind === 'gte') return order >= 0;
    return kind === 'lt' ? order < 0 : kind === 'lte' && order <= 0;
  };
};

const comparator = <R extends { readonly id: string }>(order: readonly (readonly [string, 'asc' | 'desc'])[]) => {
  const keys = order.map(([field, direction]) => ({ field, sign: direction === 'desc' ? -1 : 1 }));
  const idSign = keys.at(-1)?.sign ?? 1;
  return (a: R, b: R): number => {
    for (const { field, sign } of keys) {
      const by = compareIndexValues(toIndexValue(readMember(a, field)) ?? null, toIndexValue(readMember(b, field)) ?? null);
      if (by !== 0) return sign * by;
    }
    return idSign * compareStrings(a.id, b.id);
  };
};
