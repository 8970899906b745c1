import { defineApp, defineCollection } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { createBench } from '../test-engine.suite.ts';

const trimmed = { schema: z.string().trim().optional() };
const notes = defineCollection({ name: 'notes', fields: { title: trimmed, note: trimmed, plain: { schema: z.string().optional() } } });
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });

test.each([
  ['all of them', { title: ' t ', note: 'n ' }, { title: 't', note: 'n' }],
  ['some of them', { title: ' t ', note: 'n', plain: ' p ' }, { title: 't', note: 'n', plain: ' p ' }],
  ['none of them', { title: 't', plain: ' p ' }, { title: 't', plain: ' p ' }],
])('fields are stored as their schemas answer them: %s differ from what was sent', async (_, sent, stored) => {
  const bench = createBench(app);
  const a = bench.client('a');
  await a.push({ op: 'put', id: 'x', fields: sent, was: {} });
  expect(await bench.fields('notes', 'x')).toEqual(stored);
  await a.push({ op: 'put', id: 'y', fields: {}, was: {} }, { op: 'patch', id: 'y', fields: sent, was: {}, base: 1 });
  expect(await bench.fields('notes', 'y')).toEqual(stored);
  expect(await bench.engine.verify(bench.space)).toMatchObject({ records: 2, problems: [] });
});
