import { describe, expect, it } from 'vitest';
import { appendOf, changeRow, countTo, fill, type Open, onStorage, PAGE, SPACE, timeOf } from './build.ts';

const seqs = (rows: readonly { readonly seq: number }[]) => rows.map((row) => row.seq);

export const logSuite = (open: Open): void => {
  describe('log', () => {
    it(
      'is read in pages by seq',
      onStorage(open, async (storage) => {
        await fill(storage, 250);
        expect(seqs(await storage.readLog(SPACE, { ...PAGE, after: 0, limit: 100 }))).toEqual(countTo(100));
        expect(seqs(await storage.readLog(SPACE, { ...PAGE, after: 240, limit: 100 }))).toEqual(countTo(250).slice(240));
        expect(await storage.readLog(SPACE, { ...PAGE, after: 250 })).toEqual([]);
        expect(await storage.readLog('app/nobody', { ...PAGE, after: 0 })).toEqual([]);
      }),
    );

    it(
      'stops a page at its bytes, after at least one row',
      onStorage(open, async (storage) => {
        const fieldsJson = JSON.stringify({ text: 'é'.repeat(50) });
        const bytes = Buffer.byteLength(fieldsJson);
        await storage.append(
          appendOf(
            0,
            countTo(300).map((seq) => changeRow(seq, { fieldsJson })),
          ),
        );
        const page = (bytesMax: number) => storage.readLog(SPACE, { after: 0, limit: 1_000, bytesMax });
        expect(await page(1)).toHaveLength(1);
        expect(await page(bytes * 3)).toHaveLength(3);
        expect(await page(bytes * 3 + bytes - 1)).toHaveLength(3);
        expect(await page(bytes * 200)).toHaveLength(200);
        expect(await page(bytes * 1_000)).toHaveLength(300);
      }),
    );

    it(
      'keeps its pages while it is written to',
      onStorage(open, async (storage) => {
        await fill(storage, 40);
        const read: number[] = [];
        const readOn = async () => read.push(...seqs(await storage.readLog(SPACE, { ...PAGE, after: read.at(-1) ?? 0, limit: 5 })));
        for (const round of countTo(10)) {
          const writing = storage.append(appendOf(round, [changeRow(40 + round)]));
          await readOn();
          await writing;
        }
        await readOn();
        expect(read).toEqual(countTo(50));
      }),
    );
  });
  pointSuite(open);
};

const pointSuite = (open: Open): void => {
  describe('points of the log', () => {
    it(
      'gives single rows',
      onStorage(open, async (storage) => {
        await fill(storage, 3);
        expect(await storage.readLogRow(SPACE, 2)).toEqual(changeRow(2));
        expect(await storage.readLogRow(SPACE, 4)).toBeUndefined();
        expect(await storage.readLogRow(SPACE, 0)).toBeUndefined();
        expect(await storage.readLogRow('app/nobody', 1)).toBeUndefined();
      }),
    );

    it(
      'finds the newest row at a time',
      onStorage(open, async (storage) => {
        expect(await storage.findLogRowAt(SPACE, 5_000)).toBeUndefined();
        // Changes of one append share their commit time.
        const shared = countTo(9).map((seq) => changeRow(seq, { updatedAt: timeOf(Math.ceil(seq / 3) * 3) }));
        await storage.append(appendOf(0, shared));
        expect(await storage.findLogRowAt(SPACE, timeOf(2))).toBeUndefined();
        expect((await storage.findLogRowAt(SPACE, timeOf(3)))?.seq).toBe(3);
        expect((await storage.findLogRowAt(SPACE, timeOf(5.5)))?.seq).toBe(3);
        expect((await storage.findLogRowAt(SPACE, timeOf(6)))?.seq).toBe(6);
        expect((await storage.findLogRowAt(SPACE, Number.MAX_SAFE_INTEGER))?.seq).toBe(9);
      }),
    );

    it(
      'follows the history of a record',
      onStorage(open, async (storage) => {
        const changes = countTo(30).map((seq) =>
          seq % 3 === 0 ? changeRow(seq, { id: 'r', revision: seq / 3, prevSeq: Math.max(0, seq - 3) }) : changeRow(seq),
        );
        await storage.append(appendOf(0, changes));
        const history = async (from: { seq: number; limit: number; until?: number }) => seqs(await storage.readHistory(SPACE, from));
        expect(await history({ seq: 30, limit: 3 })).toEqual([30, 27, 24]);
        expect(await history({ seq: 9, limit: 100 })).toEqual([9, 6, 3]);
        expect(await history({ seq: 30, limit: 100, until: 22 })).toEqual([30, 27, 24, 21]);
        expect(await history({ seq: 30, limit: 100, until: 24 })).toEqual([30, 27, 24]);
        expect(await history({ seq: 31, limit: 100 })).toEqual([]);
        expect(await history({ seq: 0, limit: 100 })).toEqual([]);
      }),
    );
  });
};
