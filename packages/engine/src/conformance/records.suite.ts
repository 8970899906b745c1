import { compareStrings } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import type { RecordKey } from '../storage/storage.ts';
import { appendOf, changeRow, countTo, type Open, onStorage, PAGE, recordOf, SPACE, storeRecords } from './build.ts';

/**
 * Ids that a wrong collation, a LIKE, a path or a prefix match would confuse. U+FFFD lies below U+1F600 although its UTF-16
 * unit is above.
 */
const TRICKY = [
  'a',
  'A',
  'a ',
  'ab',
  'a/b',
  'a%',
  'a_',
  'ä',
  'a\u0308',
  'é',
  '\uFFFD',
  '\u{1F600}',
  '\uE000',
  '\u{10FFFF}',
  '"',
  "'",
  '\\',
  '\u0001',
  '0',
  '10',
  '9',
  '-',
];

const TEXTS = [
  '{}',
  '{"a":1e+21,"b":-0.1}',
  '{"line":"\u2028\u2029","nul":"\\u0001","q":"\\"\\\\"}',
  '{"é":"ä\u0308 \u{1F600} \uFFFD"}',
  `{"long":"${'x\u{1F680}'.repeat(20_000)}"}`,
];

const keys = (rows: readonly RecordKey[]) => rows.map(({ collection, id }) => `${collection} ${id}`);

export const recordsSuite = (open: Open): void => {
  describe('records', () => {
    it(
      'come in order of code points, page by page',
      onStorage(open, async (storage) => {
        const pairs = ['tasks', 'tags', 'tasks2', '$conflicts', 'Tasks'].flatMap((collection) =>
          TRICKY.map((id) => ({ collection, id, fields: {} })),
        );
        await storeRecords(storage, pairs);
        const sorted = pairs.toSorted((a, b) => compareStrings(a.collection, b.collection) || compareStrings(a.id, b.id));
        const read: RecordKey[] = [];
        for (;;) {
          const after = read.at(-1);
          const page = await storage.readRecords(SPACE, { ...PAGE, limit: 7, ...(after === undefined ? {} : { after }) });
          if (page.length === 0) break;
          read.push(...page);
        }
        expect(keys(read)).toEqual(keys(sorted));
        const tags = sorted.filter((pair) => pair.collection === 'tags');
        expect(keys(await storage.readRecords(SPACE, { ...PAGE, collection: 'tags' }))).toEqual(keys(tags));
        const after = tags[10];
        if (after === undefined) throw new Error('too few tags');
        expect(keys(await storage.readRecords(SPACE, { ...PAGE, collection: 'tags', after, limit: 4 }))).toEqual(keys(tags.slice(11, 15)));
        expect(await storage.readRecords(SPACE, { ...PAGE, collection: 'tags', after: { collection: 'tasks', id: 'a' } })).toEqual([]);
        expect(
          keys(await storage.readRecords(SPACE, { ...PAGE, collection: 'tags', after: { collection: '$conflicts', id: 'z' } })),
        ).toEqual(keys(tags));
      }),
    );

    it(
      'stop a page at its bytes, after at least one',
      onStorage(open, async (storage) => {
        await storeRecords(
          storage,
          countTo(200).map((n) => ({ id: `r${1_000 + n}`, fields: { text: 'é'.repeat(20) } })),
        );
        const bytes = Buffer.byteLength(JSON.stringify({ text: 'é'.repeat(20) }));
        const page = (bytesMax: number) => storage.readRecords(SPACE, { limit: 1_000, bytesMax });
        expect(await page(1)).toHaveLength(1);
        expect(await page(bytes * 150)).toHaveLength(150);
        expect(await page(bytes * 500)).toHaveLength(200);
      }),
    );
  });
  stateSuite(open);
};

const stateSuite = (open: Open): void => {
  describe('record states', () => {
    it(
      'leave tombstones out unless asked for',
      onStorage(open, async (storage) => {
        const [live, dead] = await storeRecords(storage, [
          { id: 'live', fields: { a: 1 } },
          { id: 'dead', fields: { a: 2 }, deleted: true },
        ]);
        expect(await storage.readRecords(SPACE, PAGE)).toEqual([live]);
        expect(await storage.readRecords(SPACE, { ...PAGE, tombstones: true })).toEqual([dead, live]);
        expect(await storage.readRecords(SPACE, { ...PAGE, collection: 'tasks' })).toEqual([live]);
        expect(await storage.readRecords(SPACE, { ...PAGE, collection: 'tasks', tombstones: true })).toEqual([dead, live]);
        expect((await storage.load(SPACE, { records: [{ collection: 'tasks', id: 'dead' }], receipts: [], clients: [] })).records).toEqual([
          dead,
        ]);
      }),
    );

    it(
      'keep their newest state only',
      onStorage(open, async (storage) => {
        await storage.append(appendOf(0, [changeRow(1, { id: 'r' })]));
        const gone = changeRow(2, { id: 'r', revision: 2, prevSeq: 1, deleted: true });
        await storage.append(appendOf(1, [gone]));
        expect(await storage.readRecords(SPACE, { ...PAGE, tombstones: true })).toEqual([recordOf(gone)]);
        const back = changeRow(3, { id: 'r', revision: 3, prevSeq: 2, schemaVersion: 4, fieldsJson: '{"again":true}' });
        await storage.append(appendOf(2, [back], { records: [recordOf(back, '{"open":1}')] }));
        expect(await storage.readRecords(SPACE, PAGE)).toEqual([recordOf(back, '{"open":1}')]);
      }),
    );

    it(
      'give JSON back byte for byte',
      onStorage(open, async (storage) => {
        const changes = TEXTS.map((fieldsJson, i) => changeRow(i + 1, { id: `r${i}`, fieldsJson }));
        await storage.append(appendOf(0, changes, { records: changes.map((change) => recordOf(change, change.fieldsJson ?? '')) }));
        const stored = await storage.readRecords(SPACE, PAGE);
        expect(stored.map((row) => row.fieldsJson)).toEqual(TEXTS);
        expect(stored.map((row) => row.metaJson)).toEqual(TEXTS);
        expect((await storage.readLog(SPACE, { after: 0, ...PAGE })).map((row) => row.fieldsJson)).toEqual(TEXTS);
      }),
    );

    it(
      'are loaded by their exact keys',
      onStorage(open, async (storage) => {
        const stored = await storeRecords(
          storage,
          TRICKY.map((id) => ({ id, fields: { id } })),
        );
        for (const one of stored) {
          const { records } = await storage.load(SPACE, { records: [{ collection: 'tasks', id: one.id }], receipts: [], clients: [] });
          expect(records).toEqual([one]);
        }
        expect((await storage.load(SPACE, { records: [{ collection: 'task', id: 'a' }], receipts: [], clients: [] })).records).toEqual([]);
      }),
    );
  });
};
