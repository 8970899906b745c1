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

  it('is a patch that chooses mine, theirs or a value, and nothing else', async () => {
    const bench = await withConflict();
    const id = await idOf(bench);
    const answer = await bench
      .client('r')
      .push(
        { op: 'patch', collection: CONFLICTS, id, fields: { choose: 'both', value: 'v' } },
        { op: 'patch', collection: CONFLICTS, id, fields: { choose: 'value' } },
        { op: 'put', collection: CONFLICTS, id, fields: { choose: 'mine' } },
        { op: 'delete', collection: CONFLICTS, id },
        { op: 'patch', collection: CONFLICTS, id: 'none', fields: { choose: 'mine' } },
      );
    const codes = [...Array.from({ length: 4 }, () => 'CONFLICT_NOT_WRITABLE'), 'CONFLICT_NOT_FOUND'];
    expect(answer.rejected.map(({ code }) => code)).toEqual(codes);
    expect(await open(bench)).toMatchObject([{ mine: 'c', theirs: 'b' }]);
  });

  it('is concurrent with what its author had not seen, where it says how much that was', async () => {
    const bench = await withConflict();
    const id = await idOf(bench);
    const { head: base } = (await bench.storage.readSpace(bench.space.key)) ?? { head: 0 };
    await bench.client('e').push({ op: 'patch', id: 'x', fields: { title: 'e' }, was: { title: 'b' }, base });
    const answer = await bench.client('r').push({ op: 'patch', collection: CONFLICTS, id, fields: { choose: 'mine' }, base });
    expect(answer.accepted).toMatchObject([{ status: 'conflict', record: { fields: { state: 'resolved' } } }]);
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'e', note: 'n' });
    expect(await open(bench)).toMatchObject([{ mine: 'c', theirs: 'e', mineBy: { clientId: 'r' } }]);
  });

  it('of a whole record by a value leaves that and nothing else', async () => {
    const wins = defineCollection({ name: 'notes', fields: notes.fields, onDelete: 'editWins' });
    const bench = createBench(defineApp({ name: 'test', schemaVersion: 1, collections: { notes: wins } }));
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', note: 'n' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1 });
    await bench.client('c').push({ op: 'delete', id: 'x', was: { title: 'o', note: 'n' }, base: 1 });
    const id = await idOf(bench);
    expect(await bench.engine.resolve(bench.space, id, { choose: 'value', value: 'no fields' })).toMatchObject({
      error: { code: 'VALIDATION_FAILED' },
    });
    expect(await bench.engine.resolve(bench.space, id, { choose: 'value', value: { title: 'v' } })).toMatchObject({ ok: true });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'v' });
  });

  it('leads to a record that its author has not seen: the next answer to that one brings it', async () => {
    const bench = await withConflict();
    const { head: base } = (await bench.storage.readSpace(bench.space.key)) ?? { head: 0 };
    const r = bench.client('r');
    await r.push({ op: 'patch', collection: CONFLICTS, id: await idOf(bench), fields: { choose: 'mine' }, base });
    const answer = await r.push({ op: 'patch', id: 'x', fields: { note: 'r' }, was: { note: 'n' }, base });
    expect(answer.accepted[0]?.record).toMatchObject({ fields: { title: 'c', note: 'r' } });
  });

  it('of one conflict of a client leaves its other one open to go on', async () => {
    const bench = await withConflict();
    const first = await idOf(bench);
    const { head } = (await bench.storage.readSpace(bench.space.key)) ?? { head: 0 };
    const c = (title: string, was: string, base: number, n: number) =>
      bench.client('c x').push({ op: 'patch', id: 'x', fields: { title }, was: { title: was }, base, n });
    await bench.client('e').push({ op: 'patch', id: 'x', fields: { title: 'e' }, was: { title: 'b' }, base: head });
    const second = await c('c2', 'b', head, 2);
    expect(await bench.engine.resolve(bench.space, first, { choose: 'theirs' })).toMatchObject({ ok: true });
    const third = await c('c3', 'c2', head, 3);
    expect(third.accepted[0]?.conflictIds).toEqual(second.accepted[0]?.conflictIds);
  });

  it('is refused where the app no longer has the collection', async () => {
    const bench = await withConflict();
    const other = defineCollection({ name: 'other', fields: { title: { schema: text } } });
    const later = createBench(defineApp({ name: 'test', schemaVersion: 1, collections: { other } }), bench.storage);
    expect(await later.engine.resolve(later.space, await idOf(bench), { choose: 'theirs' })).toMatchObject({
      error: { code: 'UNKNOWN_COLLECTION' },
    });
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
