import { CONFLICTS, defineApp, defineCollection, review } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench, type TestBench } from '../test-engine.suite.ts';

const text = z.string().optional();
const notes = defineCollection({ name: 'notes', fields: { title: { schema: text, merge: review() }, note: { schema: text } } });
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });

const open = async (bench: TestBench) => {
  const listed = await bench.engine.conflicts(bench.space, { state: 'open' });
  return listed.ok ? listed.value.conflicts : [];
};
const idOf = async (bench: TestBench): Promise<string> => (await open(bench))[0]?.conflictId ?? '';

/** x with an open conflict about `title`: b's stands, c's waits. */
const withConflict = async (id = 'x', bench = createBench(app)): Promise<TestBench> => {
  await bench.client(`maker ${id}`).push({ op: 'put', id, fields: { title: 'o' }, was: {} });
  const { latestVersion: base } = await bench.client(`b ${id}`).push({ op: 'patch', id, fields: { note: 'n' }, was: {} });
  await bench.client(`d ${id}`).push({ op: 'patch', id, fields: { title: 'b' }, was: { title: 'o' }, base });
  await bench.client(`c ${id}`).push({ op: 'patch', id, fields: { title: 'c' }, was: { title: 'o' }, base });
  return bench;
};

describe('a conflict about a field of a record that is gone', () => {
  it.each([false, true])('can be put aside, and never brings anything back (compacted: %s)', async (compacted) => {
    const bench = await withConflict();
    const { head } = (await bench.storage.readSpace(bench.space.key)) ?? { head: 0 };
    await bench.client('e').push({ op: 'delete', id: 'x', was: { title: 'b', note: 'n' }, base: head });
    if (compacted) await bench.engine.compact(bench.space, head + 1);
    const id = await idOf(bench);
    expect(await bench.engine.resolve(bench.space, id, { choose: 'mine' })).toMatchObject({ error: { code: 'RECORD_NOT_FOUND' } });
    expect(await bench.engine.resolve(bench.space, id, { choose: 'theirs' })).toMatchObject({ ok: true });
    expect(await open(bench)).toEqual([]);
    expect(await bench.fields('notes', 'x')).toBeUndefined();
  });
});

describe('a conflict about a record whose tombstone was compacted away', () => {
  it.each(['mine', 'theirs'] as const)('is resolved for good: %s', async (choose) => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    await bench.engine.compact(bench.space, 2);
    await bench.client('c').push({ op: 'put', id: 'x', fields: { title: 'c' }, was: { title: 'o' }, base: 1 });
    expect(await bench.engine.resolve(bench.space, await idOf(bench), { choose })).toMatchObject({ ok: true });
    expect(await open(bench)).toEqual([]);
    expect(await bench.fields('notes', 'x')).toEqual(choose === 'mine' ? { title: 'c' } : undefined);
  });
});

describe('resolving', () => {
  it('sends the resolved conflict to the client that raised it', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1 });
    const c = bench.client('c');
    const raised = await c.push({ op: 'patch', id: 'x', fields: { title: 'c' }, was: { title: 'o' }, base: 1 });
    const id = raised.accepted[0]?.conflictIds?.[0] ?? '';
    const answer = await c.push({ op: 'patch', collection: CONFLICTS, id, fields: { choose: 'mine' }, base: raised.latestVersion });
    expect(answer.accepted[0]?.record).toMatchObject({ collection: CONFLICTS, id, fields: { state: 'resolved' } });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'c' });
  });

  it('takes many at once, from a push and from many callers', async () => {
    const bench = createBench(app);
    for (let i = 0; i < 100; i += 1) await withConflict(`x${i}`, bench);
    const [first, rest] = [(await open(bench)).slice(0, 60), (await open(bench)).slice(60)];
    const answers = await Promise.all(first.map(({ conflictId }) => bench.engine.resolve(bench.space, conflictId, { choose: 'mine' })));
    expect(answers.every((answer) => answer.ok)).toBe(true);
    const resolutions = rest.map(({ conflictId: id }) => ({
      op: 'patch' as const,
      collection: CONFLICTS,
      id,
      fields: { choose: 'theirs' },
    }));
    expect((await bench.client('z').push(...resolutions)).accepted).toHaveLength(40);
    expect(await open(bench)).toEqual([]);
  });

  it('a further conflict never pushes a value out of the inbox that nobody has decided about', async () => {
    const bench = await withConflict();
    const { head } = (await bench.storage.readSpace(bench.space.key)) ?? { head: 0 };
    // c has seen b's value and its own conflict, and edits again; meanwhile e edits too.
    await bench.client('e').push({ op: 'patch', id: 'x', fields: { title: 'e' }, was: { title: 'b' }, base: head });
    await bench.client('c x').push({ op: 'patch', id: 'x', fields: { title: 'c2' }, was: { title: 'b' }, base: head, n: 2 });
    expect((await open(bench)).map(({ mine }) => mine).sort()).toEqual(['c', 'c2']);
  });

  it('nor does one that replaces a value which the rule had dropped', async () => {
    const bench = createBench(app);
    const patch = (note: string, was: string, base = 1) => ({ op: 'patch' as const, id: 'x', fields: { note }, was: { note: was }, base });
    await bench.client('a').push({ op: 'put', id: 'x', fields: { note: 'o' }, was: {} });
    await bench.client('b').push(patch('b', 'o'));
    const c = bench.client('c');
    const first = await c.push(patch('c', 'o'));
    await bench.client('d').push(patch('d', 'c', first.latestVersion));
    await c.push(patch('c2', 'c'));
    expect((await open(bench)).map(({ theirs }) => theirs).sort()).toEqual(['b', 'd']);
  });
});
