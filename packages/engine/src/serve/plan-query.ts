import {
  type CollectionDefinition,
  isJsonObject,
  ok,
  type Query,
  type Result,
  refuse,
  searchWords,
  toIndexValue,
} from '@tidemark/protocol';
import type { IndexValue, QueryPlan } from '../storage/storage.ts';
import type { UnpagedPlan } from './page-cursor.ts';

export const QUERY_LIMIT_DEFAULT = 100;
export const QUERY_LIMIT_MAX = 1_000;

type Range = NonNullable<QueryPlan['range']>;
const BOUNDS: readonly string[] = ['gt', 'gte', 'lt', 'lte'] satisfies (keyof Range)[];

/** The conditions of a query, sorted out. */
interface Conditions {
  readonly equals: ReadonlyMap<string, IndexValue>;
  readonly ranges: ReadonlyMap<string, Range>;
}

/**
 * Finds the declared index that answers a query exactly. An index serves it if its fields, followed by the id, are:
 * first the fields with an equality, in any order; then the fields of `orderBy` (those with an equality left out, the
 * same direction in all), of which the first may have bounds; and then nothing but the id. Words to search go with any
 * of these. The same holds on every storage.
 * Refused: BAD_REQUEST (details.issues names each place), QUERY_NOT_INDEXED (details.indexes lists what is declared),
 * `limit` is 1 to 1,000, by default 100.
 */
export const planQuery = (collection: CollectionDefinition, query: Query): Result<UnpagedPlan & { readonly limit: number }> => {
  const limit = query.limit ?? QUERY_LIMIT_DEFAULT;
  if (!Number.isInteger(limit) || limit < 1 || limit > QUERY_LIMIT_MAX) {
    return badRequest('limit', `limit is a whole number from 1 to ${QUERY_LIMIT_MAX}.`);
  }
  const conditions = readConditions(query.where ?? {});
  if (!conditions.ok) return conditions;
  const unpaged = chooseIndex(collection, query, conditions.value);
  return unpaged.ok ? ok({ ...unpaged.value, limit }) : unpaged;
};

const badRequest = (path: string, message: string) => refuse('BAD_REQUEST', message, { issues: [{ path, message }] });

const readConditions = (where: NonNullable<Query['where']>): Result<Conditions> => {
  const equals = new Map<string, IndexValue>();
  const ranges = new Map<string, Range>();
  for (const [field, condition] of Object.entries(where)) {
    if (condition === undefined) continue;
    const value = toIndexValue(condition);
    const range = value === undefined ? readRange(condition) : undefined;
    if (value === undefined && range === undefined) {
      return badRequest(
        `where.${field}`,
        `The condition on ${field} is neither a plain value nor an object of gt, gte, lt and lte with plain values.`,
      );
    }
    const bounds = value === undefined ? Object.values(range ?? {}) : [value];
    if (field === 'id' && bounds.some((bound) => typeof bound !== 'string'))
      return badRequest('where.id', 'An id is compared with strings.');
    if (value === undefined) ranges.set(field, range ?? {});
    else equals.set(field, value);
  }
  return ok({ equals, ranges });
};

/** Bounds with plain values, at least one; undefined for anything else. */
const readRange = (condition: unknown): Range | undefined => {
  if (!isJsonObject(condition)) return undefined;
  const range: { [bound: string]: IndexValue } = {};
  for (const [bound, raw] of Object.entries(condition)) {
    const value = toIndexValue(raw);
    if (!BOUNDS.includes(bound) || value === undefined) return undefined;
    if (raw !== undefined) range[bound] = value;
  }
  return Object.keys(range).length > 0 ? range : undefined;
};

const chooseIndex = (collection: CollectionDefinition, query: Query, { equals, ranges }: Conditions): Result<UnpagedPlan> => {
  const notIndexed = (message: string) => refuse('QUERY_NOT_INDEXED', message, { indexes: collection.indexes, search: collection.search });
  const orderBy = query.orderBy ?? [];
  const direction = orderBy[0]?.[1] ?? 'asc';
  if (orderBy.some(([, other]) => other !== direction)) return notIndexed('All parts of orderBy must have the same direction.');
  if (ranges.size > 1) return notIndexed('Only one field may have bounds.');
  const words = searchWords(query.search ?? '');
  if (words.length > 0 && collection.search.length === 0) return notIndexed(`Collection ${collection.name} declares no search.`);

  const order = orderedFields(orderBy, equals);
  const [ranged] = ranges.keys();
  if (ranged !== undefined && ranged !== 'id' && order[0] !== ranged) {
    return notIndexed(`A query with bounds on ${ranged} must also be ordered by it.`);
  }
  const index = [[], ...collection.indexes].find((fields) => serves([...fields, 'id'], equals, ranged, order));
  if (index === undefined) return notIndexed(`No declared index of ${collection.name} serves this query.`);
  const values = [...index, 'id'].slice(0, equals.size).map((field) => equals.get(field) ?? null);
  const range = ranged === undefined ? undefined : ranges.get(ranged);
  return ok({
    collection: collection.name,
    index,
    equals: values,
    ...(range === undefined ? {} : { range }),
    direction,
    ...(words.length === 0 ? {} : { words: [...new Set(words)], searchFields: collection.search }),
  });
};

/** The fields that decide the order: not those that are equal in all answers, and nothing after the id. */
const orderedFields = (orderBy: NonNullable<Query['orderBy']>, equals: Conditions['equals']): string[] => {
  const fields = orderBy.map(([field]) => field).filter((field, i, all) => !equals.has(field) && all.indexOf(field) === i);
  const id = fields.indexOf('id');
  return id < 0 ? fields : fields.slice(0, id + 1);
};

/** `key` is an index's fields and then the id. */
const serves = (key: readonly string[], equals: Conditions['equals'], ranged: string | undefined, order: readonly string[]): boolean => {
  const [first, rest] = [key.slice(0, equals.size), key.slice(equals.size)];
  if (!first.every((field) => equals.has(field)) || first.length < equals.size) return false;
  const wanted = order.length > 0 || rest.length === 0 ? order : ['id'];
  const named = wanted.at(-1) === 'id' || rest.length === 0 ? wanted : [...wanted, 'id'];
  if (ranged !== undefined && rest[0] !== ranged) return false;
  return named.length === rest.length && named.every((field, i) => field === rest[i]);
};
