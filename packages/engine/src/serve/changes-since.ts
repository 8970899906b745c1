import type { LogRow, RecordRow, Storage } from '../storage/storage.ts';

const LOG_PAGE = 1_000;
const LOG_PAGE_BYTES = 4 * 1024 * 1024;

/** The records of one collection that were changed after a seq, and how each stood there. */
export interface ChangesSince {
  /** Reads on to the head as it is now. False where more was changed than `changesMax`, or the log does not reach back that far. */
  catchUp(): Promise<boolean>;
  has(id: string): boolean;
  /** The state at the seq of every record changed since; those that were not there are left out. */
  statesBefore(): Promise<RecordRow[]>;
}

/** Follows the log of a space from `seq` on. */
export const changesSince = (
  storage: Storage,
  space: string,
  of: { readonly collection: string; readonly seq: number; readonly changesMax: number },
): ChangesSince => {
  /** By id: the seq of the state before the first change. */
  const firstPrev = new Map<string, number>();
  const before = new Map<string, RecordRow | undefined>();
  let readTo = of.seq;
  const catchUp = async (): Promise<boolean> => {
    for (;;) {
      const rows = await storage.readLog(space, { after: readTo, limit: LOG_PAGE, bytesMax: LOG_PAGE_BYTES });
      const [first] = rows;
      if (first === undefined) return true;
      if (first.seq !== readTo + 1) return false;
      for (const row of rows) if (row.collection === of.collection && !firstPrev.has(row.id)) firstPrev.set(row.id, row.prevSeq);
      readTo = rows.at(-1)?.seq ?? readTo;
      if (readTo - of.seq > of.changesMax) return false;
    }
  };
  return {
    catchUp,
    has: (id) => firstPrev.has(id),
    statesBefore: async () => {
      for (const [id, prevSeq] of firstPrev) {
        if (!before.has(id)) before.set(id, prevSeq === 0 ? undefined : stateOf(await storage.readLogRow(space, prevSeq)));
      }
      return [...before.values()].filter((row) => row !== undefined);
    },
  };
};

const stateOf = (row: LogRow | undefined): RecordRow | undefined => {
  if (row === undefined || row.deleted || row.fieldsJson === null) return undefined;
  const { collection, id, seq, revision, updatedAt, schemaVersion, deleted, fieldsJson } = row;
  return { collection, id, seq, revision, updatedAt, schemaVersion, deleted, fieldsJson, metaJson: '{}' };
};
