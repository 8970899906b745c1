import { compareStrings } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import { appendOf, changeRow, clientRow, type Open, onStorage, PAGE, receiptRow } from './build.ts';

/** Keys of which some begin with others, or would match others as a pattern. */
const SPACES = [
  'app/a',
  'app/a/b',
  'app/ab',
  'app/a%',
  'app/a_',
  'app/%',
  'app/A',
  'app/\u{1F600}',
  'app/\uFFFD',
  'app/',
  'ap/p/a',
  'other/a',
];
const appOf = (key: string) => key.slice(0, key.indexOf('/'));

export const spacesSuite = (open: Open): void => {
  describe('spaces', () => {
    it(
      'are apart though everything in them has the same ids',
      onStorage(open, async (storage) => {
        for (const key of SPACES) {
          const text = JSON.stringify({ key });
          await storage.append(
            appendOf(0, [changeRow(1, { fieldsJson: text })], {
              row: { key, app: appOf(key) },
              receipts: [receiptRow({ hash: key })],
              clients: [clientRow({ name: key })],
            }),
          );
        }
        for (const key of SPACES) {
          const text = JSON.stringify({ key });
          expect((await storage.readLog(key, { after: 0, ...PAGE })).map((row) => row.fieldsJson)).toEqual([text]);
          expect((await storage.readRecords(key, PAGE)).map((row) => row.fieldsJson)).toEqual([text]);
          expect((await storage.readClients(key)).map((row) => row.name)).toEqual([key]);
          const loaded = await storage.load(key, { records: [{ collection: 'tasks', id: 't1' }], receipts: ['m1'], clients: ['c1'] });
          expect([loaded.space?.key, loaded.records[0]?.fieldsJson, loaded.receipts[0]?.hash, loaded.clients[0]?.name]).toEqual([
            key,
            text,
            key,
            key,
          ]);
        }
      }),
    );

    it(
      'are not touched by what is done to another',
      onStorage(open, async (storage) => {
        for (const key of SPACES) await storage.append(appendOf(0, [changeRow(1), changeRow(2)], { row: { key, app: appOf(key) } }));
        const row = (await storage.readSpace('app/a')) ?? appendOf(0, []).space;
        await storage.compact({ space: { ...row, appends: 2, floor: 2 }, expectedAppends: 1 });
        await storage.erase({ space: { ...row, key: 'app/a_', appends: 2, head: 0 }, expectedAppends: 1 });
        for (const key of SPACES.filter((one) => one !== 'app/a' && one !== 'app/a_')) {
          expect(await storage.readLog(key, { after: 0, ...PAGE })).toHaveLength(2);
          expect(await storage.readRecords(key, PAGE)).toHaveLength(2);
        }
      }),
    );

    it(
      'are listed by key, of one app or all',
      onStorage(open, async (storage) => {
        for (const key of SPACES) await storage.append(appendOf(0, [], { row: { key, app: appOf(key) } }));
        const sorted = SPACES.toSorted(compareStrings);
        expect(await storage.listSpaces({ limit: 100 })).toEqual(sorted);
        expect(await storage.listSpaces({ limit: 3, after: sorted[4] ?? '' })).toEqual(sorted.slice(5, 8));
        expect(await storage.listSpaces({ app: 'app', limit: 100 })).toEqual(sorted.filter((key) => appOf(key) === 'app'));
        expect(await storage.listSpaces({ app: 'ap', limit: 100 })).toEqual(['ap/p/a']);
        expect(await storage.listSpaces({ app: 'app', after: 'app/a_', limit: 1 })).toEqual(['app/ab']);
      }),
    );
  });
};
