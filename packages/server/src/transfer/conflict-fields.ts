import type { ConflictFields } from '@tidemark/protocol/messages';
import * as z from 'zod';

const author = z.strictObject({
  clientId: z.string(),
  mutationId: z.string().optional(),
  at: z.number(),
  seq: z.number().optional(),
});

/** The fields of a conflict that was exported. */
export const conflictFieldsSchema: z.ZodType<unknown, { [key in keyof ConflictFields]?: unknown }> = z.strictObject({
  collection: z.string(),
  id: z.string(),
  field: z.string(),
  was: z.unknown(),
  mine: z.unknown(),
  theirs: z.unknown(),
  mineBy: author,
  theirsBy: author,
  rule: z.string(),
  outcome: z.enum(['mine', 'theirs', 'merged']),
  state: z.enum(['open', 'resolved']),
  raisedAt: z.number(),
  resolution: z
    .strictObject({
      choose: z.enum(['mine', 'theirs', 'value', 'quiet']),
      value: z.unknown(),
      clientId: z.string(),
      mutationId: z.string(),
      at: z.number(),
    })
    .optional(),
});
