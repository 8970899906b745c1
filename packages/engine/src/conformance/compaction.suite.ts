import { describe, expect, it } from 'vitest';
import type { Storage } from '../storage/storage.ts';
import { appendOf, changeRow, clientRow, type Open, onStorage, PAGE, receiptRow, recordOf, SPACE, spaceRow, timeOf } from './build.ts';

const FIRST = changeRow(1, { id: 'kept' });
const DEAD = changeRow(2, { id: 'dead', deleted: true });
const EDITED = changeRow(3, { id: 'edited' });
const EDIT = changeRow(4, { id: 'edited', prevSeq: 3, revision: 2 });
const LATE_DEAD = changeRow(5, { id: 'late', deleted: true });

const compactedAtThree = async (storage: Storage) => {
  await storage.append(appendOf(0, [FIRST, DEAD, EDITED, EDIT, LATE_DEAD], { receipts: [receiptRow()], clients: [clientRow()] }));
  const space = spaceRow({ appends: 2, head: 5, hash: 'h5', floor: 3, floorHash: 'h3', committedAt: timeOf(5) });
  return { space, answer: await storage.compact({ space, expectedAppends: 1 }) };
};

export const compactionSuite = (open: Open): void => {
  describe('compaction', () => {
    it(
      'keeps of the log up to the floor what stood there',
      onStorage(open, async (storage) => {
        const { space, answer } = await compactedAtThree(storage);
        expect(answer).toBe('stored');
        expect(await storage.readSpace(SPACE)).toEqual(space);
        expect(await storage.readLog(SPACE, { after: 3, ...PAGE })).toEqual([EDIT, LATE_DEAD]);
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([FIRST, EDITED, EDIT, LATE_DEAD]);
        expect(await storage.readLogRow(SPACE, 3)).toEqual(EDITED);
        expect(await storage.readLogRow(SPACE, 2)).toBeUndefined();
        expect(await storage.readHistory(SPACE, { seq: 4, limit: 10 })).toEqual([EDIT, EDITED]);
        expect((await storage.findLogRowAt(SPACE, timeOf(4)))?.seq).toBe(4);
        expect(await storage.findLogRowAt(SPACE, timeOf(2))).toEqual(FIRST);
        expect(await storage.findLogRowAt(SPACE, timeOf(0))).toBeUndefined();
      }),
    );

    it(
      'keeps newest states, newer tombstones, receipts and clients',
      onStorage(open, async (storage) => {
        await compactedAtThree(storage);
        expect(await storage.readRecords(SPACE, { ...PAGE, tombstones: true })).toEqual(
          [EDIT, FIRST, LATE_DEAD].map((change) => recordOf(change)),
        );
        const loaded = await storage.load(SPACE, { records: [{ collection: 'tasks', id: 'dead' }], receipts: ['m1'], clients: ['c1'] });
        expect(loaded).toMatchObject({ records: [], receipts: [receiptRow()], clients: [clientRow()] });
      }),
    );

    it(
      'keeps the receipts of mutations whose changes it takes, and of those it leaves',
      onStorage(open, async (storage) => {
        const changes = [FIRST, DEAD, EDITED, EDIT, LATE_DEAD];
        const receipts = changes.map(({ mutationId, seq, revision, collection, id }) =>
          receiptRow({ mutationId, hash: `content-${seq}`, seq, revision, collection, id }),
        );
        await storage.append(appendOf(0, changes, { receipts }));
        const wanted = { records: [], receipts: changes.map(({ mutationId }) => mutationId), clients: [] };
        expect(new Set((await storage.load(SPACE, wanted)).receipts)).toEqual(new Set(receipts));
        for (const floor of [2, 4, 5]) {
          const space = spaceRow({ appends: floor, head: 5, hash: 'h5', floor, floorHash: `h${floor}`, committedAt: timeOf(5) });
          const { appends = 0 } = (await storage.readSpace(SPACE)) ?? {};
          expect(await storage.compact({ space: { ...space, appends: appends + 1 }, expectedAppends: appends })).toBe('stored');
          const { receipts: kept } = await storage.load(SPACE, wanted);
          expect(kept).toHaveLength(receipts.length);
          expect(new Set(kept)).toEqual(new Set(receipts));
        }
      }),
    );

    it(
      'goes on from there, up to the head',
      onStorage(open, async (storage) => {
        const { space } = await compactedAtThree(storage);
        const next = changeRow(6, { id: 'dead' });
        expect(await storage.append(appendOf(2, [next], { row: { floor: 3, floorHash: 'h3' } }))).toBe('stored');
        const atHead = { ...space, appends: 4, head: 6, floor: 6, floorHash: 'h6' };
        expect(await storage.compact({ space: atHead, expectedAppends: 3 })).toBe('stored');
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([FIRST, EDIT, next]);
        expect((await storage.readRecords(SPACE, { ...PAGE, tombstones: true })).map((row) => row.id)).toEqual(['dead', 'edited', 'kept']);
        const last = changeRow(7);
        expect(await storage.append(appendOf(4, [last], { row: { floor: 6, floorHash: 'h6' } }))).toBe('stored');
        expect(await storage.readLog(SPACE, { after: 6, ...PAGE })).toEqual([last]);
      }),
    );

    it(
      'keeps the hash of a delete at the floor, without its fields, until the floor rises',
      onStorage(open, async (storage) => {
        const { space } = await compactedAtThree(storage);
        await storage.compact({ space: { ...space, appends: 3, floor: 5, floorHash: 'h5' }, expectedAppends: 2 });
        expect(await storage.readLogRow(SPACE, 5)).toEqual({ ...LATE_DEAD, fieldsJson: null });
        expect(await storage.readHistory(SPACE, { seq: 5, limit: 10 })).toEqual([]);
        const next = changeRow(6);
        await storage.append(appendOf(3, [next], { row: { floor: 5, floorHash: 'h5' } }));
        await storage.compact({ space: { ...space, appends: 5, head: 6, floor: 6, floorHash: 'h6' }, expectedAppends: 4 });
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([FIRST, EDIT, next]);
      }),
    );

    it(
      'does nothing when its compare is lost',
      onStorage(open, async (storage) => {
        await storage.append(appendOf(0, [FIRST, DEAD]));
        expect(await storage.compact({ space: spaceRow({ appends: 9, floor: 2 }), expectedAppends: 8 })).toBe('head_moved');
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([FIRST, DEAD]);
        expect((await storage.readSpace(SPACE))?.floor).toBe(0);
      }),
    );
  });

  erasureSuite(open);
};

const erasureSuite = (open: Open): void => {
  describe('erasure', () => {
    it(
      'leaves nothing but the fresh row',
      onStorage(open, async (storage) => {
        await storage.append(appendOf(0, [FIRST, DEAD], { receipts: [receiptRow()], clients: [clientRow()] }));
        const fresh = spaceRow({ appends: 2, spaceId: 'space-2', epoch: 'epoch-2', erased: ['space-1'] });
        expect(await storage.erase({ space: { ...fresh, appends: 1 }, expectedAppends: 0 })).toBe('head_moved');
        expect(await storage.erase({ space: fresh, expectedAppends: 1 })).toBe('stored');
        const wanted = { records: [{ collection: 'tasks', id: 'kept' }], receipts: ['m1'], clients: ['c1'] };
        expect(await storage.load(SPACE, wanted)).toEqual({ space: fresh, records: [], receipts: [], clients: [] });
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([]);
        expect(await storage.readLogRow(SPACE, 1)).toBeUndefined();
        expect(await storage.readRecords(SPACE, { ...PAGE, tombstones: true })).toEqual([]);
        expect(await storage.readClients(SPACE)).toEqual([]);
        expect(await storage.append(appendOf(2, [FIRST]))).toBe('stored');
        expect(await storage.readLog(SPACE, { after: 0, ...PAGE })).toEqual([FIRST]);
      }),
    );
  });
};
