import { ok, type Result } from '@tidemark/protocol';
import type { Call, PullPage, Services } from '@tidemark/server/rest';
import { createVisitTable, type VisitColumns, type VisitTable } from './visit-columns.ts';

const COLLECTIONS = ['pageVisits'];
const PAGE = 5_000;
/** About 150 bytes each. */
const VISITS_MAX = 500_000;

type Engine = Services['engine'];
type Space = Call['space'];

interface Kept {
  readonly table: VisitTable;
  /** Where in the log the table stands. */
  cursor: string | undefined;
  /** One request at a time moves a table on. */
  queue: Promise<unknown>;
}

/** What insights are computed from: tables of visits, derived from the log of each space and kept between requests. */
export interface VisitTables {
  /** The visits of a space as of now. What was stored since the last time is read, not what was there before. */
  of(space: Space): Promise<Result<VisitColumns>>;
}

const takeOver = (kept: Kept, page: PullPage): void => {
  if (page.reset !== undefined) kept.table.clear();
  for (const { collection, id, deleted, fieldsJson } of page.rows) {
    if (collection !== 'pageVisits') continue;
    if (deleted || fieldsJson === null) kept.table.remove(id);
    else kept.table.put(id, JSON.parse(fieldsJson));
  }
  kept.cursor = page.cursor;
};

/** Reads on from where the table stands; from the beginning where the log is another one, as after everything was erased. */
const catchUp = async (engine: Engine, space: Space, kept: Kept): Promise<Result<void>> => {
  for (;;) {
    const { cursor } = kept;
    const page = await engine.pull(space, { limit: PAGE, collections: COLLECTIONS, ...(cursor === undefined ? {} : { cursor }) });
    if (page.ok) {
      takeOver(kept, page.value);
      if (!page.value.hasMore) return ok(undefined);
    } else {
      if (cursor === undefined) return page;
      kept.table.clear();
      kept.cursor = undefined;
    }
  }
};

/**
 * Tables in the memory of this process, 500,000 visits at most: those that were not asked for the longest time go first, and are
 * read from the log again when they are.
 */
export const createVisitTables = (engine: Engine, visitsMax = VISITS_MAX): VisitTables => {
  const tables = new Map<string, Kept>();
  const dropOldest = (wanted: Kept): void => {
    let visits = 0;
    for (const { table } of tables.values()) visits += table.size();
    for (const [key, kept] of tables) {
      if (visits <= visitsMax) return;
      if (kept === wanted) continue;
      tables.delete(key);
      visits -= kept.table.size();
    }
  };
  return {
    of: async (space) => {
      const kept: Kept = tables.get(space.key) ?? { table: createVisitTable(), cursor: undefined, queue: Promise.resolve() };
      // At the end of the map stands what was asked for last.
      tables.delete(space.key);
      tables.set(space.key, kept);
      const moved = kept.queue.then(() => catchUp(engine, space, kept));
      kept.queue = moved.catch(() => undefined);
      const result = await moved;
      if (!result.ok) return result;
      dropOldest(kept);
      return ok(kept.table);
    },
  };
};
