import type { Env } from '@tidemark/protocol';
import type { Storage } from '../storage/storage.ts';

/**
 * The poke port: how the processes that share a storage tell each other that a space has changed, so that live streams follow writes
 * that another process took. A poke carries nothing and may be lost only for a while: correctness never depends on it.
 */
export interface Pokes {
  /** Tells the other processes that this space has changed. Never fails; several at once may become one. */
  announce(space: string): void;
  /** Calls `poke` after changes that other processes made, until the returned function is called. */
  subscribe(space: string, poke: () => void): () => void;
  close(): Promise<void>;
}

/**
 * Pokes without any channel between processes: looks at the row of each space that somebody subscribed to, every `intervalMs`
 * milliseconds. Costs one small read per space and interval, and nothing where nobody listens.
 */
export const createPollingPokes = (storage: Pick<Storage, 'readSpace'>, env: Env, intervalMs: number): Pokes => {
  const running = new Set<() => void>();
  const subscribe: Pokes['subscribe'] = (space, poke) => {
    let known: string | undefined;
    let cancel = (): void => {};
    let ended = false;
    const look = async (): Promise<void> => {
      // A storage that cannot be read now is asked again; the stream's own reads say what is wrong.
      const row = await storage.readSpace(space).catch(() => undefined);
      if (ended) return;
      const seen = row && `${row.spaceId} ${row.appends}`;
      // Also at the first look: the change may have come between the subscriber's own read and this one.
      if (seen !== undefined && seen !== known) poke();
      known = seen ?? known;
      cancel = env.setTimer(intervalMs, () => void look());
    };
    const end = (): void => {
      ended = true;
      cancel();
      running.delete(end);
    };
    running.add(end);
    void look();
    return end;
  };
  return {
    announce: () => {},
    subscribe,
    close: async () => {
      for (const end of running) end();
    },
  };
};
