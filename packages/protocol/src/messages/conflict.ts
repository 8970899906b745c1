import * as z from 'zod';
import type { Json } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { jsonSchema, textSchema } from './text.ts';

/** Who wrote a value. `mutationId` is absent where compaction has removed it, `clientId` is '' where several writers were combined. */
export interface Author {
  readonly clientId: string;
  readonly mutationId?: string;
  /** The client's clock, milliseconds. */
  readonly at: number;
  /** The seq of their value, for the side that was stored. */
  readonly seq?: number;
}

/** The fields of a record of the system collection $conflicts. Its id is the hash of mutationId and field. */
export interface ConflictFields {
  readonly collection: string;
  readonly id: string;
  /** '*' stands for the whole record (a delete against an edit); then the values are all fields, or null for deleted. */
  readonly field: string;
  /** Absent values are null. */
  readonly was: Json;
  readonly mine: Json;
  readonly theirs: Json;
  readonly mineBy: Author;
  readonly theirsBy: Author;
  /** Name of the rule that decided. */
  readonly rule: string;
  /** Which value stands in the record. */
  readonly outcome: 'mine' | 'theirs' | 'merged';
  readonly state: 'open' | 'resolved';
  /** Server time, milliseconds. */
  readonly raisedAt: number;
  /** `by` is 'quiet' for a field that is declared so. */
  readonly resolution?: {
    readonly choose: 'mine' | 'theirs' | 'value' | 'quiet';
    readonly value: Json;
    readonly clientId: string;
    readonly mutationId: string;
    readonly at: number;
  };
}

/**
 * POST /sync/conflicts/{id}/resolve, and the `fields` of a patch on $conflicts by which a client resolves through
 * its outbox. With '*', a value of null deletes the record.
 */
export const resolveRequestSchema = z.strictObject({
  choose: z.enum(['mine', 'theirs', 'value']),
  value: jsonSchema.optional(),
  mutationId: textSchema(LIMITS.idLengthMax, 1).optional(),
});
export type ResolveRequest = z.infer<typeof resolveRequestSchema>;
