import type { SyncStatus, SyncStatusSource } from './sync-status.ts';

/** A sync service without a network, for test mode: it says what it is told to say. */
export interface MockSyncService extends SyncStatusSource {
  /** From now on this is the status. */
  show(status: SyncStatus): void;
  /** How often it was asked to sync. */
  syncs(): number;
}

export const createMockSyncService = (first: SyncStatus = { state: 'synced', pending: 0 }): MockSyncService => {
  const listeners = new Set<() => void>();
  let status = first;
  let count = 0;
  const show = (next: SyncStatus): void => {
    status = next;
    for (const listener of listeners) listener();
  };
  return {
    status: () => status,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    syncNow: async () => {
      count += 1;
      show({ ...status, state: 'synced', pending: 0 });
      return status;
    },
    show,
    syncs: () => count,
  };
};
