import { counter, defineApp, defineCollection } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { createBench, type Sketch, type TestBench } from '../test-engine.suite.ts';

// Writes of a log that was lost come back in any order. Tables of many orders are in outcomes-of-healing.test.ts; here what is rare.

const words = z.string().optional();
const notes = defineCollection({
  name: 'notes',
  fields: { last: { schema: words }, other: { schema: words }, count: { schema: z.number().optional(), merge: counter() } },
  recordBytesMax: 200,
});
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });

const lost = (seq: number, sketch: Partial<Sketch>): Sketch => ({
  op: 'patch',
  id: 'x',
  epoch: 'lost',
  healed: { epoch: 'lost', seq },
  ...sketch,
});
const create = (seq: number, fields: Sketch['fields']): Sketch => lost(seq, { op: 'put', fields, was: {} });

const openConflicts = async ({ engine, space }: TestBench) => {
  const found = await engine.conflicts(space, { state: 'open' });
  return found.ok ? found.value.conflicts : [];
};

test('an edit of another lost log is gone with the record that was deleted, and not in the one that was made after', async () => {
  const bench = createBench(app);
  await bench.client('a').push(create(1, { last: 'a' }));
  await bench.client('b').push(lost(9, { fields: { last: 'b' }, was: { last: 'a' }, healed: { epoch: 'lost before', seq: 9 } }));
  await bench.client('c').push(lost(3, { op: 'delete', was: { last: 'a' } }));
  await bench.client('d').push(create(4, { count: 1 }));
  expect(await bench.fields('notes', 'x')).toEqual({ count: 1 });
});

test('an edit that came upon the delete is not in the record that was made after', async () => {
  const bench = createBench(app);
  await bench.client('b').push(lost(3, { fields: { last: 'b' }, was: { last: 'a' }, base: 1 }));
  await bench.client('c').push(lost(3, { op: 'delete', was: { last: 'a' }, base: 1 }));
  await bench.client('d').push(create(4, { count: 1 }));
  expect(await bench.fields('notes', 'x')).toEqual({ count: 1 });
});

test('all edits of a client wait in one conflict, which the create closes', async () => {
  const bench = createBench(app);
  const b = bench.client('b');
  const first = await b.push(lost(2, { fields: { last: 'b' }, was: {}, base: 1 }));
  const second = await b.push(lost(3, { fields: { other: 'b' }, was: { last: 'b' }, base: 1 }));
  expect(second.accepted[0]?.conflictIds).toEqual(first.accepted[0]?.conflictIds);
  expect(await openConflicts(bench)).toMatchObject([{ mine: { last: 'b', other: 'b' }, outcome: 'theirs' }]);
  await bench.client('a').push(create(1, { last: 'a', count: 1 }));
  expect(await bench.fields('notes', 'x')).toEqual({ last: 'b', other: 'b', count: 1 });
  expect(await openConflicts(bench)).toEqual([]);
});

test('a field that a waiting edit cleared stays cleared', async () => {
  const bench = createBench(app);
  await bench.client('b').push(lost(2, { fields: { last: null }, was: { last: 'a' }, base: 1 }));
  await bench.client('a').push(create(1, { last: 'a', other: 'a' }));
  expect(await bench.fields('notes', 'x')).toEqual({ other: 'a' });
});

test('a create that says what the waiting edit said makes the record', async () => {
  const bench = createBench(app);
  await bench.client('b').push(lost(2, { fields: { last: 'b' }, was: { last: 'a' }, base: 1 }));
  const answer = await bench.client('a').push(create(1, { last: 'b' }));
  expect(answer.accepted).toMatchObject([{ status: 'applied' }]);
  expect(await bench.fields('notes', 'x')).toEqual({ last: 'b' });
});

test('where create and waiting edit are too large together, the create is refused and the edit goes on waiting', async () => {
  const bench = createBench(app);
  await bench.client('b').push(lost(2, { fields: { last: 'b'.repeat(120) }, was: {}, base: 1 }));
  const answer = await bench.client('a').push(create(1, { other: 'a'.repeat(120) }));
  expect(answer.rejected).toMatchObject([{ code: 'RECORD_TOO_LARGE' }]);
  expect(await bench.fields('notes', 'x')).toBeUndefined();
  expect(await openConflicts(bench)).toHaveLength(1);
});

test('what a lost edit without a was has seen is looked up in the log', async () => {
  const bench = createBench(app);
  await bench.client('a').push({ op: 'put', id: 'y', fields: { last: 'y' }, was: {} });
  const answer = await bench.client('b').push(lost(2, { fields: { count: 3 }, base: 1, epoch: undefined }));
  expect(answer.accepted).toMatchObject([{ status: 'conflict' }]);
  await bench.client('a').push({ ...create(1, { last: 'a' }), n: 2 });
  expect(await bench.fields('notes', 'x')).toEqual({ last: 'a', count: 3 });
});

test('a lost edit that says what stands there already takes no seq, and is the newest of its field only', async () => {
  const bench = createBench(app);
  await bench.client('a').push(create(1, { last: 'a', other: 'a' }));
  await bench.client('b').push({ op: 'patch', id: 'x', fields: { other: 'b' }, was: { other: 'a' }, base: 1 });
  await bench.client('c').push({ op: 'patch', id: 'x', fields: { count: 1 }, was: {}, base: 2 });
  const answer = await bench.client('d').push(lost(5, { fields: { last: 'a' }, was: { last: 'a' }, base: 1 }));
  expect(answer).toMatchObject({ accepted: [{ status: 'applied', seq: 3 }], latestVersion: 3 });
  await bench.client('a').push({ op: 'put', id: 'y', n: 2, fields: { last: 'y' }, was: {} });
  const patch = { op: 'patch' as const, id: 'x', fields: { last: 'e', other: 'e' }, was: { last: 'q', other: 'q' }, base: 0 };
  await bench.client('e').push(patch);
  const conflicts = await openConflicts(bench);
  const theirs = conflicts.map(({ field, theirsBy: { clientId, seq } }) => [field, clientId, seq]);
  expect(theirs.sort()).toEqual([
    ['last', 'd', 3],
    ['other', 'b', 2],
  ]);
});

test('a delete that comes back before what it deleted keeps that deleted, and lets come what was made after', async () => {
  const bench = createBench(app);
  const answer = await bench.client('c').push(lost(3, { op: 'delete', was: { last: 'a' }, base: 1 }));
  expect(answer.accepted).toMatchObject([{ status: 'applied', seq: 1, revision: 1 }]);
  await bench.client('a').push(create(1, { last: 'a' }));
  await bench.client('b').push(lost(2, { fields: { last: 'b' }, was: { last: 'a' }, base: 1 }));
  expect(await bench.fields('notes', 'x')).toBeUndefined();
  expect(await openConflicts(bench)).toEqual([]);
  await bench.client('d').push(create(4, { other: 'd' }));
  expect(await bench.fields('notes', 'x')).toEqual({ other: 'd' });
});

test('who deleted a record and then offers an older edit of it is told that it is deleted', async () => {
  const bench = createBench(app);
  const c = bench.client('c');
  await c.push(create(1, { last: 'c' }), lost(3, { op: 'delete', was: { last: 'c' }, base: 1 }));
  const answer = await c.push(lost(2, { fields: { last: 'cc' }, was: { last: 'c' }, base: 1 }));
  expect(answer.accepted).toMatchObject([{ status: 'applied', record: { deleted: true } }]);
});

const winning = defineApp({
  name: 'test',
  schemaVersion: 1,
  collections: { notes: defineCollection({ name: 'notes', fields: notes.fields, onDelete: 'editWins' }) },
});

test.each([
  ['deleteWins', app],
  ['editWins', winning],
] as const)('all edits of a client wait for the create, which has them all (%s)', async (_, of) => {
  const bench = createBench(of);
  const b = bench.client('b');
  await b.push(lost(2, { fields: { last: 'b' }, was: {}, base: 1 }));
  await b.push(lost(3, { fields: { other: 'b' }, was: { last: 'b' }, base: 1 }));
  expect(await bench.fields('notes', 'x')).toBeUndefined();
  await bench.client('a').push(create(1, { last: 'a', count: 1 }));
  expect(await bench.fields('notes', 'x')).toEqual({ last: 'b', other: 'b', count: 1 });
  expect(await openConflicts(bench)).toEqual([]);
});

test('an edit that came after the delete waits where deletes win, and brings the record back where edits win', async () => {
  const late = lost(4, { fields: { last: 'd' }, was: { last: 'a' }, base: 1 });
  const deleted = async (of: typeof app) => {
    const bench = createBench(of);
    await bench.client('a').push(create(1, { last: 'a', other: 'a' }));
    await bench.client('c').push(lost(3, { op: 'delete', was: { last: 'a', other: 'a' }, base: 1 }));
    const answer = await bench.client('d').push(late);
    return { bench, answer };
  };
  const waiting = await deleted(app);
  expect(waiting.answer.accepted).toMatchObject([{ status: 'conflict', record: { deleted: true } }]);
  expect(await openConflicts(waiting.bench)).toMatchObject([{ field: '*', mine: { last: 'd' }, outcome: 'theirs' }]);
  const brought = await deleted(winning);
  expect(brought.answer.accepted).toMatchObject([{ status: 'conflict', record: { fields: { last: 'd', other: 'a' } } }]);
  expect(await openConflicts(brought.bench)).toMatchObject([{ field: '*', outcome: 'mine' }]);
});

test('an edit since the restore, of what was deleted in the lost log, is an edit of a deleted record', async () => {
  const bench = createBench(app);
  await bench.client('a').push(create(1, { last: 'a' }));
  await bench.client('c').push(lost(3, { op: 'delete', was: { last: 'a' }, base: 1 }));
  const answer = await bench.client('e').push({ op: 'patch', id: 'x', fields: { other: 'e' }, was: {}, base: 1 });
  expect(answer.accepted).toMatchObject([{ status: 'conflict' }]);
  expect(await openConflicts(bench)).toMatchObject([{ field: '*', mine: { last: 'a', other: 'e' }, theirsBy: { clientId: 'c' } }]);
});

test('a delete takes with it what was written before it in the lost log, and leaves what was written after', async () => {
  const bench = createBench(app);
  await bench.client('a').push(create(1, { last: 'a' }));
  await bench.client('b').push(lost(2, { fields: { other: 'b' }, was: {}, base: 1 }));
  const answer = await bench.client('c').push(lost(3, { op: 'delete', was: { last: 'a' }, base: 1 }));
  expect(answer.accepted).toMatchObject([{ status: 'applied' }]);
  expect(await bench.fields('notes', 'x')).toBeUndefined();
  expect(await openConflicts(bench)).toEqual([]);
  const later = createBench(app);
  await later.client('a').push(create(1, { last: 'a' }));
  await later.client('d').push(lost(4, { fields: { other: 'd' }, was: {}, base: 1 }));
  const late = await later.client('c').push(lost(3, { op: 'delete', was: { last: 'a' }, base: 1 }));
  expect(late.accepted).toMatchObject([{ status: 'applied', record: { fields: { last: 'a', other: 'd' } } }]);
  expect(await openConflicts(later)).toEqual([]);
});

test('of two deletes the later one counts, in whatever order they come', async () => {
  for (const order of [
    [3, 6],
    [6, 3],
  ]) {
    const bench = createBench(app);
    await bench.client('a').push(create(1, { last: 'a' }));
    for (const seq of order) await bench.client(`c${seq}`).push(lost(seq, { op: 'delete', was: { last: 'a' }, base: 1 }));
    await bench.client('d').push(create(5, { other: 'd' }));
    expect(await bench.fields('notes', 'x')).toBeUndefined();
    await bench.client('e').push(create(7, { other: 'e' }));
    expect(await bench.fields('notes', 'x')).toEqual({ other: 'e' });
  }
});

test('a delete since the restore stays as it is, whatever delete of the lost log comes after it', async () => {
  const bench = createBench(app);
  await bench.client('a').push(create(1, { last: 'a' }));
  await bench.client('e').push({ op: 'delete', id: 'x', was: { last: 'a' }, base: 1 });
  await bench.client('c').push(lost(3, { op: 'delete', was: { last: 'a' }, base: 1 }));
  const answer = await bench.client('d').push(lost(4, { fields: { last: 'd' }, was: { last: 'a' }, base: 1 }));
  expect(answer.accepted).toMatchObject([{ status: 'conflict' }]);
  expect(await openConflicts(bench)).toMatchObject([{ field: '*', theirsBy: { clientId: 'e' } }]);
});

test.each([
  [3, 'came after what the restored log has kept: nothing is concurrent', []],
  [2, 'would have stood where the restored log has something else: that was written since', ['c']],
])('a write at seq %i %s', async (seq, _, conflicts) => {
  const bench = createBench(app);
  await bench.client('a').push({ op: 'put', id: 'x', fields: { last: 'a' }, was: {} });
  await bench.client('b').push({ op: 'patch', id: 'x', fields: { last: 'b' }, was: { last: 'a' }, base: 1 });
  const { epoch = '' } = (await bench.storage.readSpace(bench.space.key)) ?? {};
  await bench.engine.startEpoch(bench.space);
  const edit: Sketch = { op: 'patch', id: 'x', fields: { last: 'c' }, was: { last: 'a' }, base: 1, epoch, healed: { epoch, seq } };
  await bench.client('c').push(edit);
  expect(await bench.fields('notes', 'x')).toEqual({ last: 'c' });
  expect((await openConflicts(bench)).map(({ mine }) => mine)).toEqual(conflicts);
});
