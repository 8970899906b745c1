import { defineApp, defineCollection, type Query } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench } from '../test-engine.suite.ts';

const notes = defineCollection({
  name: 'notes',
  fields: { rank: { schema: z.int() }, title: { schema: z.string() }, done: { schema: z.boolean() } },
  indexes: [['rank'], ['done', 'rank']],
  search: ['title'],
});
const app = defineApp({ name: 'demo', schemaVersion: 1, collections: { notes } });

type Fields = { readonly rank: number; readonly title: string; readonly done: boolean };
type Write = { readonly id: number; readonly fields: Fields | null };

const open = async (first: readonly Fields[]) => {
  const { engine, client, space } = createBench(app);
  const writer = client('writer');
  const known = new Set<number>();
  const write = async (writes: readonly Write[]) => {
    for (const { id, fields } of writes) {
      const session = await engine.session(space);
      const base = session.ok && known.has(id) ? session.value.latestVersion : 0;
      const edit = fields === null ? { op: 'delete' as const } : { op: 'put' as const, fields };
      if (fields !== null) known.add(id);
      const { accepted } = await writer.push({ ...edit, id: `n${id}`, base });
      expect(accepted[0]?.status).toBe('applied');
    }
  };
  await write(first.map((fields, id) => ({ id, fields })));
  const page = async (query: Query, cursor: string | undefined, options: { filter?: { done: boolean }; at?: 'now' } = {}) => {
    const answer = await engine.query(space, 'notes', { ...query, ...(cursor === undefined ? {} : { cursor }) }, options);
    if (!answer.ok) throw new Error(answer.error.code);
    return { ids: answer.value.rows.map((row) => row.id), rows: answer.value.rows, cursor: answer.value.nextCursor };
  };
  return { write, page };
};

const fields = fc.record({ rank: fc.integer({ min: 0, max: 6 }), title: fc.constantFrom('ebb', 'flow', 'ebb flow'), done: fc.boolean() });
const writes = fc.array(fc.record({ id: fc.integer({ min: 0, max: 14 }), fields: fc.option(fields, { freq: 4 }) }), { maxLength: 6 });
const asked = fc.constantFrom<{ query: Query; filter?: { done: boolean } }>(
  { query: { orderBy: [['rank', 'asc']] } },
  { query: { orderBy: [['rank', 'desc']] }, filter: { done: false } },
  { query: { where: { done: true }, orderBy: [['rank', 'asc']] } },
  { query: { where: { rank: { gte: 2 } }, orderBy: [['rank', 'desc']] } },
  { query: { search: 'eb', orderBy: [['rank', 'asc']] } },
);

describe('query', () => {
  it('pages through what was there at the start: none twice, none skipped, whatever others write meanwhile', async () => {
    const few = fc.array(fields, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        few,
        asked,
        fc.integer({ min: 1, max: 4 }),
        fc.array(writes, { maxLength: 8 }),
        async (first, ask, limit, rounds) => {
          const still = await open(first);
          const atStart = (await still.page({ ...ask.query, limit: 1_000 }, undefined, ask)).ids;
          const { write, page } = await open(first);
          const touched = new Set<string>();
          const seen: string[] = [];
          let cursor: string | undefined;
          for (let round = 0; ; round += 1) {
            const got = await page({ ...ask.query, limit }, cursor, ask);
            seen.push(...got.ids);
            cursor = got.cursor;
            if (cursor === undefined) break;
            await write(rounds[round] ?? []);
            for (const { id } of rounds[round] ?? []) touched.add(`n${id}`);
          }
          expect(new Set(seen).size).toBe(seen.length);
          expect(atStart).toEqual(expect.arrayContaining(seen));
          // What nobody touched is all there; and what is there stands in the order of the start.
          expect(seen.filter((id) => !touched.has(id))).toEqual(atStart.filter((id) => !touched.has(id)));
          expect(seen).toEqual(atStart.filter((id) => seen.includes(id)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('shows what was changed since as it is now', async () => {
    const note = (rank: number) => ({ rank, title: 'ebb', done: false });
    const { write, page } = await open([note(1), note(2), note(3), note(4)]);
    const query: Query = { orderBy: [['rank', 'asc']], limit: 1 };
    const first = await page(query, undefined);
    // n2 moves to the front, n3 goes, n0 (seen) moves to the end.
    await write([
      { id: 2, fields: { ...note(0), title: 'flow' } },
      { id: 3, fields: null },
      { id: 0, fields: note(9) },
    ]);
    const second = await page({ ...query, limit: 2 }, first.cursor);
    expect([...first.ids, ...second.ids]).toEqual(['n0', 'n1', 'n2']);
    expect(JSON.parse(second.rows[1]?.fieldsJson ?? '')).toMatchObject({ rank: 0, title: 'flow' });
    expect((await page({ ...query, limit: 2 }, second.cursor)).ids).toEqual([]);
  });

  it('gives each page by itself where that is asked for', async () => {
    const note = (rank: number) => ({ rank, title: 'ebb', done: false });
    const { write, page } = await open([note(1), note(2)]);
    const first = await page({ orderBy: [['rank', 'asc']], limit: 1 }, undefined, { at: 'now' });
    await write([{ id: 0, fields: note(3) }]);
    expect((await page({ orderBy: [['rank', 'asc']] }, first.cursor, { at: 'now' })).ids).toEqual(['n1', 'n0']);
  });

  it('knows the last page when it is full', async () => {
    const { page } = await open([{ rank: 1, title: 'ebb', done: true }]);
    expect(await page({ limit: 1 }, undefined)).toMatchObject({ ids: ['n0'], cursor: undefined });
  });
});
