import { digestText, encodeCursor, type Result } from '@tidemark/protocol';
import type { CollectionDigest, DigestAnswer } from '@tidemark/protocol/messages';
import type { SpaceRef } from '../engine.ts';
import type { SpaceRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';

export const digestOf = (space: SpaceRow): { [collection: string]: CollectionDigest } =>
  Object.fromEntries(
    Object.entries(space.digest)
      .filter(([, [count]]) => count > 0)
      .map(([collection, [count, high, low]]) => [collection, { count, sum: digestText([high, low]) }]),
  );

/** GET /sync/digest: kept by every append, so it costs one read. */
export const digest = async (serving: Serving, space: SpaceRef): Promise<Result<DigestAnswer>> => {
  const row = await serving.ensureSpace(space);
  const { spaceId, epoch, head: seq, hash } = row;
  return { ok: true, value: { collections: digestOf(row), seq, cursor: encodeCursor({ spaceId, epoch, seq, hash }), epoch, spaceId } };
};
