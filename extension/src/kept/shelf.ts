import type { ClientStore, StoreBatch } from '@tidemark/client';
import { NOTHING_SEEN, type RecorderState, type TabState } from '../recorder/recorder-state.ts';
import { type Head, isHead, isPending, isTab, toRow } from './rows.ts';

const HEAD = { table: 'meta', key: 'head' } as const;
export const tabPlace = (id: number) => ({ table: 'meta', key: `tab:${id}` }) as const;

/** A local store and what of it is at hand. True as of the latest commit. */
export interface Shelf {
  readonly store: ClientStore;
  readonly uuid: () => string;
  head: Head;
  recorder: RecorderState;
  /** Keys of what waits, with the change that each is at. */
  waiting: Map<string, number>;
  /** Runs tasks one after the other. */
  inTurn<T>(task: () => Promise<T>): Promise<T>;
  /** Writes all of it, or nothing. Rejects where the store cannot be written, or another worker has written to it meanwhile. */
  commit(head: Head, batch?: Omit<StoreBatch, 'check'>): Promise<void>;
}

export const freshHead = (anonymousClientId: string): Head => {
  const { tabs: _, ...recorder } = NOTHING_SEEN;
  return { anonymousClientId, recorder, changes: 0, lastSyncAt: null, trouble: null, prunedAt: 0, erasing: false };
};

const load = async (store: ClientStore, uuid: () => string): Promise<Pick<Shelf, 'head' | 'recorder' | 'waiting'>> => {
  if ((await store.read(HEAD.table, HEAD.key)) === undefined) {
    // Where another worker was faster, its head stands.
    await store.write({ check: [{ ...HEAD, value: undefined }], put: [{ ...HEAD, value: toRow(freshHead(uuid())) }] });
  }
  const [meta, outbox] = await Promise.all([store.readAll('meta'), store.readAll('outbox')]);
  const head = meta.find(({ key }) => key === HEAD.key)?.value;
  if (!isHead(head)) throw new Error('The local store is damaged');
  const tabs = meta.flatMap(({ key, value }): [number, TabState][] => (key.startsWith('tab:') && isTab(value) ? [[value.id, value]] : []));
  const waiting = outbox.flatMap(({ key, value }): [string, number][] => (isPending(value) ? [[key, value.change]] : []));
  return { head, recorder: { ...head.recorder, tabs: new Map(tabs) }, waiting: new Map(waiting) };
};

/** Opens a store. Rejects where it cannot be read. */
export const openShelf = async (store: ClientStore, uuid: () => string): Promise<Shelf> => {
  let turn: Promise<unknown> = Promise.resolve();
  const shelf: Shelf = {
    ...(await load(store, uuid)),
    store,
    uuid,
    inTurn: (task) => {
      const result = turn.then(task);
      turn = result.catch(() => undefined);
      return result;
    },
    commit: async (head, batch = {}) => {
      const check = [{ ...HEAD, value: toRow(shelf.head) }];
      const written = await store.write({ ...batch, check, put: [...(batch.put ?? []), { ...HEAD, value: toRow(head) }] });
      if (!written) throw new Error('Another worker has written to the local store');
      shelf.head = head;
    },
  };
  return shelf;
};
