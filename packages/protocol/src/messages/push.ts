import * as z from 'zod';
import type { ErrorCode } from '../errors/catalogue.ts';
import type { Json } from '../json.ts';
import { LIMITS } from '../limits.ts';
import type { RecordState } from './change.ts';
import { pushedMutationSchema } from './mutation.ts';
import { textSchema } from './text.ts';

/**
 * POST /sync/push. Unknown members of the envelope are refused. The number of mutations is bounded by whoever reads the
 * body, before this schema makes an issue of each, and by the engine.
 */
export const pushRequestSchema = z.strictObject({
  protocolVersion: z.number().int(),
  clientId: textSchema(LIMITS.idLengthMax, 1),
  schemaVersion: z.number().int().min(1),
  spaceId: textSchema(64).optional(),
  cursor: textSchema(LIMITS.cursorLengthMax).optional(),
  mutations: z.array(pushedMutationSchema),
});
export type PushRequest = z.infer<typeof pushRequestSchema>;

export type MutationStatus = 'applied' | 'merged' | 'conflict';

export interface Accepted {
  readonly mutationId: string;
  readonly status: MutationStatus | 'duplicate';
  /** With `duplicate`: the status of the first answer. */
  readonly first?: MutationStatus;
  readonly seq: number;
  readonly revision: number;
  /** The current state; always with `duplicate`, and whenever its previous seq was neither `base` nor this client's own. */
  readonly record?: RecordState;
  readonly conflictIds?: readonly string[];
}

export interface Rejected {
  readonly mutationId: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: { readonly [key: string]: Json };
  /** The current state, with REVISION_MISMATCH. */
  readonly record?: RecordState;
}

/** The answer to a push. */
export interface PushAnswer {
  readonly accepted: readonly Accepted[];
  readonly rejected: readonly Rejected[];
  /** The head. */
  readonly latestVersion: number;
  /** The greatest n of this client that has a receipt. */
  readonly ackedN: number;
  /** The position in the log that this push led to, for the client's next pull; only in an answer of `/sync/push`. */
  readonly pushed?: string;
  readonly epoch: string;
  readonly spaceId: string;
  readonly serverTime: number;
}
