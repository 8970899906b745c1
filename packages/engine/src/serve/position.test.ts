import { defineApp, defineCollection } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { createBench, type TestBench } from '../test-engine.suite.ts';

const app = defineApp({
  name: 'test',
  schemaVersion: 1,
  collections: { notes: defineCollection({ name: 'notes', fields: { title: { schema: z.string() } } }) },
});

/** Three notes, a hundred milliseconds apart; answers the commit time of the first. */
const threeNotes = async (bench: TestBench): Promise<number> => {
  const first = bench.env.now;
  const client = bench.client('a');
  for (const id of ['x', 'y', 'z']) {
    await client.push({ op: 'put', id, fields: { title: id } });
    bench.env.now += 100;
  }
  const { time } = await bench.engine.position(bench.space, { seq: 1 });
  expect(time - first).toBeLessThan(100);
  return time;
};

const idsAfter = async (bench: TestBench, time: number): Promise<string[]> => {
  const { cursor } = await bench.engine.position(bench.space, { time }, ['notes']);
  if (cursor === undefined) throw new Error('no cursor');
  const page = await bench.engine.pull(bench.space, { cursor, collections: ['notes'] });
  if (!page.ok) throw new Error(page.error.code);
  expect(page.value.reset).toBeUndefined();
  return page.value.rows.map((row) => row.id);
};

test('a pull from the position at a time brings what was committed after it', async () => {
  const bench = createBench(app);
  const time = await threeNotes(bench);
  expect(await idsAfter(bench, 0)).toEqual(['x', 'y', 'z']);
  expect(await idsAfter(bench, time - 1)).toEqual(['x', 'y', 'z']);
  expect(await idsAfter(bench, time)).toEqual(['y', 'z']);
  expect(await idsAfter(bench, time + 1)).toEqual(['y', 'z']);
  expect(await idsAfter(bench, time + 1_000_000)).toEqual([]);
});

test('an empty space has a position too', async () => {
  const bench = createBench(app);
  expect(await bench.engine.position(bench.space, { time: 5 })).toMatchObject({ seq: 0, time: 0 });
  expect(await idsAfter(bench, 5)).toEqual([]);
});

test('below the floor there is no cursor', async () => {
  const bench = createBench(app);
  const time = await threeNotes(bench);
  await bench.engine.compact(bench.space, 2);
  expect(await bench.engine.position(bench.space, { time })).not.toHaveProperty('cursor');
  expect(await idsAfter(bench, time + 110)).toEqual(['z']);
});

test('a reader without a clientId is no device', async () => {
  const bench = createBench(app);
  await threeNotes(bench);
  await bench.engine.pull(bench.space, {});
  const devices = await bench.engine.devices(bench.space);
  expect(devices).toMatchObject({ ok: true, value: { devices: [{ clientId: 'a' }] } });
});
