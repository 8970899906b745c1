import { collectionsKey, encodeCursor } from '@tidemark/protocol';
import type { LogPosition, SpaceRef } from '../engine.ts';
import type { Serving } from './context.ts';

/** The newest change at or below a commit time, or the change at a seq; the place before the first one where there is none. */
export const position = async (
  serving: Serving,
  space: SpaceRef,
  at: { readonly time: number } | { readonly seq: number },
  collections?: readonly string[],
): Promise<LogPosition> => {
  const { spaceId, epoch, floor, floorHash } = await serving.ensureSpace(space);
  const row = await ('seq' in at ? serving.storage.readLogRow(space.key, at.seq) : serving.storage.findLogRowAt(space.key, at.time));
  const { seq, updatedAt: time, hash } = row ?? { seq: 0, updatedAt: 0, hash: floorHash };
  if (seq < floor) return { seq, time };
  const key = collectionsKey(collections);
  return { seq, time, cursor: encodeCursor({ spaceId, epoch, seq, hash, ...(key === undefined ? {} : { collections: key }) }) };
};
