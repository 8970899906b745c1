import type { JsonObject, Refusal, Result } from '@tidemark/protocol';
import type { Kept } from './kept.ts';

export type EntityType = 'piece' | 'session';
export type QueueOperation = 'create' | 'update';

/** What waits to be sent. */
export interface SyncQueueItem {
  readonly entityType: EntityType;
  readonly entityId: string;
  readonly operation: QueueOperation;
  /** Its place: smaller goes first. */
  readonly order: number;
  /** Counts up whenever it is queued again, so that an answer about what was sent before does not take it away. */
  readonly revision: number;
  readonly retryCount: number;
  /** Why the last try did not succeed. */
  readonly lastError?: string;
  /** The server does not take it as it is: it waits for another edit and holds up nothing. */
  readonly refused?: { readonly code: string; readonly message: string };
}

/** What became of an item that was sent. */
export type ItemOutcome = 'done' | { readonly code: string; readonly message: string };

export interface OfflineQueue {
  /** Queues something once: where it waits already it keeps its place. Refused with STORAGE_FULL. */
  enqueue(entityType: EntityType, entityId: string, operation: QueueOperation): Result<void>;
  /** All that waits, in order; refused items too. */
  items(): readonly SyncQueueItem[];
  /**
   * Sends what waits of one type, in order, `batchSize` at a time. An item goes only by an outcome of its own. A batch that fails as a
   * whole stays, and ends the processing; its refusal is the answer.
   */
  processQueue(
    entityType: EntityType,
    batchSize: number,
    process: (batch: readonly SyncQueueItem[]) => Promise<Result<ReadonlyMap<string, ItemOutcome>>>,
  ): Promise<Result<number>>;
}

const KEY = 'queue/';
const keyOf = ({ entityType, entityId }: Pick<SyncQueueItem, 'entityType' | 'entityId'>): string => `${KEY}${entityType}/${entityId}`;

const parse = (value: JsonObject): SyncQueueItem => JSON.parse(JSON.stringify(value));

/** Read once: each tab sends what it queued itself, and what it found when it was opened. `onChange` hears of every change. */
export const openOfflineQueue = (kept: Kept, onChange: () => void): OfflineQueue => {
  const queued = new Map(kept.list<JsonObject>(KEY).map(([key, value]) => [key, parse(value)]));
  const read = (): readonly SyncQueueItem[] => [...queued.values()].sort((a, b) => a.order - b.order);
  let nextOrder = (read().at(-1)?.order ?? 0) + 1;
  const get = (item: Pick<SyncQueueItem, 'entityType' | 'entityId'>): SyncQueueItem | undefined => queued.get(keyOf(item));
  const put = (item: SyncQueueItem): Result<void> => {
    const stored = kept.set(keyOf(item), JSON.parse(JSON.stringify(item)));
    queued.set(keyOf(item), item);
    onChange();
    return stored;
  };
  const settle = (sent: SyncQueueItem, outcome: ItemOutcome | undefined): void => {
    const now = get(sent);
    if (now === undefined || now.revision !== sent.revision || outcome === undefined) return;
    if (outcome === 'done') {
      kept.remove(keyOf(sent));
      queued.delete(keyOf(sent));
      onChange();
    } else put({ ...now, refused: outcome, lastError: outcome.message });
  };
  const noteFailure = (batch: readonly SyncQueueItem[], { message }: Refusal): void => {
    for (const sent of batch) {
      const now = get(sent);
      if (now !== undefined) put({ ...now, retryCount: now.retryCount + 1, lastError: message });
    }
  };
  return {
    enqueue: (entityType, entityId, operation) => {
      const before = get({ entityType, entityId });
      const order = before?.order ?? nextOrder;
      if (before === undefined) nextOrder += 1;
      const merged = before?.operation === 'create' ? 'create' : operation;
      return put({ entityType, entityId, operation: merged, order, revision: (before?.revision ?? 0) + 1, retryCount: 0 });
    },
    items: read,
    processQueue: async (entityType, batchSize, process) => {
      const waiting = read().filter((item) => item.entityType === entityType && item.refused === undefined);
      for (let first = 0; first < waiting.length; first += batchSize) {
        const batch = waiting.slice(first, first + batchSize);
        const processed = await process(batch);
        if (!processed.ok) {
          noteFailure(batch, processed.error);
          return processed;
        }
        for (const item of batch) settle(item, processed.value.get(item.entityId));
      }
      return { ok: true, value: waiting.length };
    },
  };
};
