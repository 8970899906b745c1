import { ok, type Result, refuse } from '@tidemark/protocol';
import {
  answerJson,
  answerNothing,
  type Endpoint,
  type HttpContext,
  ifNoneMatchHolds,
  NO_INPUT,
  openEndpoint,
  setHeader,
} from '@tidemark/server/rest';
import * as z from 'zod';
import { FINDING } from '../library/facets.ts';
import type { Library, Question } from '../library/library.ts';
import { entrySchemaOf, KINDS, type Kind } from '../library/shapes.ts';
import type { StoredLibrary } from './library/stored-library.ts';

const PAGE_DEFAULT = 20;
const PAGE_MAX = 200;
const QUERY_LENGTH_MAX = 100;
const FRESH_SECONDS = 300;
/** Other words for the same figures would be another answer. */
const ANSWER_VERSION = '1';

const numberText = (what: string) =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be a number')
    .transform(Number)
    .optional()
    .meta({ type: 'number', minimum: 0, description: what });

const limit = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(PAGE_MAX))
  .optional()
  .meta({ type: 'integer', minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT });

const querySchemaOf = (kind: Kind): z.ZodObject => {
  const { facets, ranges } = FINDING[kind];
  const shape: { [name: string]: z.ZodType } = {};
  for (const name of Object.keys(facets)) shape[name] = z.string().min(1).max(60).optional();
  for (const name of Object.keys(ranges)) {
    shape[`${name}Min`] = numberText(`At least so much ${name}`);
    shape[`${name}Max`] = numberText(`At most so much ${name}`);
  }
  return z.strictObject({
    q: z.string().max(QUERY_LENGTH_MAX).optional().describe('Words that an entry must have; typos and beginnings of words will do'),
    ...shape,
    sort: z
      .enum(['name', ...Object.keys(ranges)])
      .optional()
      .describe('Default: how well it fits q; without q, name'),
    order: z.enum(['asc', 'desc']).optional(),
    limit,
    cursor: z.string().min(1).max(200).optional(),
  });
};

const headers = z.object({ 'if-none-match': z.string().max(1_024).optional() });
const refusals = ['BAD_CURSOR', 'UNAVAILABLE'] as const;
const HEADERS = { ETag: 'Changes with the libraries', 'Cache-Control': `public, max-age=${FRESH_SECONDS}` };
const NOT_CHANGED = { 304: { description: 'The caller has this version' } } as const;

type Given = Readonly<Record<string, unknown>>;

const textAt = (given: Given, name: string): string | undefined => {
  const value = given[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const boundAt = (given: Given, name: string): number | undefined => {
  const value = given[name];
  return typeof value === 'number' ? value : undefined;
};

/** A cursor is the version and a place in it: an answer of one version never goes on in another. */
const offsetOf = (cursor: string | undefined, version: string): Result<number> => {
  if (cursor === undefined) return ok(0);
  const [, of, place] = /^(.+)\.(\d{1,6})$/.exec(cursor) ?? [];
  if (of === version) return ok(Number(place));
  return refuse('BAD_CURSOR', 'This cursor is of another version of the library. Begin with the first page again.');
};

const questionOf = (kind: Kind, given: Given, offset: number): Question => {
  const { facets, ranges } = FINDING[kind];
  const wanted = Object.keys(facets).flatMap((name) => {
    const value = textAt(given, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const bounds = Object.keys(ranges).flatMap((name) => {
    const [min, max] = [boundAt(given, `${name}Min`), boundAt(given, `${name}Max`)];
    return min === undefined && max === undefined ? [] : [[name, { min, max }] as const];
  });
  return {
    q: textAt(given, 'q'),
    facets: Object.fromEntries(wanted),
    ranges: Object.fromEntries(bounds),
    sort: textAt(given, 'sort'),
    order: given.order === 'desc' ? 'desc' : given.order === 'asc' ? 'asc' : undefined,
    offset,
    limit: boundAt(given, 'limit') ?? PAGE_DEFAULT,
  };
};

/** Answers from the version that stands, or 304 to whoever has it. */
const answering = async (
  c: HttpContext,
  stored: StoredLibrary,
  ifNoneMatch: string | undefined,
  read: (library: Library) => Result<object>,
): Promise<Result<Response>> => {
  const library = await stored.current();
  if (!library.ok) return library;
  const etag = `W/"${ANSWER_VERSION}-${library.value.version}"`;
  const value = ifNoneMatchHolds(ifNoneMatch, etag) ? undefined : read(library.value);
  if (value?.ok === false) return value;
  setHeader(c, 'ETag', etag);
  setHeader(c, 'Cache-Control', `public, max-age=${FRESH_SECONDS}`);
  return value === undefined ? answerNothing({ c }, 304) : ok(await answerJson(c, value.value));
};

const listOf = (kind: Kind, stored: StoredLibrary): Endpoint =>
  openEndpoint({
    ...NO_INPUT,
    method: 'GET',
    path: `/library/${kind}`,
    tag: 'library',
    summary: `Find ${kind.replace('-', ' ')}`,
    description:
      'Asks for no token. Every word of q must fit; a letter or two may be wrong, and the end may be missing. Filters and ranges ' +
      'narrow, and what is not known of an entry fits no range. nextCursor is the cursor of the next page, null on the last.',
    query: querySchemaOf(kind),
    headers,
    answers: {
      200: {
        description: 'A page, how many there are on all, and the version they are of',
        schema: z.strictObject({
          data: z.array(entrySchemaOf(kind)),
          total: z.int(),
          nextCursor: z.string().nullable(),
          version: z.string(),
        }),
        headers: HEADERS,
      },
      ...NOT_CHANGED,
    },
    refusals,
    handle: (c, { query, headers: sent }) =>
      answering(c, stored, sent['if-none-match'], (library) => {
        const { version } = library;
        const offset = offsetOf(textAt(query, 'cursor'), version);
        if (!offset.ok) return offset;
        const question = questionOf(kind, query, offset.value);
        const { items, total } = library.find(kind, question);
        const end = offset.value + items.length;
        return ok({ data: items, total, nextCursor: end < total && items.length > 0 ? `${version}.${end}` : null, version });
      }),
  });

const entryOf = (kind: Kind, stored: StoredLibrary): Endpoint =>
  openEndpoint({
    ...NO_INPUT,
    method: 'GET',
    path: `/library/${kind}/:id`,
    tag: 'library',
    summary: `One of the ${kind.replace('-', ' ')}`,
    params: z.strictObject({ id: z.string().min(1).max(128) }),
    headers,
    answers: { 200: { description: 'The entry', schema: z.strictObject({ data: entrySchemaOf(kind) }), headers: HEADERS }, ...NOT_CHANGED },
    refusals: ['NOT_FOUND', 'UNAVAILABLE'],
    handle: (c, { params, headers: sent }) =>
      answering(c, stored, sent['if-none-match'], (library) => {
        const item = library.get(kind, params.id);
        return item === undefined ? refuse('NOT_FOUND', `The library has no entry ${params.id} among its ${kind}.`) : ok({ data: item });
      }),
  });

/** `GET /library/{kind}` and `GET /library/{kind}/{id}`, for whoever asks. */
export const libraryEndpoints = (stored: StoredLibrary): readonly Endpoint[] =>
  KINDS.flatMap((kind) => [listOf(kind, stored), entryOf(kind, stored)]);
