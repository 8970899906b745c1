import { LIMITS } from '@tidemark/protocol';
import * as z from 'zod';

/** Tasks, or ids, of one request. */
export const BATCH_MAX = 500;
const WHOLE = /^\d{1,16}$/;

const time = z.int().min(0);
/** The owner follows from the token; a body may name another, and is not believed. */
const userId = z.unknown().optional();

const task = z
  .object({
    id: z.string(),
    title: z.string(),
    intervals: z.array(z.object({ start: time, end: time.optional() })).describe('One without `end` is running'),
    archived: z.boolean(),
    tags: z.array(z.string()),
    updatedAt: time.describe("The client's time of its last write, at most the server's"),
    version: z.int().min(1).describe('Counts the writes'),
  })
  .meta({ id: 'Task' });

const serverTime = time.describe('Milliseconds, by the server');

export const uploadBody = z.strictObject({
  tasks: z.array(z.unknown().describe('A Task; each is checked on its own, and refused on its own')).min(1).max(BATCH_MAX),
  lastSyncAt: time.nullish(),
  userId,
});

export const uploadAnswer = z.object({
  results: z.array(
    z.union([
      z.strictObject({ id: z.string(), ok: z.literal(true), version: z.int(), updatedAt: time }),
      z.strictObject({ id: z.string(), conflict: z.literal(true), server: task }),
      z.strictObject({ id: z.string(), conflict: z.literal(true), server: z.null(), deleted: z.literal(true) }),
      z.strictObject({
        id: z.string().nullable(),
        error: z.strictObject({ code: z.string(), message: z.string(), details: z.array(z.unknown()) }),
      }),
    ]),
  ),
  serverTime,
});

export const downloadQuery = z.strictObject({
  since: z
    .string()
    .regex(WHOLE, 'must be a whole number')
    .refine((text) => Number.isSafeInteger(Number(text)), 'must be below 2^53')
    .describe('The serverTime of the last download; 0, or none, for everything')
    .optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d{0,2}|1000)$/, 'must be 1 to 1000')
    .optional(),
  cursor: z.string().min(1).max(LIMITS.cursorLengthMax).describe('The nextCursor of the page before').optional(),
});

export const downloadAnswer = z.object({
  tasks: z.array(task),
  deleted: z.array(z.string()).describe('Ids'),
  nextCursor: z.string().optional(),
  serverTime,
});

export const deleteBody = z.strictObject({ ids: z.array(z.string().min(1)).min(1).max(BATCH_MAX), userId });
export const deleteAnswer = z.object({ deleted: z.array(z.string()), missing: z.array(z.string()) });
