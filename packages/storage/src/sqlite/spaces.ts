import type { SpaceRow } from '@tidemark/engine/storage';
import { type SpaceTuple, toSpace } from '../sql/tuples.ts';
import { type Database, row } from './database.ts';
import { SPACE_COLUMNS } from './rows.ts';
import type { Job, JobAnswer } from './write.ts';

/** Spaces of which the row is kept in memory; the one read longest ago goes first. */
const SPACES_KEPT_MAX = 1_000;

/** A space's row, and the number by which all other rows name it. */
export interface NumberedSpace {
  readonly number: number;
  readonly row: SpaceRow;
}

export type SpaceReader = (key: string) => NumberedSpace | undefined;

/** Prepares the read of a space's row. */
export const createSpaceReader = (db: Database): SpaceReader => {
  const find = row<[number, ...SpaceTuple]>(db, `SELECT number, ${SPACE_COLUMNS} FROM spaces WHERE key = ?`);
  return (key) => {
    const found = find(key);
    if (found === undefined) return undefined;
    const [number, ...tuple] = found;
    return { number, row: toSpace(tuple) };
  };
};

export interface SpaceCache {
  readonly read: SpaceReader;
  /** Takes note of a job that was run: `answer` is undefined where it failed, then nothing is known of the space. */
  ran(job: Job, answer: JobAnswer | undefined): void;
}

/**
 * Keeps the rows of spaces in memory: each push and pull reads its space's several times. Nobody else writes the file (lock.ts),
 * and every job of our own is told to `ran` in the same turn in which it is committed.
 */
export const createSpaceCache = (read: SpaceReader): SpaceCache => {
  const kept = new Map<string, NumberedSpace>();
  const keep = (space: NumberedSpace): void => {
    kept.delete(space.row.key);
    const oldest = kept.keys().next();
    if (kept.size >= SPACES_KEPT_MAX && !oldest.done) kept.delete(oldest.value);
    kept.set(space.row.key, space);
  };
  return {
    read: (key) => {
      const known = kept.get(key);
      if (known !== undefined) return known;
      const space = read(key);
      if (space !== undefined) keep(space);
      return space;
    },
    ran: (job, answer) => {
      if (job.kind !== 'append' && job.kind !== 'compact' && job.kind !== 'erase') return;
      const { space } = job.batch;
      const known = kept.get(space.key);
      if (known === undefined || answer === 'head_moved') return;
      // The app of a space stays.
      if (answer === 'stored') keep({ number: known.number, row: { ...space, app: known.row.app } });
      else kept.delete(space.key);
    },
  };
};
