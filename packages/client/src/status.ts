import type { MutationState, SyncState as Shown, Status } from './client.ts';
import type { Mirror } from './store/mirror.ts';
import type { RoundEnd } from './sync/round.ts';
import type { SyncState } from './sync/sync-state.ts';

const shownState = (state: SyncState, mirror: Mirror, end: RoundEnd | null): Shown => {
  switch (state.kind) {
    case 'stopped':
      return 'error';
    case 'signedOut':
      return 'signed out';
    case 'offline':
    case 'closed':
      return 'offline';
    case 'backoff':
      return end?.kind === 'failed' && end.offline ? 'offline' : 'error';
    case 'running':
      return 'syncing';
    case 'idle':
    case 'waiting':
      if (mirror.outboxIndex.pending() > 0) return 'pending';
      // Nothing was heard of the server yet since this session opened.
      return mirror.meta.syncedAt === null || state.round === 0 ? 'syncing' : 'synced';
  }
};

export interface StatusInput {
  readonly state: SyncState;
  readonly mirror: Mirror;
  /** How the last round that was not abandoned ended. */
  readonly end: RoundEnd | null;
  readonly openConflicts: number;
  readonly durable: boolean;
}

/** The status as pages show it. */
export const statusOf = ({ state, mirror, end, openConflicts, durable }: StatusInput): Status => ({
  state: shownState(state, mirror, end),
  pending: mirror.outboxIndex.pending(),
  parked: mirror.parked.size,
  openConflicts,
  lastSyncAt: mirror.meta.syncedAt,
  error: (end !== null && 'error' in end ? end.error : null) ?? null,
  durable,
});

/** Where a mutation stands. `isOpen` tells whether a conflict is open; one that was not pulled yet counts as open. */
export const mutationStateOf = (mirror: Mirror, mutationId: string, isOpen: (conflictId: string) => boolean): MutationState | undefined => {
  if (mirror.parked.has(mutationId)) return 'parked';
  const row = mirror.outbox.get(mutationId);
  if (row !== undefined && row.settled === undefined) return 'pending';
  const receipt = mirror.journal.get(mutationId);
  if (receipt === undefined) return row === undefined ? undefined : 'acknowledged';
  return receipt.status === 'conflict' && receipt.conflictIds.some(isOpen) ? 'conflict' : 'acknowledged';
};
