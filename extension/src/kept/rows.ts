import { isJsonObject, type JsonObject, type Refusal } from '@tidemark/protocol';
import type { RecorderState, TabState } from '../recorder/recorder-state.ts';

/** The two kinds of records, as the server's routes name them. */
export type Kind = 'visits' | 'aggregates';

/** A record that waits for the server. `change` tells its versions apart. */
export interface PendingRow {
  readonly kind: Kind;
  readonly record: JsonObject;
  readonly change: number;
}

/** A record that the server has. */
export interface SyncedRow {
  readonly kind: Kind;
  readonly record: JsonObject;
  readonly syncedAt: number;
}

/** A record that the server does not take. */
export interface RefusedRow {
  readonly kind: Kind;
  readonly record: JsonObject;
  readonly error: Refusal;
  readonly refusedAt: number;
}

/** Everything but records and tabs. Each write checks that it is still as this worker knows it. */
export interface Head {
  /** Names this browser among those of the same person. */
  readonly anonymousClientId: string;
  readonly recorder: Omit<RecorderState, 'tabs'>;
  /** Counts the changes of records. */
  readonly changes: number;
  /** When everything was last at the server; null before the first time. */
  readonly lastSyncAt: number | null;
  /** Why the last try did not succeed. */
  readonly trouble: Refusal | null;
  readonly prunedAt: number;
  /** The person wants everything deleted, and the server has not done it yet: nothing is sent before that. */
  readonly erasing: boolean;
}

const isKind = (value: unknown): value is Kind => value === 'visits' || value === 'aggregates';
const isRow = (value: JsonObject): boolean => isKind(value.kind) && isJsonObject(value.record);

// Rows were written by this code; what marks each kind is enough to tell damage.

export const isPending = (value: unknown): value is PendingRow => isJsonObject(value) && isRow(value) && typeof value.change === 'number';
export const isSynced = (value: unknown): value is SyncedRow => isJsonObject(value) && isRow(value) && typeof value.syncedAt === 'number';
export const isRefused = (value: unknown): value is RefusedRow => isJsonObject(value) && isRow(value) && isJsonObject(value.error);
export const isHead = (value: unknown): value is Head =>
  isJsonObject(value) && typeof value.anonymousClientId === 'string' && isJsonObject(value.recorder);
export const isTab = (value: unknown): value is TabState => isJsonObject(value) && typeof value.id === 'number' && 'visit' in value;

/** A typed value as a row: it has no undefined members. */
export const toRow = (value: unknown): JsonObject => {
  if (!isJsonObject(value)) throw new Error('not an object');
  return value;
};
