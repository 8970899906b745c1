import { LIMITS } from '@tidemark/protocol';
import { pullRequestSchema } from '@tidemark/protocol/messages';
import * as z from 'zod';

// Query strings of the sync routes. A parameter that a route does not know is refused: a misspelt asOf must not answer the present.

const whole = z
  .string()
  .regex(/^\d{1,16}$/, 'must be a whole number')
  .transform(Number)
  .refine(Number.isSafeInteger, 'must be below 2^53');
const limit = whole.refine((n) => n >= 1 && n <= LIMITS.pageChangesMax, `must be 1 to ${LIMITS.pageChangesMax}`);
const token = z.string().min(1).max(LIMITS.cursorLengthMax);
const pull = pullRequestSchema.shape;

export const pushQuery = z.strictObject({ dryRun: z.enum(['true', 'false']).exactOptional() });
export const emptyQuery = z.strictObject({});
export const conflictsQuery = z.strictObject({
  state: z.enum(['open', 'resolved', 'all']).default('open'),
  after: token.exactOptional(),
  limit: limit.exactOptional(),
});
export const historyQuery = z.strictObject({
  collection: z.string().min(1).max(LIMITS.collectionNameLengthMax),
  id: pull.clientId,
  before: whole.exactOptional(),
  limit: limit.exactOptional(),
});
export const stateQuery = z
  .strictObject({ asOf: whole.exactOptional(), seq: whole.exactOptional(), after: token.exactOptional(), limit: limit.exactOptional() })
  .refine((query) => query.asOf === undefined || query.seq === undefined, { message: 'give either asOf or seq' });
export const liveQuery = z.strictObject({
  clientId: pull.clientId,
  cursor: pull.cursor,
  pushed: pull.pushed,
  spaceId: pull.spaceId,
  clientVersion: z.string().max(64).optional(),
  limit: limit.optional(),
  /** Names separated by commas. */
  collections: z
    .string()
    .transform((names) => names.split(','))
    .pipe(pull.collections.unwrap())
    .optional(),
});
export type LiveQuery = z.output<typeof liveQuery>;
