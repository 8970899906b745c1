import type { Env } from '@tidemark/protocol';
import { type ClientRow, type Storage, StorageFailure } from '../storage/storage.ts';

/** Remembers when and where clients were last seen, without a write per pull. */
export interface Sightings {
  note(space: string, clientId: string, known: ClientRow | undefined, seq: number): Promise<void>;
}

/** How old the stored position of a client may get before a pull writes it again. */
const SIGHTING_INTERVAL_MS = 10 * 60_000;

export const createSightings = (storage: Storage, env: Env): Sightings => ({
  note: async (space, clientId, known, seq) => {
    const now = env.wall();
    if (known !== undefined && Math.abs(now - known.lastSeenAt) < SIGHTING_INTERVAL_MS) return;
    const fresh = { clientId, ackedN: 0, firstSeenAt: now, revoked: false, name: null };
    try {
      await storage.putClient(space, { ...(known ?? fresh), seq, lastSeenAt: now, name: null });
    } catch (fault) {
      // Only a hint for the list of devices and for compaction: a pull must not fail because the disk is full.
      if (!(fault instanceof StorageFailure)) throw fault;
    }
  },
});
