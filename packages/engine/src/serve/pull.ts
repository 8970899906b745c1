import { CONFLICTS, type Cursor, collectionsKey, encodeCursor, LIMITS, type Result, refuse } from '@tidemark/protocol';
import type { PullPage, ReadRequest, SpaceRef } from '../engine.ts';
import { recordKey } from '../plan/draft.ts';
import { checkSpaceId, locate } from '../space/lineage.ts';
import type { LogRow, RecordRow, SpaceRow } from '../storage/storage.ts';
import type { Serving } from './context.ts';
import type { Sightings } from './sightings.ts';

interface Ask {
  readonly limit: number;
  /** Sorted, with $conflicts; undefined = all. */
  readonly collections: readonly string[] | undefined;
  readonly collectionsKey: string | undefined;
}

interface Page {
  readonly rows: readonly (RecordRow | LogRow)[];
  readonly cursor: Cursor;
  readonly isLast: boolean;
}

const askOf = (request: ReadRequest): Ask => {
  const names = request.collections && [...new Set([...request.collections, CONFLICTS])].sort();
  return { limit: request.limit ?? LIMITS.pageChangesMax, collections: names, collectionsKey: collectionsKey(names) };
};

/** Of several changes of one record in a page only the newest is sent. */
const newestOfEach = (rows: readonly LogRow[]): LogRow[] => {
  const newest = new Map(rows.map((row) => [recordKey(row.collection, row.id), row.seq]));
  return rows.filter((row) => newest.get(recordKey(row.collection, row.id)) === row.seq);
};

const readTail = async (serving: Serving, space: SpaceRow, cursor: Cursor, ask: Ask): Promise<Page> => {
  if (cursor.seq === space.head) return { rows: [], cursor, isLast: true };
  const rows = await serving.storage.readLog(space.key, { after: cursor.seq, limit: ask.limit, bytesMax: LIMITS.pageBytesMax });
  const last = rows.at(-1);
  if (last === undefined) return { rows: [], cursor, isLast: true };
  const wanted = ask.collections ? rows.filter((row) => ask.collections?.includes(row.collection)) : rows;
  return { rows: newestOfEach(wanted), cursor: { ...cursor, seq: last.seq, hash: last.hash }, isLast: last.seq >= space.head };
};

/** Reads live records after a key, through the collections asked for. */
const readRecords = async (
  serving: Serving,
  space: SpaceRow,
  after: { collection: string; id: string } | undefined,
  ask: Ask,
): Promise<{ rows: RecordRow[]; isEnd: boolean }> => {
  const bounds = { limit: ask.limit, bytesMax: LIMITS.pageBytesMax, ...(after ? { after } : {}) };
  if (ask.collections === undefined) {
    const rows = await serving.storage.readRecords(space.key, bounds);
    return { rows, isEnd: rows.length === 0 };
  }
  for (const collection of ask.collections) {
    if (after !== undefined && collection < after.collection) continue;
    const rows = await serving.storage.readRecords(space.key, { ...bounds, collection });
    if (rows.length > 0) return { rows, isEnd: false };
  }
  return { rows: [], isEnd: true };
};

/** A page of a snapshot. Its cursor stays at the position from before the snapshot began; the log's tail follows it. */
const readSnapshot = async (serving: Serving, space: SpaceRow, cursor: Cursor, ask: Ask): Promise<Page> => {
  const { snapshot, ...tail } = cursor;
  const { rows, isEnd } = await readRecords(serving, space, snapshot?.after, ask);
  const last = rows.at(-1);
  if (isEnd || last === undefined) return readTail(serving, space, tail, ask);
  const after = { collection: last.collection, id: last.id };
  // A look ahead spares small spaces a second round trip.
  const isLastPage = rows.length < ask.limit && (await readRecords(serving, space, after, { ...ask, limit: 1 })).isEnd;
  if (isLastPage) return { rows, cursor: tail, isLast: tail.seq >= space.head };
  return { rows, cursor: { ...cursor, snapshot: { ...snapshot, after } }, isLast: false };
};

const startSnapshot = (space: SpaceRow, ask: Ask, reset: 'floor' | 'epoch' | undefined): Cursor => ({
  spaceId: space.spaceId,
  epoch: space.epoch,
  seq: space.head,
  hash: space.hash,
  ...(ask.collectionsKey === undefined ? {} : { collections: ask.collectionsKey }),
  snapshot: reset ? { reset } : {},
});

/**
 * POST /sync/pull. A page costs what it carries. Without a cursor, or after a reset, pages of a snapshot come first.
 * ackedN is read before the head, so that the state pulled includes every mutation up to it.
 */
export const pull = async (serving: Serving, sightings: Sightings, space: SpaceRef, request: ReadRequest): Promise<Result<PullPage>> => {
  const { loadsTogether = false } = serving.storage.capabilities;
  if (!loadsTogether) await serving.ensureSpace(space);
  const { clientId } = request;
  const known = await serving.storage.load(space.key, { records: [], receipts: [], clients: clientId === undefined ? [] : [clientId] });
  const client = known.clients[0];
  if (client?.revoked) return refuse('CLIENT_REVOKED', `client ${client.clientId} was revoked`);
  const row = (loadsTogether ? known.space : undefined) ?? (await serving.ensureSpace(space));
  const wrong = checkSpaceId(row, request.spaceId);
  if (wrong) return { ok: false, error: wrong };
  const located = await locate(serving, row, request.cursor, request.pushed);
  if (!located.ok) return located;
  const ask = askOf(request);
  const { cursor: asked, space: current } = located.value;
  const otherSet = asked !== undefined && asked.collections !== ask.collectionsKey;
  const reset = located.value.reset ?? (otherSet ? ('floor' as const) : undefined);
  const cursor = asked === undefined || reset ? startSnapshot(current, ask, reset) : asked;
  const page = cursor.snapshot ? await readSnapshot(serving, current, cursor, ask) : await readTail(serving, current, cursor, ask);
  const { seq } = page.cursor;
  if (page.isLast && clientId !== undefined) await sightings.note(space.key, clientId, client, seq);
  return {
    ok: true,
    value: {
      rows: page.rows,
      cursor: encodeCursor(page.cursor),
      seq,
      latestVersion: current.head,
      hasMore: !page.isLast,
      ...(reset ? { reset } : {}),
      ...(page.isLast ? { ackedN: client?.ackedN ?? 0 } : {}),
      epoch: current.epoch,
      spaceId: current.spaceId,
    },
  };
};
