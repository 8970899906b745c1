import {
  counter,
  defineApp,
  defineCollection,
  type JsonObject,
  list,
  type MergeRule,
  map,
  max,
  newest,
  review,
  set,
} from '@tidemark/protocol';
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
    items: { schema: z.array(z.record(z.string(), z.string())).optional(), merge: list() },
    due: { schema: z.string().nullable().optional() },
  },
});
const word = { schema: z.string().optional() };
const counted = defineCollection({
  name: 'counted',
  fields: { title: word, plain: word, mood: word, edits: { schema: z.number().optional(), derived: true } },
  derive: (previous) => ({ edits: Number(previous?.edits ?? 0) + 1 }),
});
const formerNotes = defineCollection({ name: 'notes', fields: { ...notes.fields, former: word } });
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes, counted } });

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

  it.each([
    ['what another has changed and changed back', 'o', 'c', 'c'],
    ['what was sent as it was seen', 'b', 'o', 'b'],
  ])('asks no rule about %s', async (_, theirs, mine, left) => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', draft: 'o' }, was: {} });
    const b = bench.client('b');
    await b.push({ op: 'patch', id: 'x', fields: { draft: 'b' }, was: { draft: 'o' }, base: 1 });
    await b.push({ op: 'patch', id: 'x', fields: { draft: theirs }, was: { draft: 'b' }, base: 2 });
    await bench.client('c').push({ op: 'patch', id: 'x', fields: { draft: mine }, was: { draft: 'o' }, base: 1 });
    expect(await bench.fields('notes', 'x')).toMatchObject({ draft: left });
  });

  it('says of a combined value of which something was dropped that it is merged', async () => {
    const bench = createBench(app);
    const items = (...names: string[]) => names.map((name, i) => ({ id: `${i}`, name }));
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', items: items('o', 'o') }, was: {} });
    const patch = (...names: string[]) =>
      ({ op: 'patch', id: 'x', fields: { items: items(...names) }, was: { items: items('o', 'o') }, base: 1 }) as const;
    await bench.client('b').push(patch('b', 'b'));
    const answer = await bench.client('c').push(patch('c', 'o'));
    expect(answer.accepted[0]).toMatchObject({ status: 'conflict', record: { fields: { items: items('c', 'b') } } });
    expect(await bench.engine.conflicts(bench.space, { state: 'open' })).toMatchObject({
      value: { conflicts: [{ field: 'items', outcome: 'merged', rule: 'list' }] },
    });
  });

  it('takes null for a value in a put, and for no value in a patch', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 'o', due: 'now' }, was: {} });
    await a.push({ op: 'put', id: 'x', fields: { title: 'o', due: null }, was: { title: 'o', due: 'now' }, base: 1 });
    expect(await bench.fields('notes', 'x')).toMatchObject({ due: null });
    await a.push({ op: 'patch', id: 'x', fields: { due: null }, was: { due: null }, base: 2 });
    expect(await bench.fields('notes', 'x')).not.toHaveProperty('due');
  });

  it('is about no derived field, though it names one', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', collection: 'counted', id: 'x', fields: { title: 'o' }, was: {} });
    await bench
      .client('b')
      .push({ op: 'patch', collection: 'counted', id: 'x', fields: { plain: 'b', edits: 7 }, was: { edits: 1 }, base: 1 });
    const answer = await bench
      .client('c')
      .push({ op: 'patch', collection: 'counted', id: 'x', fields: { mood: 'c', edits: 8 }, was: { edits: 1 }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('applied');
    expect(await bench.fields('counted', 'x')).toEqual({ title: 'o', plain: 'b', mood: 'c', edits: 3 });
  });

  it('stores a value as its schema makes it, not as it was sent', async () => {
    const trimmed = defineCollection({ name: 'notes', fields: { title: { schema: z.string().trim() }, body: word } });
    const bench = createBench(defineApp({ name: 'test', schemaVersion: 1, collections: { notes: trimmed } }));
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { body: 'b', title: ' one ' }, was: {} });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'one', body: 'b' });
    await a.push({ op: 'put', id: 'x', fields: { title: ' two ', body: 'b' }, was: { title: 'one', body: 'b' }, base: 1 });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'two', body: 'b' });
  });

  it('stores a value as its schema makes it, also where that is all that was sent', async () => {
    const trimmed = defineCollection({ name: 'notes', fields: { title: { schema: z.string().trim() } } });
    const bench = createBench(defineApp({ name: 'test', schemaVersion: 1, collections: { notes: trimmed } }));
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: ' one ' }, was: {} });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'one' });
  });

  it('is not concurrent with what its base covers, where it names the epoch of the log', async () => {
    const bench = createBench(app);
    const created = await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', plain: 'a' }, was: {} });
    const edit = { op: 'patch', id: 'x', fields: { plain: 'b' }, was: { plain: 'else' }, base: 1 } as const;
    const seen = await bench.client('b').push({ ...edit, epoch: created.epoch });
    expect(seen.accepted).toMatchObject([{ status: 'applied' }]);
    const lost = await bench.client('c').push({ ...edit, fields: { plain: 'c' }, base: 2, epoch: 'lost' });
    expect(lost.accepted).toMatchObject([{ status: 'conflict' }]);
  });

  it('makes no record with a derived field that its author made up', async () => {
    const derive = (previous: JsonObject | null) => (previous === null ? {} : { edits: 2 });
    const lazy = defineCollection({ name: 'notes', fields: counted.fields, derive });
    const bench = createBench(defineApp({ name: 'test', schemaVersion: 1, collections: { notes: lazy } }));
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', edits: 7 }, was: {} });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'o' });
  });

  it('of a put without was clears what stood there at its base', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', mood: 'o' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { plain: 'b' }, was: {}, base: 1 });
    await bench.client('c').push({ op: 'put', id: 'x', fields: { title: 'c' }, base: 1 });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'c', plain: 'b' });
  });

  it('is refused where the record would become too large', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    const long = 'x'.repeat(150_000);
    await a.push({ op: 'put', id: 'x', fields: { title: long }, was: {} });
    const answer = await a.push({ op: 'patch', id: 'x', fields: { plain: long }, was: {}, base: 1 });
    expect(answer.rejected).toMatchObject([{ code: 'RECORD_TOO_LARGE' }]);
    expect(await bench.fields('notes', 'x')).toEqual({ title: long });
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
    expect(await bench.engine.conflicts(bench.space, { state: 'open' })).toMatchObject({
      value: { conflicts: [{ field: 'plain', was: null, mine: 'c', theirs: 'bb', outcome: 'theirs' }] },
    });
  });

  it('is no conflict where both came to the same, though what was seen is compacted away', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o', count: 1 }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { count: 2 }, was: { count: 1 }, base: 1 });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { count: 3 }, was: { count: 2 }, base: 2, n: 2 });
    expect(await bench.engine.compact(bench.space, 3)).toMatchObject({ ok: true });
    const answer = await bench.client('c').push({ op: 'patch', id: 'x', fields: { count: 3 }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('applied');
    expect(await bench.fields('notes', 'x')).toMatchObject({ count: 3 });
  });
});
