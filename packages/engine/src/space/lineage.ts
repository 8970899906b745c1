import { type Cursor, decodeCursor, type Refusal, type Result, refuse } from '@tidemark/protocol';
import type { PushedMutation } from '@tidemark/protocol/messages';
import type { Serving } from '../serve/context.ts';
import type { SpaceRow } from '../storage/storage.ts';

/** How a client's position relates to this log. */
export type Position = { readonly cursor: Cursor | undefined; readonly reset: 'floor' | 'epoch' | undefined; readonly space: SpaceRow };

/** Refuses a spaceId that is not this space's: nothing of another space is read or written. */
export const checkSpaceId = (space: SpaceRow, spaceId: string | undefined): Refusal | undefined => {
  if (spaceId === undefined || spaceId === space.spaceId) return undefined;
  if (space.erased.includes(spaceId)) return { code: 'SPACE_ERASED', message: 'this space was erased by its owner' };
  return { code: 'WRONG_SPACE', message: `the request is about another space than the token's`, details: { spaceId: space.spaceId } };
};

/**
 * Stores a new epoch, so that every client finds out that the log's lineage has changed. `keptMax`: the log was cut off at that seq or
 * before; what stands above it was written since. Answers the row that stands then.
 */
export const startEpoch = async (serving: Serving, space: SpaceRow, keptMax = space.head): Promise<SpaceRow> => {
  let current = space;
  for (;;) {
    const next = {
      ...current,
      epoch: serving.env.uuid(),
      epochStart: Math.max(0, Math.min(current.head, keptMax)),
      appends: current.appends + 1,
    };
    const stored = await serving.storage.append({
      expectedAppends: current.appends,
      space: next,
      changes: [],
      records: [],
      receipts: [],
      clients: [],
    });
    if (stored === 'stored') return next;
    const moved = await serving.storage.readSpace(space.key);
    if (moved === undefined) throw new Error(`space ${space.key} vanished`);
    // Somebody else noticed at the same time: one new epoch is enough.
    if (moved.epoch !== space.epoch) return moved;
    current = moved;
  }
};

/** Is the chain hash of our log at the cursor's position the one the cursor holds? */
const isOurs = async (serving: Serving, space: SpaceRow, cursor: Cursor): Promise<boolean> => {
  if (cursor.seq > space.head) return false;
  if (cursor.seq === space.head) return cursor.hash === space.hash;
  if (cursor.seq === space.floor) return cursor.hash === space.floorHash;
  // Below the floor nothing can be compared; the client starts over from a snapshot anyway.
  if (cursor.seq < space.floor) return true;
  const row = await serving.storage.readLogRow(space.key, cursor.seq);
  return row?.hash === cursor.hash;
};

/**
 * Reads a cursor and checks that it belongs to this log. A cursor of our epoch with a foreign hash means that this
 * server was restored from an older backup: a new epoch begins, stored before anything is answered (G10).
 */
const place = async (serving: Serving, space: SpaceRow, text: string | undefined): Promise<Result<Position>> => {
  if (text === undefined) return { ok: true, value: { cursor: undefined, reset: undefined, space } };
  const cursor = decodeCursor(text);
  if (cursor === undefined) return refuse('BAD_CURSOR', 'the cursor is damaged or not from here; pull without one');
  const wrong = checkSpaceId(space, cursor.spaceId);
  if (wrong) return { ok: false, error: wrong };
  if (cursor.epoch !== space.epoch) return { ok: true, value: { cursor, reset: 'epoch', space } };
  if (!(await isOurs(serving, space, cursor))) {
    // The row may be older than the cursor's position only because another request appended meanwhile.
    const latest = (await serving.storage.readSpace(space.key)) ?? space;
    if (latest.appends !== space.appends) return place(serving, latest, text);
    return { ok: true, value: { cursor, reset: 'epoch', space: await startEpoch(serving, space, cursor.seq - 1) } };
  }
  return { ok: true, value: { cursor, reset: cursor.seq < space.floor ? 'floor' : undefined, space } };
};

/**
 * Locates a cursor, and looks whether the log holds what `pushed` names: the position that the client's newest push led to. A pull with
 * an older cursor cannot show that the server has lost it since.
 */
export const locate = async (serving: Serving, space: SpaceRow, text: string | undefined, pushed?: string): Promise<Result<Position>> => {
  const located = await place(serving, space, text);
  if (!located.ok || pushed === undefined || located.value.reset === 'epoch') return located;
  const { cursor, space: current } = located.value;
  const held = await place(serving, current, pushed);
  if (!held.ok) return held;
  // A position of an earlier epoch was lost and found already.
  return held.value.space.epoch === current.epoch ? located : { ok: true, value: { cursor, reset: 'epoch', space: held.value.space } };
};

/** Seqs of mutations that this log, in this very epoch, has given receipts for and does not know. */
const lostSeqs = async ({ storage }: Serving, space: SpaceRow, mutations: readonly PushedMutation[]): Promise<number[]> => {
  const offers = mutations.flatMap((mutation) => {
    const healed = mutation.op === 'void' ? undefined : mutation.healed;
    return healed?.epoch === space.epoch ? [{ mutationId: mutation.mutationId, seq: healed.seq }] : [];
  });
  if (offers.length === 0) return [];
  const { receipts } = await storage.load(space.key, { records: [], receipts: offers.map(({ mutationId }) => mutationId), clients: [] });
  const known = new Set(receipts.map(({ mutationId }) => mutationId));
  return offers.filter(({ mutationId }) => !known.has(mutationId)).map(({ seq }) => seq);
};

const isBaseAhead = (space: SpaceRow, mutation: PushedMutation): boolean =>
  mutation.op !== 'void' && mutation.epoch === space.epoch && mutation.base > space.head;

/**
 * A client may have pushed to the log that was lost and never pulled from it: then its cursor fits, and only what its mutations
 * stand on, or what it offers again, shows that this server was restored from an older backup. As in `locate`, a new epoch begins.
 */
export const checkBases = async (serving: Serving, space: SpaceRow, mutations: readonly PushedMutation[]): Promise<void> => {
  const lost = await lostSeqs(serving, space, mutations);
  if (lost.length === 0 && !mutations.some((mutation) => isBaseAhead(space, mutation))) return;
  // The row may have been read before the append that the mutations stand on.
  const latest = (await serving.storage.readSpace(space.key)) ?? space;
  if (latest.epoch !== space.epoch || (lost.length === 0 && !mutations.some((mutation) => isBaseAhead(latest, mutation)))) return;
  await startEpoch(serving, latest, Math.min(latest.head, ...lost.map((seq) => seq - 1)));
};
