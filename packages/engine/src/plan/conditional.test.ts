import { defineApp, defineCollection } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { createBench } from '../test-engine.suite.ts';

const fields = {
  title: { schema: z.string().optional() },
  body: { schema: z.string().optional() },
  count: { schema: z.number().optional() },
};
const RECORD_BYTES_MAX = 1_000;
const appAt = (schemaVersion: number) =>
  defineApp({
    name: 'test',
    schemaVersion,
    collections: { notes: defineCollection({ name: 'notes', fields, recordBytesMax: RECORD_BYTES_MAX }) },
  });

/** `x` at revision 2, by two clients. */
const openWithNote = async () => {
  const bench = createBench(appAt(1));
  await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'a', count: 1 }, was: {} });
  await bench.client('b').push({ op: 'patch', id: 'x', fields: { count: 2 }, was: { count: 1 }, base: 1 });
  return bench;
};

test('a put that names the revision replaces all of the record, though it says not what it saw', async () => {
  const { client, fields: read } = await openWithNote();
  const answer = await client('c').push({ op: 'put', id: 'x', fields: { title: 'c' }, ifRevision: 2 });
  expect(answer.accepted).toMatchObject([{ status: 'applied', seq: 3, revision: 3 }]);
  expect(await read('notes', 'x')).toEqual({ title: 'c' });
});

test('so does one of a record that was made just before, in the same push', async () => {
  const { client, fields: read } = createBench(appAt(1));
  const replaced = { op: 'put' as const, id: 'x', fields: { title: 'a', body: 'a' }, ifRevision: 0 };
  const answer = await client('a').push(replaced, { ...replaced, fields: { title: 'b' }, ifRevision: 1 });
  expect(answer.accepted).toMatchObject([{ revision: 1 }, { status: 'applied', revision: 2 }]);
  expect(await read('notes', 'x')).toEqual({ title: 'b' });
});

test('a patch that names the revision leaves alone what it does not name, and is no conflict with what it has not seen', async () => {
  const { client, fields: read } = await openWithNote();
  const answer = await client('c').push({ op: 'patch', id: 'x', fields: { count: 9 }, was: { count: 1 }, base: 1, ifRevision: 2 });
  expect(answer.accepted).toMatchObject([{ status: 'applied', seq: 3 }]);
  expect(await read('notes', 'x')).toEqual({ title: 'a', count: 9 });
});

test('what a put with a revision says that it saw is believed before the record', async () => {
  const { client, fields: read } = await openWithNote();
  await client('c').push({ op: 'put', id: 'x', fields: { title: 'c' }, was: { title: 'a' }, ifRevision: 2 });
  // It had not seen a count, so it did not leave it out.
  expect(await read('notes', 'x')).toEqual({ title: 'c', count: 2 });
});

test('a put of an older version leaves the fields that it may not know', async () => {
  const bench = createBench(appAt(2));
  await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'a', count: 1 }, was: {} });
  await bench.client('b').push({ op: 'put', id: 'x', fields: { title: 'b' }, ifRevision: 1, schemaVersion: 1 });
  expect(await bench.fields('notes', 'x')).toEqual({ title: 'b', count: 1 });
});

test('revision 0 is that of a record that is not there, never was or no longer', async () => {
  const { client, fields: read } = createBench(appAt(1));
  const a = client('a');
  expect((await a.push({ op: 'put', id: 'x', fields: { title: 'a', count: 1 }, ifRevision: 0 })).accepted).toMatchObject([{ seq: 1 }]);
  await a.push({ op: 'delete', id: 'x', was: { title: 'a', count: 1 }, base: 1 });
  const again = await client('b').push({ op: 'put', id: 'x', fields: { body: 'b' }, ifRevision: 0 });
  expect(again.accepted).toMatchObject([{ status: 'applied', seq: 3 }]);
  expect(await read('notes', 'x')).toEqual({ body: 'b' });
});

test('another revision is refused with the one there is, and with the record', async () => {
  const { client, fields: read } = await openWithNote();
  const c = client('c');
  const answer = await c.push({ op: 'put', id: 'x', fields: { title: 'c' }, ifRevision: 1 });
  expect(answer.rejected).toMatchObject([
    { code: 'REVISION_MISMATCH', details: { revision: 2 }, record: { revision: 2, fields: { title: 'a', count: 2 } } },
  ]);
  const absent = await c.push({ op: 'patch', id: 'y', fields: { title: 'c' }, ifRevision: 1 });
  expect(absent.rejected).toMatchObject([{ code: 'REVISION_MISMATCH', details: { revision: 0 } }]);
  expect(absent.rejected[0]?.record).toBeUndefined();
  expect(await read('notes', 'x')).toEqual({ title: 'a', count: 2 });
});

const LONG = 'x'.repeat(RECORD_BYTES_MAX);
// Fits by its characters, not by its bytes.
const WIDE = 'é'.repeat(RECORD_BYTES_MAX / 2);

test.each([
  ['long fields', { fields: { title: LONG } }],
  ['wide fields', { fields: { title: WIDE } }],
  ['a long was', { fields: { title: 'b' }, was: { title: LONG } }],
])('%s that no record could hold are refused, also where only a conflict would keep them', async (_, sketch) => {
  const { client, engine, space } = createBench(appAt(1));
  const a = client('a');
  await a.push({ op: 'put', id: 'x', fields: { title: 'a' }, was: {} });
  await a.push({ op: 'delete', id: 'x', was: { title: 'a' }, base: 1 });
  const answer = await client('b').push({ op: 'patch', id: 'x', base: 1, ...sketch });
  expect(answer.rejected).toMatchObject([{ code: 'RECORD_TOO_LARGE', details: { limitBytes: RECORD_BYTES_MAX } }]);
  const conflicts = await engine.conflicts(space, { state: 'all' });
  expect(conflicts.ok && conflicts.value.conflicts).toEqual([]);
});

test('what just fits is taken', async () => {
  const { client } = createBench(appAt(1));
  const title = 'x'.repeat(RECORD_BYTES_MAX - '{"title":""}'.length);
  const answer = await client('a').push(
    { op: 'put', id: 'x', fields: { title }, was: {} },
    { op: 'put', id: 'y', fields: { title: `${title}x` }, was: {} },
  );
  expect(answer.accepted).toMatchObject([{ mutationId: 'a-1' }]);
  expect(answer.rejected).toMatchObject([{ mutationId: 'a-2', code: 'RECORD_TOO_LARGE' }]);
});

test('the answer has the record where its author could not work it out: another wrote before, or the version is another', async () => {
  const bench = createBench(appAt(2));
  const [a, b] = [bench.client('a'), bench.client('b')];
  const create = await a.push({ op: 'put', id: 'x', fields: { title: 'a' }, was: {} });
  expect(create.accepted[0]?.record).toBeUndefined();
  const seen = await b.push({ op: 'patch', id: 'x', fields: { body: 'b' }, was: {}, base: 1 });
  expect(seen.accepted[0]?.record).toBeUndefined();
  const unseen = await a.push({ op: 'patch', id: 'x', fields: { count: 1 }, was: {}, base: 1 });
  expect(unseen.accepted[0]?.record).toMatchObject({ fields: { title: 'a', body: 'b', count: 1 } });
  const own = await a.push({ op: 'patch', id: 'x', fields: { count: 2 }, was: { count: 1 }, base: 1 });
  expect(own.accepted[0]?.record).toBeUndefined();
  const older = await a.push({ op: 'patch', id: 'x', fields: { count: 3 }, was: { count: 2 }, base: 4, schemaVersion: 1 });
  expect(older.accepted[0]?.record).toMatchObject({ fields: { count: 3 } });
});
