import { compareStrings } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import { appendOf, changeRow, countTo, type Open, onStorage, PAGE, receiptRow, recordOf, SPACE, spaceRow, timeOf } from './build.ts';

const OLD = changeRow(2, { id: 'old' });
const DEAD = changeRow(5, { id: 'dead', deleted: true, prevSeq: 4, revision: 2 });
const EDITED = changeRow(7, { id: 'edited' });
const EDIT = changeRow(8, { id: 'edited', prevSeq: 7, revision: 2 });
const FLOOR = { floor: 7, floorHash: 'h7' };
const seqs = (rows: readonly { readonly seq: number }[]) => rows.map(({ seq }) => seq).sort((a, b) => a - b);

/** What comes from elsewhere in three appends: the first two lie below the floor, with the holes that compaction left. */
const MOVED = [
  appendOf(0, [OLD, DEAD], { row: FLOOR }),
  appendOf(1, [EDITED], { row: FLOOR }),
  appendOf(2, [EDIT], { row: FLOOR, receipts: [receiptRow({ mutationId: EDIT.mutationId, seq: 8, revision: 2, id: 'edited' })] }),
];

export const movingSuite = (open: Open): void => {
  describe('moving in', () => {
    it(
      'takes changes with holes at or below the floor, tombstones and all',
      onStorage(open, async (storage) => {
        for (const batch of MOVED) expect(await storage.append(batch)).toBe('stored');
        expect(await storage.readSpace(SPACE)).toEqual(MOVED[2]?.space);
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([OLD, DEAD, EDITED, EDIT]);
        expect(await storage.readLog(SPACE, { after: 5, ...PAGE })).toEqual([EDITED, EDIT]);
        expect(await storage.readLogRow(SPACE, 5)).toEqual(DEAD);
        expect(await storage.readLogRow(SPACE, 4)).toBeUndefined();
        expect(await storage.readHistory(SPACE, { seq: 8, limit: 10 })).toEqual([EDIT, EDITED]);
        expect(await storage.findLogRowAt(SPACE, timeOf(6))).toEqual(DEAD);
        const states = [DEAD, EDIT, OLD].map((change) => recordOf(change));
        expect(await storage.readRecords(SPACE, { ...PAGE, tombstones: true })).toEqual(states);
        const { records } = await storage.load(SPACE, { records: [{ collection: 'tasks', id: 'dead' }], receipts: [], clients: [] });
        expect(records).toEqual([recordOf(DEAD)]);
        const next = changeRow(9, { id: 'dead', prevSeq: 5, revision: 3 });
        expect(await storage.append(appendOf(3, [next], { row: FLOOR }))).toBe('stored');
        expect(await storage.readLog(SPACE, { after: 7, ...PAGE })).toEqual([EDIT, next]);
      }),
    );

    it(
      'is compacted like any other space',
      onStorage(open, async (storage) => {
        for (const batch of MOVED) await storage.append(batch);
        const space = spaceRow({ appends: 4, head: 8, hash: 'h8', floor: 8, floorHash: 'h8', committedAt: timeOf(8) });
        expect(await storage.compact({ space, expectedAppends: 3 })).toBe('stored');
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([OLD, EDIT]);
        expect(await storage.readRecords(SPACE, { ...PAGE, tombstones: true })).toEqual([EDIT, OLD].map((change) => recordOf(change)));
      }),
    );
  });

  describe('moving out', () => {
    it(
      'answers the log rows that are there of those asked for',
      onStorage(open, async (storage) => {
        const large = JSON.stringify({ text: 'é'.repeat(100_000) });
        const fill = countTo(300).map((seq) => changeRow(seq, seq === 150 ? { fieldsJson: large } : {}));
        await storage.append(appendOf(0, fill));
        expect(seqs(await storage.readLogRows(SPACE, [300, 1, 299, 77, 301, 4_000]))).toEqual([1, 77, 299, 300]);
        expect(await storage.readLogRows(SPACE, [150])).toEqual([fill[149]]);
        expect(await storage.readLogRows(SPACE, [])).toEqual([]);
        expect(await storage.readLogRows('app/nobody', [1])).toEqual([]);
        for (const [appends, floor] of [5, 299].entries()) {
          const space = spaceRow({
            appends: appends + 2,
            head: 300,
            hash: 'h300',
            floor,
            floorHash: `h${floor}`,
            committedAt: timeOf(300),
          });
          await storage.compact({ space, expectedAppends: appends + 1 });
          expect(seqs(await storage.readLogRows(SPACE, countTo(300)))).toEqual(countTo(300));
        }
      }),
    );

    it(
      'answers receipts page by page, in order of their ids',
      onStorage(open, async (storage) => {
        const ids = ['z', 'a', 'A', '~', 'ä', '\u{1f600}', '\uffee', '$x', 'b/c', '0'];
        const changes = ids.slice(0, 6).map((mutationId, i) => changeRow(i + 1, { mutationId }));
        const receipts = ids.map((mutationId, i) =>
          i < 6
            ? receiptRow({ mutationId, seq: i + 1, id: `t${i + 1}` })
            : receiptRow({ mutationId, seq: 0, verdict: 'rejected', extraJson: '{"code":"X"}' }),
        );
        await storage.append(appendOf(0, changes, { receipts }));
        const sorted = [...receipts].sort((a, b) => compareStrings(a.mutationId, b.mutationId));
        expect(await storage.readReceipts(SPACE, { limit: 100 })).toEqual(sorted);
        const paged = [];
        for (let after: string | undefined; ; ) {
          const page = await storage.readReceipts(SPACE, { limit: 3, ...(after === undefined ? {} : { after }) });
          if (page.length === 0) break;
          expect(page.length).toBeLessThanOrEqual(3);
          paged.push(...page);
          after = page.at(-1)?.mutationId;
        }
        expect(paged).toEqual(sorted);
        expect(await storage.readReceipts('app/nobody', { limit: 3 })).toEqual([]);
      }),
    );
  });
};
