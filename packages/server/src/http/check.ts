import { isJsonObject, type Json, LIMITS, ok, type Result, refuse } from '@tidemark/protocol';
import { isPlainPush, type PushRequest, pushRequestSchema } from '@tidemark/protocol/messages';
import type * as z from 'zod';
import { readJson } from './body.ts';
import type { HttpContext } from './context.ts';

const ISSUES_MAX = 20;
const ISSUE_LENGTH_MAX = 300;
/** Elements of any array in an envelope but `mutations`, unless a route takes more. */
const ARRAY_LENGTH_MAX = 100;

/** Reads a push. Refusals: those of readMessage. */
export const readPush = async (c: HttpContext): Promise<Result<PushRequest>> => {
  const body = await readJson(c);
  if (!body.ok) return body;
  const bounded = checkBounds(body.value, ARRAY_LENGTH_MAX, 'BAD_REQUEST');
  if (!bounded.ok) return bounded;
  return isPlainPush(body.value) ? ok(body.value) : checkShape(pushRequestSchema, body.value);
};

/**
 * Reads the body and checks it against a message's schema; an array in it may have `arrayLengthMax` elements, and longer ones are
 * refused with `tooLong`. Refusals: those of readJson, BAD_REQUEST, TOO_MANY_MUTATIONS, TOO_DEEP.
 */
export const readMessage = async <S extends z.ZodType>(
  c: HttpContext,
  schema: S,
  arrayLengthMax = ARRAY_LENGTH_MAX,
  tooLong: 'BAD_REQUEST' | 'BATCH_TOO_LARGE' = 'BAD_REQUEST',
): Promise<Result<z.output<S>>> => {
  const body = await readJson(c);
  if (!body.ok) return body;
  const bounded = checkBounds(body.value, arrayLengthMax, tooLong);
  return bounded.ok ? checkShape(schema, body.value) : bounded;
};

/** Checks the query string against a schema. Refused with BAD_REQUEST. */
export const readQuery = <S extends z.ZodType>(c: HttpContext, schema: S): Result<z.output<S>> => checkShape(schema, c.req.query());

/** Checks a value against a schema. Refused with BAD_REQUEST; details.issues names each place. */
export const checkShape = <S extends z.ZodType>(schema: S, value: unknown): Result<z.output<S>> => {
  const parsed = parse(schema, value);
  if (parsed === undefined) return refuse('BAD_REQUEST', 'A part of the request has a shape that cannot be judged.');
  if (parsed.success) return ok(parsed.data);
  const issues = parsed.error.issues.slice(0, ISSUES_MAX).map((issue) => ({
    path: clip(issue.path.map(String).join('.')),
    message: clip(issue.message),
  }));
  return refuse('BAD_REQUEST', 'A part of the request has the wrong shape; details.issues names each place.', { issues });
};

/** Undefined where zod itself fails, as it does on values made for it: a name of { length: { toString: null } }. */
const parse = <S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> | undefined => {
  try {
    return schema.safeParse(value);
  } catch {
    return undefined;
  }
};

const clip = (text: string): string => (text.length > ISSUE_LENGTH_MAX ? `${text.slice(0, ISSUE_LENGTH_MAX)}…` : text);

/**
 * What must be bounded before a schema looks: the length of arrays (a schema makes an issue for each wrong element:
 * four million of them in 8 MiB), and member names that a schema would leave out without a word.
 */
const checkBounds = (body: Json, arrayLengthMax: number, tooLong: 'BAD_REQUEST' | 'BATCH_TOO_LARGE'): Result<void> => {
  if (!isJsonObject(body)) return ok(undefined);
  const { mutations } = body;
  if (Array.isArray(mutations) && mutations.length > LIMITS.mutationsPerPushMax) {
    const limit = LIMITS.mutationsPerPushMax;
    return refuse('TOO_MANY_MUTATIONS', `A push may carry ${limit} mutations; this one carries ${mutations.length}. Split it.`, { limit });
  }
  for (const [name, member] of Object.entries(body)) {
    if (name !== 'mutations' && Array.isArray(member) && member.length > arrayLengthMax) {
      if (tooLong === 'BAD_REQUEST') return badMember(clip(name), `more than ${arrayLengthMax} elements`);
      const limit = arrayLengthMax;
      return refuse('BATCH_TOO_LARGE', `${clip(name)}: ${member.length} records; a batch may hold ${limit}. Nothing was stored.`, {
        limit,
      });
    }
  }
  const places: readonly Json[] = Array.isArray(mutations) ? [body, ...mutations] : [body];
  return places.some((place) => isJsonObject(place) && Object.hasOwn(place, '__proto__'))
    ? badMember('__proto__', 'not a member')
    : ok(undefined);
};

const badMember = (path: string, message: string) =>
  refuse('BAD_REQUEST', 'A part of the request has the wrong shape; details.issues names each place.', { issues: [{ path, message }] });
