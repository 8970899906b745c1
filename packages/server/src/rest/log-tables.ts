import type { PullPage } from '@tidemark/engine';
import { ok, type Result } from '@tidemark/protocol';
import type { Call } from '../sync/call.ts';

const PAGE = 5_000;

/** What is kept in memory of the records of one collection of a space, by their ids. */
export interface LogTable {
  readonly size: () => number;
  put(id: string, fieldsJson: string): void;
  remove(id: string): void;
  clear(): void;
}

/** How tables are made. */
export interface LogTableKind<T extends LogTable> {
  readonly collection: string;
  /** Records of all tables together. */
  readonly recordsMax: number;
  /** An empty table for whoever asks. */
  open(call: Call): T;
}

/** Tables derived from the log of each space and kept between requests. */
export interface LogTables<T extends LogTable> {
  /**
   * Brings the table of the caller's space up to the log, and looks at it: `seen` is what `look` makes of it there and then, `cursor`
   * says where in the log that is. Costs as much as was stored since the last time.
   */
  read<S>(call: Call, look: (table: T) => S): Promise<Result<{ readonly seen: S; readonly cursor: string }>>;
}

interface Kept<T> {
  readonly table: T;
  /** Where in the log the table stands. */
  cursor: string | undefined;
  /** One request at a time moves a table on. */
  queue: Promise<unknown>;
}

const takeOver = <T extends LogTable>(kept: Kept<T>, page: PullPage, wanted: string): void => {
  if (page.reset !== undefined) kept.table.clear();
  for (const { collection, id, deleted, fieldsJson } of page.rows) {
    if (collection !== wanted) continue;
    if (deleted || fieldsJson === null) kept.table.remove(id);
    else kept.table.put(id, fieldsJson);
  }
  kept.cursor = page.cursor;
};

/** Reads on from where the table stands; from the beginning where the log is another one, as after everything was erased. */
const catchUp = async <T extends LogTable>({ services, space }: Call, kept: Kept<T>, collection: string): Promise<Result<string>> => {
  for (;;) {
    const { cursor } = kept;
    const from = cursor === undefined ? {} : { cursor };
    const page = await services.engine.pull(space, { limit: PAGE, collections: [collection], ...from });
    if (page.ok) {
      takeOver(kept, page.value, collection);
      if (!page.value.hasMore) return ok(page.value.cursor);
    } else {
      if (cursor === undefined) return page;
      kept.table.clear();
      kept.cursor = undefined;
    }
  }
};

/**
 * Tables in the memory of this process. Those that were not asked for the longest time go first when there are too many records, and
 * are read from the log again when they are wanted.
 */
export const createLogTables = <T extends LogTable>({ collection, recordsMax, open }: LogTableKind<T>): LogTables<T> => {
  const tables = new Map<string, Kept<T>>();
  const dropOldest = (wanted: Kept<T>): void => {
    let records = 0;
    for (const { table } of tables.values()) records += table.size();
    for (const [key, kept] of tables) {
      if (records <= recordsMax) return;
      if (kept === wanted) continue;
      tables.delete(key);
      records -= kept.table.size();
    }
  };
  return {
    read: async (call, look) => {
      const { key } = call.space;
      const kept: Kept<T> = tables.get(key) ?? { table: open(call), cursor: undefined, queue: Promise.resolve() };
      // At the end of the map stands what was asked for last.
      tables.delete(key);
      tables.set(key, kept);
      const read = kept.queue.then(async () => {
        const moved = await catchUp(call, kept, collection);
        return moved.ok ? ok({ seen: look(kept.table), cursor: moved.value }) : moved;
      });
      kept.queue = read.catch(() => undefined);
      const result = await read;
      dropOldest(kept);
      return result;
    },
  };
};
