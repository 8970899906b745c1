import { join } from 'node:path';
import { countTo, SPACE, storeRecords } from '@tidemark/engine/conformance';
import type { QueryPlan } from '@tidemark/engine/storage';
import { type AppDefinition, defineApp, defineCollection } from '@tidemark/protocol';
import { describe, expect, it, test } from 'vitest';
import { connect, rows } from './database.ts';
import { declareIndexes } from './declare-indexes.ts';
import { indexesOf } from './indexing.ts';
import { migrate } from './migrate.ts';
import { querySql } from './query.ts';
import { freshFolder, opened } from './test-env.suite.ts';

const field = { schema: { '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) } } };
const appWith = (indexes: ('a' | 'b' | 'title')[][], search: 'title'[]): AppDefinition =>
  defineApp({
    name: 'app',
    schemaVersion: 1,
    collections: { tasks: defineCollection({ name: 'tasks', fields: { a: field, b: field, title: field }, indexes, search }) },
  });

const byId: QueryPlan = { collection: 'tasks', index: [], equals: [], direction: 'asc', limit: 10 };
const PLANS: readonly QueryPlan[] = [
  byId,
  { ...byId, direction: 'desc', after: { values: [], id: 'x' } },
  { ...byId, index: ['a', 'b'], equals: [1], range: { gt: 2, lte: 'x' } },
  { ...byId, index: ['a', 'b'], equals: [1], direction: 'desc', after: { values: [1, 2], id: 'x' } },
  { ...byId, index: ['a'], equals: [true] },
  { ...byId, words: ['red', 'bl'], searchFields: ['title'] },
  { ...byId, index: ['a'], equals: [true], words: ['red'], searchFields: ['title'] },
];

describe('the statement of a query', () => {
  it('never scans a table', () => {
    const db = connect(':memory:');
    migrate(db, ':memory:');
    const indexes = indexesOf(declareIndexes(db, [appWith([['a'], ['a', 'b']], ['title'])]), 'app', 'tasks');
    for (const plan of PLANS) {
      const { text, values } = querySql(1, plan, indexes);
      const steps = rows<[number, number, number, string]>(db, `EXPLAIN QUERY PLAN ${text}`)(...values).map((step) => step[3]);
      const scans = steps.filter((step) => step.startsWith('SCAN') && !step.startsWith('SCAN search VIRTUAL TABLE INDEX'));
      expect(scans, steps.join('; ')).toEqual([]);
      const sorts = steps.filter((step) => step.includes('TEMP B-TREE'));
      // Only what a search by id found is sorted.
      expect(sorts.length, steps.join('; ')).toBe(plan.words !== undefined && plan.index.length === 0 ? 1 : 0);
    }
    db.close();
  });
});

test.each(['asc', 'desc'] as const)(
  'a page far on is bound on each side once (%s): a second bound would be walked to, not sought',
  (direction) => {
    const db = connect(':memory:');
    migrate(db, ':memory:');
    const indexes = indexesOf(declareIndexes(db, [appWith([['a']], [])]), 'app', 'tasks');
    const plan: QueryPlan = { ...byId, index: ['a'], direction, range: { gte: 1, lt: 9 }, after: { values: [5], id: 'x' } };
    const { text } = querySql(1, plan, indexes);
    db.close();
    expect(text.match(/e\.key [<>]=? \?/g)).toEqual(direction === 'asc' ? ['e.key > ?', 'e.key < ?'] : ['e.key >= ?', 'e.key < ?']);
  },
);

describe('declared indexes', () => {
  it('cover records stored before they were declared, and go when they are no longer', async () => {
    const folder = freshFolder();
    const file = join(folder.path, 'x.db');
    const ids = async (apps: readonly AppDefinition[], plan: QueryPlan) => {
      const storage = await opened(file, { apps });
      try {
        return (await storage.query(SPACE, plan)).map((row) => row.id);
      } finally {
        await storage.close();
      }
    };
    const bare = appWith([], []);
    const first = await opened(file, { apps: [bare] });
    await storeRecords(
      first,
      countTo(250).map((n) => ({ id: `r${n}`, fields: { a: n, title: `No ${n}` } })),
    );
    await first.close();

    const byA: QueryPlan = { ...byId, index: ['a'], range: { gte: 249 }, equals: [] };
    const search: QueryPlan = { ...byId, words: ['no', '24'], searchFields: ['title'], limit: 3 };
    const indexed = appWith([['a']], ['title']);
    expect(await ids([indexed], byA)).toEqual(['r249', 'r250']);
    expect(await ids([indexed], search)).toEqual(['r24', 'r240', 'r241']);
    // A tool that knows no app keeps them; the app that dropped them has none.
    expect(await ids([], byA)).toEqual(['r249', 'r250']);
    await expect(ids([bare], byA)).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await ids([indexed], byA)).toEqual(['r249', 'r250']);
    expect(await ids([indexed], search)).toEqual(['r24', 'r240', 'r241']);
    folder.remove();
  });
});
