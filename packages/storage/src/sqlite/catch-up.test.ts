import { join } from 'node:path';
import { appendOf, changeRow, SPACE, spaceRow } from '@tidemark/engine/conformance';
import type { LogRow, QueryPlan } from '@tidemark/engine/storage';
import { type AppDefinition, defineApp, defineCollection } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import type { SqliteStorage } from './storage.ts';
import { freshFolder, opened } from './test-env.suite.ts';

const field = { schema: { '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) } } };
const appWith = (...indexes: ('a' | 'b')[][]): AppDefinition =>
  defineApp({
    name: 'app',
    schemaVersion: 1,
    collections: { tasks: defineCollection({ name: 'tasks', fields: { a: field, b: field }, indexes, search: ['b'] }) },
  });

const by = (index: 'a' | 'b'): QueryPlan => ({ collection: 'tasks', index: [index], equals: [], direction: 'asc', limit: 100 });
const word = (text: string): QueryPlan => ({ ...by('a'), index: [], words: [text], searchFields: ['b'] });
const change = (seq: number, id: string, a: number, b: string, row: Partial<LogRow> = {}): LogRow =>
  changeRow(seq, { id, fieldsJson: `{"a":${a},"b":"${b}"}`, ...row });
const idsOf = async (storage: SqliteStorage, plan: QueryPlan): Promise<string[]> => (await storage.query(SPACE, plan)).map((row) => row.id);

const FIRST = [change(1, 'x', 3, 'red'), change(2, 'y', 2, 'red'), change(3, 'z', 1, 'blue')];
/** x is edited twice, y deleted, w comes. */
const LATER = [
  change(4, 'x', 9, 'green', { prevSeq: 1, revision: 2 }),
  change(5, 'x', 0, 'blue', { prevSeq: 4, revision: 3 }),
  change(6, 'y', 2, 'red', { prevSeq: 2, revision: 2, deleted: true }),
  change(7, 'w', 5, 'red'),
];

const inFile = async (work: (file: string) => Promise<void>): Promise<void> => {
  const folder = freshFolder();
  await work(join(folder.path, 'x.db'));
  folder.remove();
};

test('entries that a query brought about are moved by what came after it, also past a compaction', () =>
  inFile(async (file) => {
    const storage = await opened(file, { apps: [appWith(['a'])] });
    await storage.append(appendOf(0, FIRST));
    expect(await idsOf(storage, by('a'))).toEqual(['z', 'y', 'x']);
    expect(await idsOf(storage, word('red'))).toEqual(['x', 'y']);
    await storage.append(appendOf(1, LATER));
    const space = spaceRow({ appends: 3, head: 7, hash: 'h7', floor: 7, floorHash: 'h7', committedAt: 1_007 });
    expect(await storage.compact({ space, expectedAppends: 2 })).toBe('stored');
    expect(await idsOf(storage, by('a'))).toEqual(['x', 'z', 'w']);
    expect(await idsOf(storage, word('red'))).toEqual(['w']);
    expect(await idsOf(storage, word('blue'))).toEqual(['x', 'z']);
    await storage.close();
  }));

test('an index that is declared over a space whose others are behind has each record once, and so have they', () =>
  inFile(async (file) => {
    const first = await opened(file, { apps: [appWith(['a'])] });
    await first.append(appendOf(0, FIRST));
    expect(await idsOf(first, by('a'))).toEqual(['z', 'y', 'x']);
    await first.append(appendOf(1, LATER));
    await first.close();
    const second = await opened(file, { apps: [appWith(['a'], ['b'])] });
    expect(await idsOf(second, by('b'))).toEqual(['x', 'z', 'w']);
    expect(await idsOf(second, by('a'))).toEqual(['x', 'z', 'w']);
    await second.append(appendOf(2, [change(8, 'z', 7, 'amber', { prevSeq: 3, revision: 2 })]));
    expect(await idsOf(second, by('b'))).toEqual(['z', 'x', 'w']);
    await second.close();
  }));

test('a space that was erased begins again', () =>
  inFile(async (file) => {
    const storage = await opened(file, { apps: [appWith(['a'])] });
    await storage.append(appendOf(0, FIRST));
    await storage.erase({ space: spaceRow({ appends: 2, spaceId: 'space-2' }), expectedAppends: 1 });
    expect(await idsOf(storage, by('a'))).toEqual([]);
    await storage.append(appendOf(2, [change(1, 'x', 1, 'red')], { row: { spaceId: 'space-2' } }));
    expect(await idsOf(storage, by('a'))).toEqual(['x']);
    expect(await idsOf(storage, word('red'))).toEqual(['x']);
    await storage.close();
  }));
