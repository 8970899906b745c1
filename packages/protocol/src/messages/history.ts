import * as z from 'zod';
import { LIMITS } from '../limits.ts';
import type { RecordState } from './change.ts';
import { textSchema } from './text.ts';

/** One change in the history of a record. */
export interface HistoryEntry extends RecordState {
  readonly mutationId: string;
  readonly clientId: string;
  /** The client's clock when it made the mutation. */
  readonly at: number;
}
/** GET /sync/history?collection&id&before&limit, newest first. */
export interface HistoryAnswer {
  readonly entries: readonly HistoryEntry[];
  /** Send as `before` for older entries; absent at the end. */
  readonly nextBefore?: number;
  /** True when older changes existed and were compacted away. */
  readonly compacted: boolean;
}

/** GET /sync/state?asOf=MS or ?seq=N: the live records at that point. */
export interface StateAnswer {
  readonly seq: number;
  readonly records: readonly RecordState[];
  /** Send as `after` for the next page. */
  readonly nextAfter?: string;
}

/** POST /sync/restore: brings a record, a collection or everything back to how it was, as new mutations. */
export const restoreRequestSchema = z
  .strictObject({
    /** Server time, milliseconds. */
    asOf: z.number().optional(),
    seq: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    collection: textSchema(LIMITS.collectionNameLengthMax).optional(),
    id: textSchema(LIMITS.idLengthMax).optional(),
  })
  .refine((r) => (r.asOf === undefined) !== (r.seq === undefined), { message: 'give either asOf or seq' })
  .refine((r) => r.id === undefined || r.collection !== undefined, { message: 'id needs collection' });
export type RestoreRequest = z.infer<typeof restoreRequestSchema>;
export interface RestoreAnswer {
  /** Records that changed. */
  readonly restored: number;
  /** The position that was gone back to. */
  readonly seq: number;
  readonly latestVersion: number;
}
