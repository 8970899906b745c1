import { counter, defineApp, defineCollection, type MergeRule, map, max, newest, review, set } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench } from '../test-engine.suite.ts';

/** A rule of an app's own that lets go of what two have edited. */
const letGo: MergeRule = { name: 'letGo', when: 'concurrent', combines: true, merge: () => ({ value: undefined, dropped: 'none' }) };

const notes = defineCollection({
  name: 'notes',
  fields: {
    title: { schema: z.string(), merge: newest() },
    body: { schema: z.string().optional(), merge: review() },
    tags: { schema: z.array(z.string()).optional(), merge: set() },
    count: { schema: z.number().optional(), merge: counter() },
    best: { schema: z.number().optional(), merge: max() },
    mood: { schema: z.string().optional(), quiet: true },
    plain: { schema: z.string().optional() },
    votes: { schema: z.record(z.string(), z.number()).optional(), merge: map(counter()) },
    draft: { schema: z.string().optional(), merge: letGo },
  },
});
const formerNotes = defineCollection({ name: 'notes', fields: { ...notes.fields, former: { schema: z.string().optional() } } });
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });

describe('field edits', () => {
  it('creates, patches and counts revisions', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    const created = await a.push({ op: 'put', id: 'x', fields: { title: 'one' }, was: {} });
    expect(created.accepted).toEqual([{ mutationId: 'a-1', status: 'applied', seq: 1, revision: 1 }]);
    const patched = await a.push({ op: 'patch', id: 'x', fields: { title: 'two' }, was: { title: 'one' }, base: 1 });
    expect(patched.accepted).toEqual([{ mutationId: 'a-2', status: 'applied', seq: 2, revision: 2 }]);
    expect(patched.ackedN).toBe(2);
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'two' });
  });

  it('merges edits of different fields without a conflict and sends the record', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'one' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { tags: ['t'] }, was: {}, base: 1 });
    const late = await bench.client('c').push({ op: 'patch', id: 'x', fields: { title: 'two' }, was: { title: 'one' }, base: 1 });
    expect(late.accepted[0]).toMatchObject({ status: 'applied', record: { fields: { title: 'two', tags: ['t'] } } });
  });

  it('lets the newer clock win for newest and keeps the loser as a conflict', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1, at: bench.env.now - 5 });
    const answer = await bench
      .client('c')
      .push({ op: 'patch', id: 'x', fields: { title: 'c' }, was: { title: 'o' }, base: 1, at: bench.env.now - 9 });
    expect(answer.accepted[0]).toMatchObject({ status: 'conflict', record: { fields: { title: 'b' } } });
    const conflicts = await bench.engine.conflicts(bench.space, { state: 'open' });
    expect(conflicts).toMatchObject({
      ok: true,
      value: {
        conflicts: [
          {
            field: 'title',
            was: 'o',
            mine: 'c',
            theirs: 'b',
            outcome: 'theirs',
            rule: 'newest',
            mineBy: { clientId: 'c' },
            theirsBy: { clientId: 'b', mutationId: 'b-1' },
          },
        ],
      },
    });
  });

  it('does not lose the other part of a combined value to a second queued edit', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', count: 0 }, was: {} });
    await bench.client('a').push({ op: 'patch', id: 'x', fields: { count: 5 }, was: { count: 0 }, base: 1, n: 2 });
    await bench
      .client('b')
      .push(
        { op: 'patch', id: 'x', fields: { count: 1 }, was: { count: 0 }, base: 1 },
        { op: 'patch', id: 'x', fields: { count: 2 }, was: { count: 1 }, base: 1 },
      );
    expect(await bench.fields('notes', 'x')).toMatchObject({ count: 7 });
  });

  it('adds up two counts that came to the same number', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', count: 5 }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { count: 6 }, was: { count: 5 }, base: 1 });
    await bench.client('c').push({ op: 'patch', id: 'x', fields: { count: 6 }, was: { count: 5 }, base: 1 });
    expect(await bench.fields('notes', 'x')).toMatchObject({ count: 7 });
  });

  it('holds max for every write and raises nothing', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 'o', best: 7 }, was: {} });
    const answer = await a.push({ op: 'patch', id: 'x', fields: { best: 3 }, was: { best: 7 }, base: 1 });
    expect(answer.accepted[0]).toMatchObject({ status: 'merged', seq: 1, record: { fields: { best: 7 } } });
    expect(answer.latestVersion).toBe(1);
  });

  it('updates the open conflict of the same client and field', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', body: '0' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { body: 'b' }, was: { body: '0' }, base: 1 });
    const c = bench.client('c');
    const answer = await c.push(
      { op: 'patch', id: 'x', fields: { body: 'c1' }, was: { body: '0' }, base: 1 },
      { op: 'patch', id: 'x', fields: { body: 'c2' }, was: { body: 'c1' }, base: 1 },
    );
    expect(answer.accepted.map((accepted) => accepted.conflictIds)).toEqual([
      answer.accepted[0]?.conflictIds,
      answer.accepted[0]?.conflictIds,
    ]);
    const listed = await bench.engine.conflicts(bench.space, { state: 'all' });
    expect(listed).toMatchObject({ ok: true, value: { conflicts: [{ mine: 'c2', was: '0', theirs: 'b' }] } });
  });

  it('keeps what a quiet field drops as a resolved conflict', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', mood: '0' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { mood: 'b' }, was: { mood: '0' }, base: 1 });
    const answer = await bench.client('c').push({ op: 'patch', id: 'x', fields: { mood: 'c' }, was: { mood: '0' }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('merged');
    expect(await bench.engine.conflicts(bench.space, { state: 'open' })).toMatchObject({ value: { conflicts: [] } });
    expect(await bench.engine.conflicts(bench.space, { state: 'resolved' })).toMatchObject({
      value: { conflicts: [{ mine: 'c', theirs: 'b' }] },
    });
  });

  it('clears a field whose rule answers no value', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', draft: 'o' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { draft: 'b' }, was: { draft: 'o' }, base: 1 });
    const answer = await bench.client('c').push({ op: 'patch', id: 'x', fields: { draft: 'c' }, was: { draft: 'o' }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('merged');
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'o' });
  });

  it('keeps theirs, and mine as a conflict, where both together are more than JSON may hold', async () => {
    const bench = createBench(app);
    const votesOf = (name: string) => Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`${name}${i}`, 1]));
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { votes: votesOf('b') }, was: {}, base: 1 });
    const answer = await bench.client('c').push({ op: 'patch', id: 'x', fields: { votes: votesOf('c') }, was: {}, base: 1 });
    expect(answer.accepted[0]?.status).toBe('conflict');
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'o', votes: votesOf('b') });
    expect(await bench.engine.conflicts(bench.space, { state: 'open' })).toMatchObject({
      value: { conflicts: [{ field: 'votes', mine: votesOf('c'), outcome: 'theirs' }] },
    });
  });

  it('leaves alone a field that the collection no longer has', async () => {
    const former = createBench(defineApp({ name: 'test', schemaVersion: 1, collections: { notes: formerNotes } }));
    await former.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', former: 'f' }, was: {} });
    const bench = createBench(app, former.storage);
    const answer = await bench.client('b').push({ op: 'put', id: 'x', fields: { title: 'b' }, was: { title: 'o', former: 'f' }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('applied');
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'b', former: 'f' });
  });

  it('takes the value at the base from the history when no was is sent', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', tags: ['a', 'b'] }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { tags: ['a', 'b', 'c'] }, was: { tags: ['a', 'b'] }, base: 1 });
    const answer = await bench.client('c').push({ op: 'patch', id: 'x', fields: { tags: ['a'] }, base: 1 });
    expect(answer.accepted[0]).toMatchObject({ status: 'merged', record: { fields: { tags: ['a', 'c'] } } });
  });

  it('never guesses: without was and with the base compacted away it is a conflict', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', plain: '0' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { plain: 'b' }, was: { plain: '0' }, base: 1 });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { plain: 'bb' }, was: { plain: 'b' }, base: 2, n: 2 });
    expect(await bench.engine.compact(bench.space, 3)).toMatchObject({ ok: true });
    const answer = await bench.client('c').push({ op: 'patch', id: 'x', fields: { plain: 'c' }, base: 1 });
    expect(answer.accepted[0]).toMatchObject({ status: 'conflict', record: { fields: { plain: 'bb' } } });
  });
});
