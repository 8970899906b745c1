import type { MutationState, SyncState as Shown, Status } from './client.ts';
import type { Mirror } from './store/mirror.ts';
import type { RoundEnd } from './sync/round.ts';
import type { SyncState } from './sync/sync-state.ts';

const shownState = ({ kind, round }: SyncState, mirror: Mirror, end: RoundEnd | undefined): Shown => {
  if (kind === 'signedOut') return 'signed out';
  if (kind === 'offline' || kind === 'closed' || (kind === 'backoff' && end?.offline)) return 'offline';
  if (kind === 'stopped' || kind === 'backoff') return 'error';
  if (kind === 'running') return 'syncing';
  if (mirror.outboxIndex.pending() > 0) return 'pending';
  // Nothing was heard of the server yet since this session opened.
  return mirror.meta.syncedAt === null || round === 0 ? 'syncing' : 'synced';
};

/** The status as pages show it. `end`: how the last round that was not abandoned ended. */
export const statusOf = (
  state: SyncState,
  mirror: Mirror,
  end: RoundEnd | undefined,
  { openConflicts, durable }: Pick<Status, 'openConflicts' | 'durable'>,
): Status => ({
  state: shownState(state, mirror, end),
  pending: mirror.outboxIndex.pending(),
  parked: mirror.parked.size,
  openConflicts,
  lastSyncAt: mirror.meta.syncedAt,
  error: end?.error ?? null,
  durable,
});

/** Where a mutation stands. `isOpen` tells whether a conflict is open; one that was not pulled yet counts as open. */
export const mutationStateOf = (mirror: Mirror, mutationId: string, isOpen: (conflictId: string) => boolean): MutationState | undefined => {
  if (mirror.parked.has(mutationId)) return 'parked';
  const row = mirror.outbox.get(mutationId);
  if (row !== undefined && row.settled === undefined) return 'pending';
  const receipt = mirror.journal.get(mutationId);
  if (receipt?.status === 'conflict' && receipt.conflictIds.some(isOpen)) return 'conflict';
  return (receipt ?? row) && 'acknowledged';
};
