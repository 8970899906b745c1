import type { Env } from '@tidemark/protocol';
import type { SpaceRef } from '../engine.ts';
import type { SpaceRow, Storage } from '../storage/storage.ts';
import { newSpace } from './new-space.ts';

/** Reads the row of a space, creating it on first use: a spaceId must be known before the first push. */
export const createEnsureSpace =
  (storage: Storage, env: Env) =>
  async (space: SpaceRef): Promise<SpaceRow> => {
    for (;;) {
      const known = await storage.readSpace(space.key);
      if (known !== undefined) return known;
      const row = { ...newSpace(env, space.app, space.key), appends: 1 };
      const stored = await storage.append({ expectedAppends: 0, space: row, changes: [], records: [], receipts: [], clients: [] });
      // head_moved: another request created it first; the next turn reads theirs.
      if (stored === 'stored') return row;
    }
  };
