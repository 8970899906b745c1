import * as z from 'zod';
import { LIMITS } from '../limits.ts';
import type { Change } from './change.ts';
import { textSchema } from './text.ts';

const COLLECTIONS_MAX = 100;

/** POST /sync/pull. */
export const pullRequestSchema = z.strictObject({
  clientId: textSchema(LIMITS.idLengthMax, 1),
  spaceId: textSchema(64).optional(),
  /** Absent: from the beginning, by snapshot. */
  cursor: textSchema(LIMITS.cursorLengthMax).optional(),
  /**
   * `pushed` of the newest answer to a push that no pull has confirmed yet: where this log does not hold that position, the server was
   * restored from an older backup, although `cursor` and `ackedN` may still fit (a clone of the client has pushed since).
   */
  pushed: textSchema(LIMITS.cursorLengthMax).optional(),
  /** Free text a client may send to be shown in the list of devices. */
  clientVersion: z.union([textSchema(64), z.number()]).optional(),
  limit: z.number().int().min(1).max(LIMITS.pageChangesMax).optional(),
  /** Only these collections (and always $conflicts). Another set than the cursor's is a reset. */
  collections: z
    .array(textSchema(LIMITS.collectionNameLengthMax))
    .refine((names) => names.length <= COLLECTIONS_MAX, `at most ${COLLECTIONS_MAX}`)
    .optional(),
});
export type PullRequest = z.infer<typeof pullRequestSchema>;

export interface PullAnswer {
  readonly changes: readonly Change[];
  readonly cursor: string;
  /** The cursor's position. */
  readonly seq: number;
  /** The head. */
  readonly latestVersion: number;
  readonly hasMore: boolean;
  /** On the first page only: the client's records are replaced when the last page (hasMore false) has come; the outbox is kept. */
  readonly reset?: 'floor' | 'epoch';
  /** Only where hasMore is false: the greatest n of this client that the state pulled includes. */
  readonly ackedN?: number;
  readonly epoch: string;
  readonly spaceId: string;
}
