import { describe, expect, it } from 'vitest';
import { appendOf, changeRow, clientRow, fill, type Open, onStorage, PAGE, receiptRow, SPACE } from './build.ts';

export const openingSuite = (open: Open): void => {
  describe('opening and closing', () => {
    it(
      'may be closed twice',
      onStorage(open, async (storage) => {
        await fill(storage, 1);
        await storage.close();
        await storage.close();
      }),
    );

    it(
      'keeps its data when opened again',
      onStorage(open, async (storage, { reopen }) => {
        // A storage in memory has nothing to open again.
        if (reopen === undefined) return;
        const batch = appendOf(0, [changeRow(1)], {
          receipts: [receiptRow()],
          clients: [clientRow()],
          row: { digest: { tasks: [1, 2, 3] } },
        });
        await storage.append(batch);
        const again = await reopen();
        const wanted = { records: [{ collection: 'tasks', id: 't1' }], receipts: ['m1'], clients: ['c1'] };
        expect(await again.load(SPACE, wanted)).toEqual({
          space: batch.space,
          records: batch.records,
          receipts: batch.receipts,
          clients: batch.clients,
        });
        expect(await again.readLog(SPACE, { after: 0, ...PAGE })).toEqual([changeRow(1)]);
        expect(await again.append(appendOf(1, [changeRow(2)]))).toBe('stored');
      }),
    );
  });
};
