import type { UserFacingError } from './sync-error-handler.ts';

/** What a person is told about syncing. */
export interface SyncStatus {
  readonly state: 'synced' | 'syncing' | 'pending' | 'offline' | 'error';
  /** Pieces and sessions that the server does not have yet. */
  readonly pending: number;
  /** The server's time of the last sync that succeeded, ISO 8601; absent before the first. */
  readonly lastSyncedAt?: string;
  /** With `error` and `offline`. */
  readonly error?: UserFacingError;
  /** While batches are uploaded. */
  readonly progress?: SyncProgress;
}

export interface SyncProgress {
  readonly done: number;
  readonly total: number;
}

/** What a view needs of a sync service, be it the real one or the one of test mode. */
export interface SyncStatusSource {
  /** The same object as long as nothing changed. */
  status(): SyncStatus;
  onChange(listener: () => void): () => void;
  syncNow(): Promise<SyncStatus>;
}
