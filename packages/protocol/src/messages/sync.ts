import type * as z from 'zod';
import { type PullAnswer, pullRequestSchema } from './pull.ts';
import { type PushAnswer, pushRequestSchema } from './push.ts';

/** POST /sync: push, then pull, in one round trip. `limit` and `collections` belong to the pull. */
export const syncRequestSchema = pushRequestSchema.extend({
  clientVersion: pullRequestSchema.shape.clientVersion,
  limit: pullRequestSchema.shape.limit,
  collections: pullRequestSchema.shape.collections,
});
export type SyncRequest = z.infer<typeof syncRequestSchema>;

export interface SyncAnswer {
  readonly push: PushAnswer;
  readonly pull: PullAnswer;
}
