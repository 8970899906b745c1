import { ok, type Result } from '@tidemark/protocol';
import type { SpaceRef } from '../engine.ts';
import { printMeta } from '../plan/meta.ts';
import type { LogRow, ReceiptRow, RecordKey, RecordRow, Storage } from '../storage/storage.ts';
import { type ChangesSince, changesSince } from './changes-since.ts';
import type { Serving } from './context.ts';
import { IMPORT_RECEIPT, type LogEnds, type WholeRecord } from './whole-space.ts';

const PAGE = { limit: 1_000, bytesMax: 4 * 1024 * 1024 };
/** More changes than that while a space is read end it. */
const CHANGES_MAX = 200_000;

/** All of a space as it stands now, to be read part by part while others write. Parts are read in this order, each in constant memory. */
export interface SpaceExport extends LogEnds {
  /** Live records by collection, those of $conflicts too. */
  readonly counts: { readonly [collection: string]: number };
  /** Record states, tombstones too, in order of (collection, id). Throws where the log was compacted past `seq` meanwhile. */
  records(): AsyncGenerator<readonly WholeRecord[]>;
  /** The changes that no record is the state after, in order of seq; none without the history. */
  changes(): AsyncGenerator<readonly LogRow[]>;
  /** In order of mutationId; none without the history. */
  receipts(): AsyncGenerator<readonly ReceiptRow[]>;
}

/** What is remembered of a state that has been overtaken: its fields count as written by nobody, so no edit passes for seen. */
const metaOfPast = ({ seq, at, deleted }: LogRow): string => {
  const all = { seq, clientId: '', at };
  return printMeta({ all, fields: {}, open: {}, ...(deleted ? { deletion: all } : {}) });
};

const wholeOf = (change: LogRow, metaJson: string): WholeRecord => {
  const { mutationId, clientId, at, prevSeq, hash, fieldsJson, ...state } = change;
  return { ...state, fieldsJson: fieldsJson ?? '{}', metaJson, change: { mutationId, clientId, at, prevSeq, hash } };
};

/** Every record has a row, if only a tombstone: what changed since the start is replaced by what the log says it was. */
const asAtStart = async (storage: Storage, space: string, rows: readonly RecordRow[], changes: ChangesSince): Promise<WholeRecord[]> => {
  const still = rows.filter((row) => !changes.has(row));
  const bySeq = new Map(
    (
      await storage.readLogRows(
        space,
        still.map(({ seq }) => seq),
      )
    ).map((row) => [row.seq, row]),
  );
  const found: WholeRecord[] = [];
  for (const row of rows) {
    const change = changes.has(row) ? await changes.stateBefore(row) : bySeq.get(row.seq);
    if (change === undefined && !changes.has(row)) throw tooMuch(space);
    if (change !== undefined) found.push(wholeOf(change, changes.has(row) ? metaOfPast(change) : row.metaJson));
  }
  return found;
};

const tooMuch = (space: string): Error => new Error(`Too much of ${space} was changed or compacted while it was read. Try again.`);

/** The space as it stands now; without `history` only its newest states. */
export const exportSpace = async (
  serving: Serving,
  ref: SpaceRef,
  { history }: { readonly history: boolean },
): Promise<Result<SpaceExport>> => {
  const { storage } = serving;
  const { key, head, hash, floor, floorHash, digest } = await serving.ensureSpace(ref);
  const counts = Object.entries(digest).flatMap(([name, [count]]) => (count === 0 ? [] : [[name, count] as const]));
  const isNewest = new Set<number>();
  async function* records(): AsyncGenerator<readonly WholeRecord[]> {
    const changes = changesSince(storage, key, { seq: head, changesMax: CHANGES_MAX });
    let after: RecordKey | undefined;
    for (;;) {
      const rows = await storage.readRecords(key, { ...PAGE, tombstones: true, ...(after === undefined ? {} : { after }) });
      const last = rows.at(-1);
      if (last === undefined) return;
      if (!(await changes.catchUp())) throw tooMuch(key);
      const page = await asAtStart(storage, key, rows, changes);
      if (history) for (const { seq } of page) isNewest.add(seq);
      yield page;
      after = { collection: last.collection, id: last.id };
    }
  }
  async function* changes(): AsyncGenerator<readonly LogRow[]> {
    for (let after = 0; history && after < head; ) {
      const rows = await storage.readLog(key, { after, ...PAGE });
      const last = rows.at(-1);
      if (last === undefined) throw tooMuch(key);
      yield rows.filter(({ seq }) => seq <= head && !isNewest.has(seq));
      after = last.seq;
    }
  }
  async function* receipts(): AsyncGenerator<readonly ReceiptRow[]> {
    let after: string | undefined;
    while (history) {
      const rows = await storage.readReceipts(key, { limit: PAGE.limit, ...(after === undefined ? {} : { after }) });
      if (rows.length === 0) return;
      yield rows.filter(({ seq, mutationId }) => seq <= head && !mutationId.startsWith(IMPORT_RECEIPT));
      after = rows.at(-1)?.mutationId;
    }
  }
  const ends = history ? { floor, floorHash } : { floor: head, floorHash: hash };
  return ok({ seq: head, hash, ...ends, counts: Object.fromEntries(counts), records, changes, receipts });
};
