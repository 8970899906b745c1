import { defineApp, defineCollection, review } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { createBench, type Sketch, type TestBench } from '../test-engine.suite.ts';

// What planning loads, and what it finds in what it has just made itself.

const notes = defineCollection({ name: 'notes', fields: { title: { schema: z.string().optional(), merge: review() } } });
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });

const put = (id: string, title: string): Sketch => ({ op: 'put', id, fields: { title }, was: {} });
const patch = (id: string, title: string, was: string | undefined, base: number): Sketch => ({
  op: 'patch',
  id,
  fields: { title },
  base,
  ...(was === undefined ? {} : { was: { title: was } }),
});
const conflictsOf = async ({ engine, space }: TestBench) => {
  const listed = await engine.conflicts(space, { state: 'all' });
  return listed.ok ? listed.value.conflicts : [];
};
const appendsOf = async ({ storage, space }: TestBench) => (await storage.readSpace(space.key))?.appends ?? 0;

/** A storage that notes what is asked of it: the records of each load, and the rows of the log. */
const noting = () => {
  const inner = createMemoryStorage();
  const loads: string[][] = [];
  const rows: number[] = [];
  const storage = {
    ...inner,
    load: (...[key, keys]: Parameters<typeof inner.load>) => {
      loads.push(keys.records.map(({ collection, id }) => `${collection}/${id}`));
      return inner.load(key, keys);
    },
    readLogRow: (...[key, seq]: Parameters<typeof inner.readLogRow>) => {
      rows.push(seq);
      return inner.readLogRow(key, seq);
    },
  };
  return { storage, loads, rows };
};

test('nothing is loaded but what is missing, and never what the plan has made itself', async () => {
  const { storage, loads, rows } = noting();
  const bench = createBench(app, storage);
  await bench.client('a').push(put('x', 'o'));
  await bench.client('b').push(patch('x', 'b', 'o', 1));
  expect([loads, rows]).toEqual([[['notes/x'], ['notes/x']], []]);
  loads.length = 0;
  const answer = await bench.client('c').push(patch('x', 'c', 'o', 1), patch('x', 'cc', 'c', 1));
  // Who wrote what stands, in the row of b's change; the second edit goes on with the conflict of the first.
  expect([loads, rows]).toEqual([[['notes/x'], ['notes/x']], [2]]);
  expect(answer.accepted[1]?.conflictIds).toEqual(answer.accepted[0]?.conflictIds);
  expect(await conflictsOf(bench)).toMatchObject([{ was: 'o', mine: 'cc', theirs: 'b' }]);
});

test('what the author of each edit had seen is looked up for each on its own', async () => {
  const bench = createBench(app);
  await bench.client('a').push(put('x', 'ox'), put('y', 'oy'));
  await bench.client('b').push(patch('x', 'bx', 'ox', 2), patch('y', 'by', 'oy', 2));
  await bench.client('c').push(patch('x', 'c', undefined, 2), patch('y', 'c', undefined, 2));
  await bench.client('d').push(patch('x', 'dx', 'bx', 4));
  await bench.client('e').push(patch('x', 'e', undefined, 4), patch('y', 'e', undefined, 2));
  const told = (await conflictsOf(bench)).map(({ id, mineBy, was, theirs }) => `${mineBy.clientId}: ${id} ${was} ${theirs}`);
  expect(told.sort()).toEqual(['c: x ox bx', 'c: y oy by', 'e: x bx dx', 'e: y oy by']);
});

test('two clients that are planned together: a conflict names the change that is not yet in the log', async () => {
  const bench = createBench(app);
  await bench.client('a').push(put('x', 'o'), put('y', 'o'));
  const before = await appendsOf(bench);
  const at = bench.env.now - 7;
  await Promise.all([
    bench.client('b').push(patch('y', 'b', 'o', 2), { ...patch('x', 'b', 'o', 2), at }),
    bench.client('c').push(patch('x', 'c', 'o', 2)),
  ]);
  expect(await appendsOf(bench)).toBe(before + 1);
  expect(await conflictsOf(bench)).toMatchObject([{ mine: 'c', theirs: 'b', theirsBy: { clientId: 'b', mutationId: 'b-2', at, seq: 4 } }]);
});
