import type { ErrorCode, Json, JsonObject } from '@tidemark/protocol';
import type { MutationStatus } from '@tidemark/protocol/messages';
import type { DraftRecord } from './draft.ts';
import type { Stamp } from './meta.ts';

/** A mutation made ready for planning: checked, up-cast, validated, its clock clamped. */
export interface Edit {
  readonly mutationId: string;
  readonly clientId: string;
  readonly collection: string;
  readonly id: string;
  readonly op: 'put' | 'patch' | 'delete';
  /** Validated; null stands for "clear". Empty for a delete. */
  readonly fields: JsonObject;
  /** Their canonical JSON, where they stand as they were sent. */
  readonly fieldsJson: string | undefined;
  /** Undefined where the caller sent none: then the history decides. */
  readonly was: JsonObject | undefined;
  /** Without a `was`, of an older schemaVersion: what its up-casters make of nothing. The author did not name these. */
  readonly filledIn: JsonObject;
  readonly base: number;
  /** False where `base` belongs to another epoch: then `was` alone decides what is concurrent. */
  readonly baseCounts: boolean;
  /** The client's clock as sent. */
  readonly at: number;
  /** The same, not later than the server's. */
  readonly clampedAt: number;
  readonly ifRevision: number | undefined;
  readonly healed: { readonly epoch: string; readonly seq: number } | undefined;
  /** With `healed`: the head when the lost log was cut off; what was written up to there came before the healed write. */
  readonly cutAt: number;
  /** Of the mutation as it was queued; `fields` and `was` are up-cast, the value of a resolution is not yet. */
  readonly schemaVersion: number;
  /** True where the mutation's schemaVersion knows every field of the collection, so that absent ones were meant to be absent. */
  readonly knowsAllFields: boolean;
}

/** A mutation that was carried out; `record` is the state it led to. */
export interface Done<R extends DraftRecord | undefined = DraftRecord | undefined> {
  readonly kind: 'done';
  readonly status: MutationStatus;
  readonly record: R;
  readonly conflictIds: readonly string[];
}

export interface Refused {
  readonly kind: 'rejected';
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: { readonly [key: string]: Json };
  readonly record?: DraftRecord;
}

export type EditOutcome<R extends DraftRecord | undefined = DraftRecord | undefined> = Done<R> | Refused | { readonly kind: 'needed' };

export const NEEDED = { kind: 'needed' } as const;

export const rejected = (code: ErrorCode, message: string, details?: { readonly [key: string]: Json }): Refused =>
  details === undefined ? { kind: 'rejected', code, message } : { kind: 'rejected', code, message, details };

export const unchanged = <R extends DraftRecord | undefined>(
  record: R,
  status: MutationStatus = 'applied',
  conflictIds: readonly string[] = [],
): Done<R> => ({ kind: 'done', status, record, conflictIds });

export const stampFor = (edit: Edit, seq: number, clientId = edit.clientId): Stamp =>
  edit.healed ? { seq, clientId, at: edit.clampedAt, healed: edit.healed } : { seq, clientId, at: edit.clampedAt };

/** Was this written by somebody whose write the author of `edit` had not seen? */
export const isForeign = (stamp: Stamp, edit: Edit): boolean => {
  if (stamp.clientId === edit.clientId) return false;
  return edit.baseCounts ? stamp.seq > edit.base : true;
};

/**
 * Of two writes of one lost log, the greater old seq stands. Undefined where that does not decide; so with equal ones, of which one
 * mutation changed the record and the other came upon that change without making one.
 */
export const healedOrder = (stamp: Stamp, edit: Edit): 'mine' | 'theirs' | undefined => {
  if (edit.healed === undefined) return undefined;
  if (stamp.healed === undefined) return stamp.seq <= edit.cutAt ? 'mine' : undefined;
  if (stamp.healed.epoch !== edit.healed.epoch || stamp.healed.seq === edit.healed.seq) return undefined;
  return edit.healed.seq > stamp.healed.seq ? 'mine' : 'theirs';
};
