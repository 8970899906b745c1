import { join } from 'node:path';
import { createEngine, type Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { defineApp, defineCollection, type Query } from '@tidemark/protocol';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { freshFolder, opened, testEnv } from './test-env.suite.ts';

const RECORDS = 2_400;

const notes = defineCollection({
  name: 'notes',
  fields: { title: { schema: z.string() }, rank: { schema: z.int() }, done: { schema: z.boolean() } },
  indexes: [['rank'], ['done', 'rank']],
  search: ['title'],
});
const app = defineApp({ name: 'demo', schemaVersion: 1, collections: { notes } });
const space = { app: 'demo', key: 'demo/ann' };

/** Words that all hold, that a half holds late in the order, that one in four holds, and that few hold. */
const titleOf = (i: number): string =>
  ['every', i * 7 >= (RECORDS * 7) / 2 ? 'late' : 'early', i % 4 === 0 ? 'fourth' : '', i % 300 === 7 ? 'rare' : ''].join(' ');

const engineOn = async (storage: Storage) => {
  const engine = createEngine({ storage, apps: [app], env: testEnv });
  const mutations = Array.from({ length: RECORDS }, (_, i) => ({
    mutationId: `m${i}`,
    n: 1,
    collection: 'notes',
    id: `n${(i * 7) % RECORDS}`,
    op: 'put' as const,
    base: 0,
    at: 0,
    fields: { title: titleOf(i), rank: i, done: i % 2 === 0 },
  }));
  await engine.apply(space, { clientId: 'phone', schemaVersion: 1, mutations });
  return engine;
};

// However many records hold the words: the ways to find them differ, the answers do not.
it('searches as looking at every record would, for words of many and of few', { timeout: 60_000 }, async () => {
  const folder = freshFolder();
  const storage = await opened(join(folder.path, 'search.db'), { apps: [app] });
  onTestFinished(async () => {
    await storage.close();
    folder.remove();
  });
  const sqlite = await engineOn(storage);
  const memory = await engineOn(createMemoryStorage());
  for (const search of ['every', 'late', 'fourth late', 'rare', 'ra ev', 'nothing']) {
    for (const orderBy of [undefined, [['rank', 'asc'] as const], [['rank', 'desc'] as const]]) {
      for (const where of [{}, { done: true }]) {
        if (orderBy === undefined && 'done' in where) continue;
        for (const limit of [20, 600]) {
          const asked: Query = { search, where, limit, ...(orderBy === undefined ? {} : { orderBy }) };
          const ids = async (engine: typeof sqlite, cursor?: string) => {
            const page = await engine.query(space, 'notes', { ...asked, ...(cursor === undefined ? {} : { cursor }) });
            if (!page.ok) throw new Error(page.error.message);
            return { ids: page.value.rows.map(({ id }) => id), next: page.value.nextCursor };
          };
          const [mine, reference] = [await ids(sqlite), await ids(memory)];
          expect(mine.ids, JSON.stringify(asked)).toEqual(reference.ids);
          if (reference.next !== undefined) expect((await ids(sqlite, mine.next)).ids).toEqual((await ids(memory, reference.next)).ids);
        }
      }
    }
  }
});
