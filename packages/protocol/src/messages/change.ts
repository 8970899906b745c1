import type { JsonObject } from '../json.ts';

/** The state of one record at a seq, as pulls and push answers carry it. */
export interface RecordState {
  readonly collection: string;
  readonly id: string;
  readonly seq: number;
  readonly revision: number;
  /** Commit time of that seq, milliseconds, the server's clock (never going back in a space). */
  readonly updatedAt: number;
  /** The schemaVersion the fields are written in; readers up-cast. */
  readonly schemaVersion: number;
  readonly deleted?: true;
  /** Absent when deleted. */
  readonly fields?: JsonObject;
}
/** What a pull carries. */
export type Change = RecordState;
