import { checkId, checkJson, isJsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import * as z from 'zod';
import { type TaskFields, timeTracker } from './schema.ts';

/** A task that a timer kept in localStorage, ready to be put. */
export interface StoredTask {
  readonly id: string;
  readonly fields: TaskFields;
  /** Members that are no part of a task and were left out. */
  readonly ignored: readonly string[];
}

const { title, archived, tags, intervals, updatedAt, version } = timeTracker.collections.tasks.fields;

/** Older timers knew no archive, no tags, and neither of the two numbers. */
const storedSchema = z.object({
  id: z.string(),
  title: title.schema,
  archived: archived.schema.default(false),
  tags: tags.schema.default([]),
  intervals: intervals.schema.prefault([]),
  updatedAt: updatedAt.schema.default(0),
  version: version.schema.unwrap().default(1),
});

const ISSUES_MAX = 20;

const refuseIssues = (issues: readonly z.core.$ZodIssue[]) => {
  const listed = issues.slice(0, ISSUES_MAX).map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const [first] = listed;
  return refuse('VALIDATION_FAILED', first === undefined ? 'This is no task.' : `${first.path}: ${first.message}`, { issues: listed });
};

/** Undefined where zod itself fails, as it does on values made for it: a title of { length: { toString: null } }. */
const parseStored = (value: object): z.ZodSafeParseResult<z.output<typeof storedSchema>> | undefined => {
  try {
    return storedSchema.safeParse(value);
  } catch {
    return undefined;
  }
};

/**
 * Reads one item of what the timer kept in localStorage: `{ id, title, intervals, archived, tags }`, with or without
 * `updatedAt` and `version` (0 and 1). Intervals are normalised; an `updatedAt` in the future is brought back to `now`
 * (milliseconds), because the greatest one would stand for ever. Never throws.
 * Refusals: VALIDATION_FAILED with details.issues, INVALID_ID, and what `checkJson` refuses.
 */
export const taskFromStored = (value: unknown, now: number): Result<StoredTask> => {
  if (!isJsonObject(value)) return refuse('VALIDATION_FAILED', 'A task is an object with an id and a title.');
  const fault = checkJson(value);
  if (fault !== undefined) return { ok: false, error: fault };
  const parsed = parseStored(value);
  if (parsed === undefined) return refuse('VALIDATION_FAILED', 'This is no task.');
  if (!parsed.success) return refuseIssues(parsed.error.issues);
  const { id, ...fields } = parsed.data;
  const badId = checkId(id);
  if (badId !== undefined) return { ok: false, error: badId };
  const ignored = Object.keys(value).filter((member) => !Object.hasOwn(storedSchema.shape, member));
  return ok({ id, fields: { ...fields, updatedAt: Math.min(fields.updatedAt, now) }, ignored });
};
