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
  SEQ_FIELD,
  toIndexValue,
} from '@tidemark/protocol';
import type { FoundRecord, IndexValue, QueryPlan } from '../storage/storage.ts';

/** A plan without its place in the answer: what a cursor is bound to. */
export type UnpagedPlan = Omit<QueryPlan, 'after' | 'limit'>;

/** Where a page of an answer ends. */
export type PagePosition = NonNullable<QueryPlan['after']> & {
  /** The head when the first page was asked for; absent where the pages need not belong together. */
  readonly seq?: number;
};

const fingerprint = ({ collection, index, equals, range = {}, direction, words = [] }: UnpagedPlan, filter: JsonObject): string =>
  digestText(hashText(canonicalJson({ collection, index, equals, range: { ...range }, direction, words, filter })));

/**
 * A cursor that goes on after `position` in the answer to `plan`: base64url of JSON. It grows with the values of the
 * index, so it may be longer than a pull's.
 */
export const encodePageCursor = (plan: UnpagedPlan, { values, id, seq }: PagePosition, filter: JsonObject = {}): string => {
  const position = { of: fingerprint(plan, filter), values, id };
  return Buffer.from(canonicalJson(seq === undefined ? position : { ...position, seq }), 'utf8').toString('base64url');
};

/** The place of a record in an answer. */
export const positionOf = (plan: UnpagedPlan, row: FoundRecord): NonNullable<QueryPlan['after']> => {
  const fields: JsonObject = { ...JSON.parse(row.fieldsJson), [SEQ_FIELD]: row.seq };
  return { values: plan.index.map((field) => toIndexValue(readMember(fields, field)) ?? null), id: row.id };
};

/** BAD_CURSOR for text that is no cursor, and for the cursor of another query. */
export const decodePageCursor = (plan: UnpagedPlan, cursor: string, filter: JsonObject = {}): Result<PagePosition> => {
  const position = parsePosition(Buffer.from(cursor, 'base64url').toString('utf8'), plan, filter);
  return position === undefined
    ? refuse(
        'BAD_CURSOR',
        'The cursor does not belong to this query. Start again without one, and change nothing but the cursor from page to page.',
      )
    : ok(position);
};

const parsePosition = (text: string, plan: UnpagedPlan, filter: JsonObject): PagePosition | undefined => {
  const parsed = parseJson(text);
  if (!isJsonObject(parsed)) return undefined;
  const { of, values, id, seq } = parsed;
  if (of !== fingerprint(plan, filter) || typeof id !== 'string' || !Array.isArray(values) || values.length !== plan.index.length)
    return undefined;
  const indexed = values.map(toIndexValue).filter((value): value is IndexValue => value !== undefined);
  if (indexed.length !== values.length) return undefined;
  if (seq === undefined) return { values: indexed, id };
  return typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0 ? { values: indexed, id, seq } : undefined;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
