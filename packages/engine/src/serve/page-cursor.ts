import {
  canonicalJson,
  digestText,
  hashText,
  isJsonObject,
  type JsonObject,
  ok,
  type Result,
  readMember,
  refuse,
  toIndexValue,
} from '@tidemark/protocol';
import type { IndexValue, QueryPlan, RecordRow } from '../storage/storage.ts';

/** A plan without its place in the answer: what a cursor is bound to. */
export type UnpagedPlan = Omit<QueryPlan, 'after' | 'limit'>;
export type PagePosition = NonNullable<QueryPlan['after']>;

const fingerprint = ({ collection, index, equals, range = {}, direction, words = [] }: UnpagedPlan): string =>
  digestText(hashText(canonicalJson({ collection, index, equals, range: { ...range }, direction, words })));

/**
 * A cursor that goes on after `position` in the answer to `plan`: base64url of JSON. It grows with the values of the
 * index, so it may be longer than a pull's.
 */
export const encodePageCursor = (plan: UnpagedPlan, { values, id }: PagePosition): string =>
  Buffer.from(canonicalJson({ of: fingerprint(plan), values, id }), 'utf8').toString('base64url');

/** The cursor after a record of the answer. */
export const pageCursorAfter = (plan: QueryPlan, row: RecordRow): string => {
  const fields: JsonObject = JSON.parse(row.fieldsJson);
  return encodePageCursor(plan, { values: plan.index.map((field) => toIndexValue(readMember(fields, field)) ?? null), id: row.id });
};

/** BAD_CURSOR for text that is no cursor, and for the cursor of another query. */
export const decodePageCursor = (plan: UnpagedPlan, cursor: string): Result<PagePosition> => {
  const position = parsePosition(Buffer.from(cursor, 'base64url').toString('utf8'), plan);
  return position === undefined
    ? refuse(
        'BAD_CURSOR',
        'The cursor does not belong to this query. Start again without one, and change nothing but the cursor from page to page.',
      )
    : ok(position);
};

const parsePosition = (text: string, plan: UnpagedPlan): PagePosition | undefined => {
  const parsed = parseJson(text);
  if (!isJsonObject(parsed)) return undefined;
  const { of, values, id } = parsed;
  if (of !== fingerprint(plan) || typeof id !== 'string' || !Array.isArray(values) || values.length !== plan.index.length) return undefined;
  const indexed = values.map(toIndexValue).filter((value): value is IndexValue => value !== undefined);
  return indexed.length === values.length ? { values: indexed, id } : undefined;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
