import { recordKey } from '../plan/draft.ts';
import type { FoundRecord, LogRow, RecordKey, Storage } from '../storage/storage.ts';

const LOG_PAGE = 1_000;
const LOG_PAGE_BYTES = 4 * 1024 * 1024;

/** The records that were changed after a seq, and how each stood there. */
export interface ChangesSince {
  /** Reads on to the head as it is now. False where more was changed than `changesMax`, or the log does not reach back that far. */
  catchUp(): Promise<boolean>;
  has(record: RecordKey): boolean;
  /** How a record that was changed since stood at the seq, as a live record or a tombstone; undefined where there was none yet. */
  stateBefore(record: RecordKey): Promise<LogRow | undefined>;
  /** The live state at the seq of every record changed since. */
  statesBefore(): Promise<FoundRecord[]>;
}

/** Follows the log of a space from `seq` on, for one collection or all. */
export const changesSince = (
  storage: Storage,
  space: string,
  of: { readonly collection?: string; readonly seq: number; readonly changesMax: number },
): ChangesSince => {
  /** By record: the seq of the state before the first change. */
  const firstPrev = new Map<string, number>();
  const before = new Map<string, LogRow | undefined>();
  let readTo = of.seq;
  const catchUp = async (): Promise<boolean> => {
    for (;;) {
      // As a rule nothing was written meanwhile, and storages that keep the head at hand need not be asked for the log.
      if ((await storage.readSpace(space))?.head === readTo) return true;
      const rows = await storage.readLog(space, { after: readTo, limit: LOG_PAGE, bytesMax: LOG_PAGE_BYTES });
      const [first] = rows;
      if (first === undefined) return true;
      if (first.seq !== readTo + 1) return false;
      for (const { collection, id, prevSeq } of rows) {
        const key = recordKey(collection, id);
        if ((of.collection ?? collection) === collection && !firstPrev.has(key)) firstPrev.set(key, prevSeq);
      }
      readTo = rows.at(-1)?.seq ?? readTo;
      if (readTo - of.seq > of.changesMax) return false;
    }
  };
  const stateAtStart = async (key: string): Promise<LogRow | undefined> => {
    const prevSeq = firstPrev.get(key) ?? 0;
    if (!before.has(key)) before.set(key, prevSeq === 0 ? undefined : await storage.readLogRow(space, prevSeq));
    return before.get(key);
  };
  return {
    catchUp,
    has: ({ collection, id }) => firstPrev.size > 0 && firstPrev.has(recordKey(collection, id)),
    stateBefore: ({ collection, id }) => stateAtStart(recordKey(collection, id)),
    statesBefore: async () => {
      const states: FoundRecord[] = [];
      for (const key of firstPrev.keys()) states.push(...liveState(await stateAtStart(key)));
      return states;
    },
  };
};

const liveState = (row: LogRow | undefined): readonly FoundRecord[] => {
  if (row === undefined || row.deleted || row.fieldsJson === null) return [];
  const { collection, id, seq, revision, updatedAt, schemaVersion, deleted, fieldsJson } = row;
  return [{ collection, id, seq, revision, updatedAt, schemaVersion, deleted, fieldsJson }];
};
