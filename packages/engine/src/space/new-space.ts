import type { Env } from '@tidemark/protocol';
import { genesisHash } from '../hash.ts';
import type { SpaceRow } from '../storage/storage.ts';

/** The row of a space that nothing was stored in yet. `erased`: spaceIds this key had before. */
export const newSpace = (env: Env, app: string, key: string, erased: readonly string[] = []): SpaceRow => {
  const spaceId = env.uuid();
  const hash = genesisHash(spaceId);
  const now = env.wall();
  return {
    key,
    app,
    spaceId,
    epoch: env.uuid(),
    epochStart: 0,
    appends: 0,
    head: 0,
    hash,
    floor: 0,
    floorHash: hash,
    committedAt: now,
    createdAt: now,
    digest: {},
    erased,
  };
};
