import { CONFLICTS, ok, type Result } from '@tidemark/protocol';
import type { SpaceRef } from '../engine.ts';
import type { LogRow, RecordRow } from '../storage/storage.ts';
import { type ChangesSince, changesSince } from './changes-since.ts';
import type { Serving } from './context.ts';

const PAGE = { limit: 1_000, bytesMax: 4 * 1024 * 1024, tombstones: true };
/** More changes than that while a snapshot is read end it. */
const CHANGES_MAX = 200_000;

/** A live record as it stood at a seq; `fieldsJson` is canonical JSON. */
export type SnapshotRecord = Pick<RecordRow, 'collection' | 'id' | 'seq' | 'revision' | 'updatedAt' | 'schemaVersion' | 'fieldsJson'>;

/** All live records of a space as they stood at one seq, whatever is written while they are read. */
export interface Snapshot {
  readonly seq: number;
  readonly spaceId: string;
  /** Live records by collection. */
  readonly counts: { readonly [collection: string]: number };
  /** The records in order of (collection, id), in constant memory. Throws where the log was compacted past `seq` meanwhile. */
  pages(): AsyncGenerator<readonly SnapshotRecord[]>;
}

const isLive = (row: RecordRow | LogRow | undefined): row is (RecordRow | LogRow) & { readonly fieldsJson: string } =>
  row !== undefined && !row.deleted && row.fieldsJson !== null;

const asAtStart = async (rows: readonly RecordRow[], changes: ChangesSince): Promise<readonly SnapshotRecord[]> => {
  const found: SnapshotRecord[] = [];
  for (const row of rows) {
    const then = changes.has(row) ? await changes.stateBefore(row) : row;
    if (row.collection !== CONFLICTS && isLive(then)) found.push(then);
  }
  return found;
};

/** Every record has a row, if only a tombstone: what changed since the start is replaced by what the log says it was. */
export const snapshot = async (serving: Serving, space: SpaceRef): Promise<Result<Snapshot>> => {
  const { storage } = serving;
  const { head: seq, spaceId, digest } = await serving.ensureSpace(space);
  const counts = Object.entries(digest).flatMap(([name, [count]]) => (name === CONFLICTS || count === 0 ? [] : [[name, count] as const]));
  async function* pages(): AsyncGenerator<readonly SnapshotRecord[]> {
    const changes = changesSince(storage, space.key, { seq, changesMax: CHANGES_MAX });
    let after: { readonly collection: string; readonly id: string } | undefined;
    for (;;) {
      const rows = await storage.readRecords(space.key, { ...PAGE, ...(after === undefined ? {} : { after }) });
      const last = rows.at(-1);
      if (last === undefined) return;
      if (!(await changes.catchUp())) throw new Error(`Too much of ${space.key} was changed or compacted while it was read. Try again.`);
      yield await asAtStart(rows, changes);
      after = { collection: last.collection, id: last.id };
    }
  }
  return ok({ seq, spaceId, counts: Object.fromEntries(counts), pages });
};
