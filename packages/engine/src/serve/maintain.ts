import { type Result, refuse } from '@tidemark/protocol';
import type { SpaceRef } from '../engine.ts';
import { newSpace } from '../space/new-space.ts';
import type { SpaceRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';

/** Tries a compare-and-store until it wins; `next` answers the row to store, or undefined where nothing is left to do. */
const storeWhenStill = async (
  serving: Serving,
  space: SpaceRef,
  next: (row: SpaceRow) => Promise<SpaceRow | undefined>,
  store: (batch: { readonly space: SpaceRow; readonly expectedAppends: number }) => Promise<'stored' | 'head_moved'>,
): Promise<SpaceRow> => {
  for (;;) {
    const row = await serving.ensureSpace(space);
    const changed = await next(row);
    if (changed === undefined) return row;
    const wanted = { ...changed, appends: row.appends + 1 };
    if ((await store({ space: wanted, expectedAppends: row.appends })) === 'stored') return wanted;
  }
};

/** Raises the floor: the log before it goes, except what stood at the floor; clients with an older cursor get a reset. */
export const compact = async (serving: Serving, space: SpaceRef, floor: number): Promise<Result<{ floor: number }>> => {
  const row = await serving.ensureSpace(space);
  if (!Number.isInteger(floor) || floor < 0 || floor > row.head)
    return refuse('BAD_REQUEST', `the floor must lie between 0 and the head ${row.head}`);
  const raised = async (current: SpaceRow): Promise<SpaceRow | undefined> => {
    if (floor <= current.floor) return undefined;
    const anchor = await serving.storage.readLogRow(space.key, floor);
    if (anchor === undefined) throw new Error(`the log of ${space.key} has no change at seq ${floor}`);
    return { ...current, floor, floorHash: anchor.hash };
  };
  const stored = await storeWhenStill(serving, space, raised, (batch) => serving.storage.compact(batch));
  return { ok: true, value: { floor: stored.floor } };
};

/** Purges everything of a space. Its old spaceId is remembered, so that its clients hear SPACE_ERASED and never bring anything back. */
export const erase = async (serving: Serving, space: SpaceRef): Promise<Result<{ spaceId: string }>> => {
  const emptied = async (row: SpaceRow): Promise<SpaceRow> => newSpace(serving.env, space.app, space.key, [...row.erased, row.spaceId]);
  const stored = await storeWhenStill(serving, space, emptied, (batch) => serving.storage.erase(batch));
  return { ok: true, value: { spaceId: stored.spaceId } };
};
