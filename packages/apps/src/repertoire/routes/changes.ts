import { collectionsKey, decodeCursor, encodeCursor, ok, type Result } from '@tidemark/protocol';
import type { Call } from '@tidemark/server/rest';
import { type LogPlace, timeOf, toPlace } from './sync-times.ts';

type Engine = Call['services']['engine'];
/** A record as the engine keeps it, or one change of it. */
export type Row = Extract<Awaited<ReturnType<Engine['pull']>>, { ok: true }>['value']['rows'][number];
export type CollectionName = 'pieces' | 'sessions';

/** What a device has not seen of a collection, as it is read from the log. */
export interface Changes {
  /** The newest state of each record that changed since the device's place, tombstones too, by id. */
  readonly rows: ReadonlyMap<string, Row>;
  /** True where the rows are all that there are: the device's place is not known, or the log does not reach back that far. */
  isWhole(): boolean;
  /** Reads up to the head as it is now. */
  readOn(): Promise<Result<void>>;
  /** Reads up to the head, and answers the `syncedAt` that stands for exactly what was read. */
  settle(): Promise<Result<string>>;
}

const seqOf = (place: LogPlace): number => decodeCursor(place)?.seq ?? 0;

const cursorAt = (place: LogPlace, collection: CollectionName): string | undefined => {
  const cursor = decodeCursor(place);
  const collections = collectionsKey([collection]);
  return cursor === undefined || collections === undefined ? undefined : encodeCursor({ ...cursor, collections });
};

/** Follows a collection from a place on (from the beginning, where there is none). Costs as much as changed. */
export const openChanges = (call: Call, collection: CollectionName, place: LogPlace | undefined): Changes => {
  const rows = new Map<string, Row>();
  let cursor = place === undefined ? undefined : cursorAt(place, collection);
  let isWhole = cursor === undefined;
  const readOn = async (): Promise<Result<void>> => {
    for (;;) {
      const page = await call.services.engine.pull(call.space, { collections: [collection], ...(cursor === undefined ? {} : { cursor }) });
      const isOfErased = !page.ok && (page.error.code === 'WRONG_SPACE' || page.error.code === 'SPACE_ERASED');
      if (!page.ok && !isOfErased) return page;
      if (!page.ok || page.value.reset !== undefined) {
        rows.clear();
        isWhole = true;
      }
      if (page.ok) for (const row of page.value.rows) if (row.collection === collection) rows.set(row.id, row);
      cursor = page.ok ? page.value.cursor : undefined;
      if (page.ok && !page.value.hasMore) return ok(undefined);
    }
  };
  const settle = async (): Promise<Result<string>> => {
    for (;;) {
      const read = await readOn();
      if (!read.ok) return read;
      const syncedAt = cursor === undefined ? undefined : await timeOf(call, toPlace(cursor));
      if (syncedAt !== undefined) return ok(syncedAt);
    }
  };
  return { rows, isWhole: () => isWhole, readOn, settle };
};

/** The records of a collection that changed in the last `count` changes of the log up to a place, as they were then. */
export const changedJustBefore = async (
  call: Call,
  collection: CollectionName,
  place: LogPlace,
  count: number,
): Promise<readonly Row[]> => {
  const { engine } = call.services;
  const end = seqOf(place);
  const { cursor } = await engine.position(call.space, { seq: Math.max(0, end - count) }, [collection]);
  if (cursor === undefined) return [];
  const page = await engine.pull(call.space, { collections: [collection], cursor, limit: count });
  return page.ok && page.value.reset === undefined ? page.value.rows.filter((row) => row.collection === collection && row.seq <= end) : [];
};
