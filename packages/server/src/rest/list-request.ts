import { isJsonObject, type JsonObject, jsonEqual, ok, type Result, refuse } from '@tidemark/protocol';
import * as z from 'zod';
import type { Resource } from './resource.ts';

const SEARCH_LENGTH_MAX = 1_000;

/** Which records a request is about, and in which order. */
export interface Selection {
  readonly where: JsonObject;
  readonly search: string;
  /** A name of the resource's sorts. */
  readonly sort: string;
  readonly order: 'asc' | 'desc';
}

const q = z.string().max(SEARCH_LENGTH_MAX).describe('Words; each must begin a word of the text. Case and accents do not matter.');

const filterShape = ({ filters, collection }: Resource, inBody: boolean) => {
  const shape: { [name: string]: z.ZodType } = {};
  for (const [name, { schema }] of Object.entries(filters)) {
    const takesBoolean = inBody && schema.safeParse('true').success && schema.safeParse('false').success;
    shape[name] = (takesBoolean ? z.union([schema, z.boolean()]) : schema).optional();
  }
  return collection.search.length === 0 ? shape : { ...shape, q: q.optional() };
};

/** The filters as query parameters, and the order. */
export const selectionQuery = (resource: Resource): z.ZodObject =>
  z.strictObject({
    ...filterShape(resource, false),
    sort: z.enum(Object.keys(resource.sorts)).optional(),
    order: z.enum(['asc', 'desc']).optional(),
  });

/** The same filters in a body. */
export const filterBody = (resource: Resource): z.ZodObject => z.strictObject(filterShape(resource, true));

/** Conditions on one field, joined. Two equalities that differ cannot both hold. */
const joined = (field: string, a: JsonObject[string] | undefined, b: JsonObject[string]): Result<JsonObject[string]> => {
  if (a === undefined || jsonEqual(a, b)) return ok(b);
  if (isJsonObject(a) && isJsonObject(b)) return ok({ ...a, ...b });
  return refuse('BAD_REQUEST', `Two filters on ${field} contradict each other.`, {
    issues: [{ path: field, message: 'is filtered twice' }],
  });
};

/** Reads checked parameters of selectionQuery or filterBody. */
export const selectionOf = (resource: Resource, given: { readonly [name: string]: unknown }): Result<Selection> => {
  const where: { [field: string]: JsonObject[string] } = {};
  for (const [name, filter] of Object.entries(resource.filters)) {
    const value = given[name];
    if (value === undefined) continue;
    for (const [field, condition] of Object.entries(filter.where(String(value)))) {
      const both = joined(field, where[field], condition);
      if (!both.ok) return both;
      where[field] = both.value;
    }
  }
  const { q: search, sort, order } = given;
  const sortDefault = Object.keys(resource.sorts)[0] ?? '';
  return ok({
    where,
    search: typeof search === 'string' ? search : '',
    sort: typeof sort === 'string' ? sort : sortDefault,
    order: order === 'desc' ? 'desc' : 'asc',
  });
};
