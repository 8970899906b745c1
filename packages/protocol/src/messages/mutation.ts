import * as z from 'zod';
import { LIMITS } from '../limits.ts';
import { jsonObjectSchema, textSchema } from './text.ts';

const id = textSchema(LIMITS.idLengthMax, 1);
const seq = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const fields = jsonObjectSchema;

/** What a client wants. Immutable once queued. The field values are looked at later, one mutation at a time. */
export const mutationSchema = z.strictObject({
  /** Random and unique; the server applies each once. */
  mutationId: id,
  /** Orders the mutations of one client: 1, 2, 3 … without gaps. */
  n: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  collection: textSchema(LIMITS.collectionNameLengthMax),
  /** Looked at by checkId, so that a bad one refuses this mutation only. */
  id: z.string(),
  op: z.enum(['put', 'patch', 'delete']),
  /** put: the whole record; patch: the fields that change, null clears an optional one. */
  fields: fields.optional(),
  /** For each field named, the value the client saw, its own pending edits included; absent = it saw none. */
  was: fields.optional(),
  /** Seq of the record state the client had seen, 0 for none. */
  base: seq,
  /** Epoch that `base` belongs to. */
  epoch: textSchema(64).optional(),
  /** The client's wall clock in milliseconds, a hint only. */
  at: z.number(),
  /** Refuse unless the record has exactly this revision; 0 = absent. */
  ifRevision: seq.optional(),
  /** Mutations that share a group are applied together or not at all. */
  group: id.optional(),
  schemaVersion: z.number().int().min(1).optional(),
  /** A re-offer after the server was restored: where the write stood in the lost log. */
  healed: z.strictObject({ epoch: textSchema(64), seq }).optional(),
});

/** Gives up a mutation: the server answers its stored verdict or stores `rejected VOIDED`. */
export const voidMutationSchema = z.strictObject({
  mutationId: id,
  n: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  op: z.literal('void'),
});

export const pushedMutationSchema = z.discriminatedUnion('op', [mutationSchema, voidMutationSchema]);

type Infer<T extends z.ZodType> = z.infer<T>;
export type Mutation = Infer<typeof mutationSchema>;
export type VoidMutation = Infer<typeof voidMutationSchema>;
export type PushedMutation = Infer<typeof pushedMutationSchema>;
