import { describe, expect, it } from 'vitest';
import { appendOf, changeRow, clientRow, countTo, type Open, onStorage, PAGE, receiptRow, recordOf, SPACE, spaceRow } from './build.ts';

const KEYS = { records: [{ collection: 'tasks', id: 't1' }], receipts: ['m1'], clients: ['c1'] };

export const appendSuite = (open: Open): void => {
  describe('append', () => {
    it(
      'creates a space by expecting no appends, once',
      onStorage(open, async (storage) => {
        expect(await storage.readSpace(SPACE)).toBeUndefined();
        expect(await storage.append(appendOf(0, []))).toBe('stored');
        expect(await storage.append(appendOf(0, [], { row: { spaceId: 'other' } }))).toBe('head_moved');
        expect(await storage.readSpace(SPACE)).toEqual(spaceRow());
      }),
    );

    it(
      'stores all of a batch',
      onStorage(open, async (storage) => {
        const [first, second] = [changeRow(1), changeRow(2, { id: 't1', revision: 2, prevSeq: 1 })];
        const batch = appendOf(0, [first, second], {
          receipts: [receiptRow({ verdict: 'conflict', extraJson: '{"conflictIds":["ä"]}' })],
          clients: [clientRow({ name: 'Phone' })],
          row: { digest: { tasks: [1, 2 ** 32 - 1, 7] }, erased: ['old'], epochStart: 3, floorHash: 'f' },
        });
        expect(await storage.append(batch)).toBe('stored');
        expect(await storage.load(SPACE, KEYS)).toEqual({
          space: batch.space,
          records: [recordOf(second)],
          receipts: batch.receipts,
          clients: batch.clients,
        });
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([first, second]);
      }),
    );

    it(
      'stores nothing of a batch that lost its compare',
      onStorage(open, async (storage) => {
        await storage.append(appendOf(0, []));
        const late = appendOf(0, [changeRow(1)], { receipts: [receiptRow()], clients: [clientRow()] });
        expect(await storage.append(late)).toBe('head_moved');
        expect(await storage.append({ ...late, expectedAppends: 7 })).toBe('head_moved');
        expect(await storage.load(SPACE, KEYS)).toEqual({ space: spaceRow(), records: [], receipts: [], clients: [] });
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([]);
      }),
    );
  });
  concurrencySuite(open);
};

const concurrencySuite = (open: Open): void => {
  describe('concurrent appends', () => {
    it(
      'lets exactly one of many concurrent appends win, again and again',
      onStorage(open, async (storage) => {
        for (const round of countTo(5)) {
          const answers = await Promise.all(
            countTo(20).map((n) => storage.append(appendOf(round - 1, [changeRow(round, { clientId: `c${n}` })]))),
          );
          expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
          const [row] = await storage.readLog(SPACE, { after: round - 1, ...PAGE });
          expect(row?.clientId).toBe(`c${answers.indexOf('stored') + 1}`);
        }
      }),
    );

    it(
      'takes concurrent appends to different spaces',
      onStorage(open, async (storage) => {
        const keys = countTo(30).map((n) => `app/u${n}`);
        const answers = await Promise.all(
          keys.map((key) => storage.append(appendOf(0, [changeRow(1, { clientId: key })], { row: { key } }))),
        );
        expect(new Set(answers)).toEqual(new Set(['stored']));
        for (const key of keys) expect(await storage.readLogRow(key, 1)).toMatchObject({ clientId: key });
      }),
    );

    it(
      'is seen by every read that begins after it',
      onStorage(open, async (storage) => {
        for (const seq of countTo(20)) {
          await storage.append(appendOf(seq - 1, [changeRow(seq, { id: 't1', revision: seq, prevSeq: seq - 1 })]));
          expect((await storage.readSpace(SPACE))?.head).toBe(seq);
          expect((await storage.load(SPACE, KEYS)).records[0]?.seq).toBe(seq);
        }
      }),
    );

    it(
      'stores a large batch',
      onStorage(open, async (storage) => {
        const count = Math.min(1_000, storage.capabilities.appendChangesMax);
        await storage.append(
          appendOf(
            0,
            countTo(count).map((seq) => changeRow(seq)),
          ),
        );
        expect((await storage.readLog(SPACE, { after: 0, ...PAGE })).map((row) => row.seq)).toEqual(countTo(count));
      }),
    );
  });
};
