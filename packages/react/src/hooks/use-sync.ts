import type { Client, LocalConflict, Status } from '@tidemark/client';
import type { JsonObject } from '@tidemark/protocol';
import { useMemo } from 'react';
import { useClient } from '../provider.tsx';
import { sourcesOf, type Unsynced } from '../sources/client-sources.ts';
import { useSource } from './use-source.ts';

/** How syncing stands. */
export const useSyncStatus = (): Status => useSource(sourcesOf(useClient()).status);

export interface Sync extends Pick<Client, 'sync' | 'setOnline' | 'group'> {
  readonly status: Status;
}

/**
 * Syncing as a whole: the status, `sync` (push and pull now), `setOnline` (the app's own switch), `group` (edits that stand together).
 * The rest goes by itself: edits are queued and sent together, changes pulled at the start, at intervals and live, failures retried.
 */
export const useSync = (): Sync => {
  const client = useClient();
  const status = useSyncStatus();
  const { sync, setOnline, group } = client;
  return useMemo(() => ({ status, sync, setOnline, group }), [status, sync, setOnline, group]);
};

export interface Conflicts extends Pick<Client, 'resolve'> {
  /** Open ones, oldest first. */
  readonly conflicts: readonly LocalConflict[];
}

/** What a merge rule could not combine without dropping something, and `resolve`, which works offline too. */
export const useConflicts = (): Conflicts => {
  const { resolve } = useClient();
  const conflicts = useSource(sourcesOf(useClient()).conflicts);
  return useMemo(() => ({ conflicts, resolve }), [conflicts, resolve]);
};

export interface Outbox extends Unsynced {
  /** Queues a parked mutation again, as a new one. */
  readonly retry: Client['retryParked'];
  /** Forgets a parked mutation for good. */
  readonly discard: Client['discardParked'];
  /** Everything that is only on this device, for a file. */
  readonly exportUnsynced: () => JsonObject;
}

/** What the server has not acknowledged (`pending`) and what it refused for good (`parked`). */
export const useOutbox = (): Outbox => {
  const { retryParked, discardParked, exportUnsynced } = useClient();
  const unsynced = useSource(sourcesOf(useClient()).unsynced);
  return useMemo(
    () => ({ ...unsynced, retry: retryParked, discard: discardParked, exportUnsynced }),
    [unsynced, retryParked, discardParked, exportUnsynced],
  );
};
