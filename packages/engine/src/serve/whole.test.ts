import { defineApp, defineCollection } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { createBench } from '../test-engine.suite.ts';

const notes = defineCollection({
  name: 'notes',
  fields: { title: { schema: z.string() }, more: { schema: z.string().optional() } },
  recordBytesMax: 64,
});
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });

const put = (id: string, fields: { readonly title: string }) => ({
  ...{ mutationId: `import-${id}`, n: 1, collection: 'notes', id, op: 'put' as const, base: 0, at: 1 },
  fields,
});

test('an application that is to go whole stores nothing where one of it is refused, and all of it once none is', async () => {
  const bench = createBench(app);
  await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'x'.repeat(40) } });
  const application = { clientId: 'import', schemaVersion: 1, whole: true };
  const mutations = [put('first', { title: 'first' }), put('x', { title: 'y'.repeat(60) }), put('last', { title: 'last' })];
  const refused = await bench.engine.apply(bench.space, { ...application, mutations });
  expect(refused).toMatchObject({ ok: true, value: { accepted: [], rejected: [{ mutationId: 'import-x' }], latestVersion: 1 } });
  expect(await bench.fields('notes', 'first')).toBeUndefined();
  expect(await bench.engine.receipt(bench.space, 'import-x')).toBeUndefined();
  const mended = [put('first', { title: 'first' }), put('last', { title: 'last' })];
  const stored = await bench.engine.apply(bench.space, { ...application, mutations: mended });
  expect(stored).toMatchObject({ ok: true, value: { rejected: [], latestVersion: 3 } });
  expect((await bench.engine.verify(bench.space)).problems).toEqual([]);
});

test('what others push in the same round is stored all the same', async () => {
  const bench = createBench(app);
  const application = { clientId: 'import', schemaVersion: 1, whole: true };
  const mutations = [put('first', { title: 'first' }), put('x', { title: 'y'.repeat(60) })];
  const both = await Promise.all([
    bench.client('a').push({ op: 'put', id: 'before', fields: { title: 'b' } }),
    bench.engine.apply(bench.space, { ...application, mutations }),
    bench.client('c').push({ op: 'put', id: 'after', fields: { title: 'c' } }),
  ]);
  expect(both[1]).toMatchObject({ ok: true, value: { accepted: [] } });
  expect([await bench.fields('notes', 'before'), await bench.fields('notes', 'after')]).toEqual([{ title: 'b' }, { title: 'c' }]);
  expect(await bench.fields('notes', 'first')).toBeUndefined();
  expect((await bench.engine.verify(bench.space)).problems).toEqual([]);
});
