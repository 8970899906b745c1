import { defineApp, defineCollection, newest, review } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench, type Sketch, type TestBench } from '../test-engine.suite.ts';

// What a conflict says, and when a further one of the same client goes on where it began.

const text = { schema: z.string().optional() };
const appOf = (onDelete: 'deleteWins' | 'editWins') => {
  const fields = { title: { ...text, merge: review() }, note: text, quiet: { ...text, merge: newest(), quiet: true } };
  return defineApp({ name: 'test', schemaVersion: 1, collections: { notes: defineCollection({ name: 'notes', fields, onDelete }) } });
};
const open = (onDelete: 'deleteWins' | 'editWins' = 'deleteWins'): TestBench => createBench(appOf(onDelete));

const patch = (fields: Sketch['fields'], was: Sketch['was'], more: Partial<Sketch> = {}): Sketch => ({
  op: 'patch',
  id: 'x',
  fields,
  was,
  base: 1,
  ...more,
});
const conflictsOf = async ({ engine, space }: TestBench, state: 'open' | 'all' = 'open') => {
  const listed = await engine.conflicts(space, { state });
  return listed.ok ? listed.value.conflicts : [];
};

describe('a conflict', () => {
  it('names who wrote what stands, when and by which mutation', async () => {
    const bench = open();
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    const at = bench.env.now - 7;
    await bench.client('b').push(patch({ title: 'b' }, { title: 'o' }, { at }));
    await bench.client('c').push(patch({ title: 'c' }, { title: 'o' }, { at: at - 1 }));
    expect(await conflictsOf(bench)).toMatchObject([
      {
        mineBy: { clientId: 'c', mutationId: 'c-1', at: at - 1 },
        theirsBy: { clientId: 'b', mutationId: 'b-1', at, seq: 2 },
        collection: 'notes',
        id: 'x',
      },
    ]);
  });

  it('names them without the mutation where that was compacted away, and nobody where nobody is known', async () => {
    const bench = open();
    const b = bench.client('b');
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} }, { op: 'put', id: 'y', fields: {}, was: {} });
    await b.push(patch({ title: 'b' }, { title: 'o' }), patch({ note: 'b' }, {}), { op: 'delete', id: 'y', was: {}, base: 2 });
    expect(await bench.engine.compact(bench.space, 5)).toMatchObject({ ok: true });
    await bench.client('c').push(patch({ title: 'c' }, { title: 'o' }), { ...patch({ title: 'c' }, {}), id: 'y' });
    const [ofField, ofRecord] = ['title', '*'].map((name) => conflictsOf(bench).then((all) => all.find(({ field }) => field === name)));
    expect((await ofField)?.theirsBy).toEqual({ clientId: 'b', at: bench.env.now, seq: 3 });
    expect((await ofRecord)?.theirsBy).toEqual({ clientId: '', at: 0 });
  });

  it('about a record that is gone for good holds all that its author would have left', async () => {
    const bench = open();
    const was = { title: 'o', note: 'o' };
    await bench.client('a').push({ op: 'put', id: 'x', fields: was, was: {} }, { op: 'delete', id: 'x', was });
    await bench.engine.compact(bench.space, 2);
    const replaced = await bench.client('b').push({ op: 'put', id: 'x', fields: { title: 'b' }, was, base: 1 });
    const patched = await bench.client('c').push(patch({ title: 'c' }, was));
    const told = await conflictsOf(bench);
    const mineOf = (id: string | undefined) => told.find(({ conflictId }) => conflictId === id)?.mine;
    expect(mineOf(replaced.accepted[0]?.conflictIds?.[0])).toEqual({ title: 'b' });
    expect(mineOf(patched.accepted[0]?.conflictIds?.[0])).toEqual({ title: 'c', note: 'o' });
  });

  it('of a quiet field is resolved by the value that stands, be it theirs or mine', async () => {
    const bench = open();
    await bench.client('a').push({ op: 'put', id: 'x', fields: { quiet: 'o' }, was: {} });
    await bench.client('b').push(patch({ quiet: 'b' }, { quiet: 'o' }, { at: bench.env.now - 5 }));
    await bench.client('c').push(patch({ quiet: 'c' }, { quiet: 'o' }, { at: bench.env.now - 9 }));
    await bench.client('d').push(patch({ quiet: 'd' }, { quiet: 'o' }, { at: bench.env.now - 1 }));
    const said = (await conflictsOf(bench, 'all')).map(({ state, outcome, resolution }) => [
      state,
      outcome,
      resolution?.choose,
      resolution?.value,
    ]);
    expect(said.sort()).toEqual([
      ['resolved', 'mine', 'quiet', 'd'],
      ['resolved', 'theirs', 'quiet', 'b'],
    ]);
  });
});

describe('a further conflict of the same client, record and field', () => {
  it('goes on where the first began, though what stands has changed: only what was refused is kept', async () => {
    const bench = open();
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push(patch({ title: 'b' }, { title: 'o' }));
    const c = bench.client('c');
    const first = await c.push(patch({ title: 'c' }, { title: 'o' }));
    await bench.client('d').push(patch({ title: 'd' }, { title: 'b' }, { base: first.latestVersion }));
    const second = await c.push(patch({ title: 'cc' }, { title: 'c' }));
    expect(second.accepted[0]?.conflictIds).toEqual(first.accepted[0]?.conflictIds);
    expect(await conflictsOf(bench)).toMatchObject([{ was: 'o', mine: 'cc', theirs: 'd' }]);
  });

  it('goes on where a record was made again by an edit and deleted again', async () => {
    const bench = open('editWins');
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    const c = bench.client('c');
    const first = await c.push(patch({ note: 'c' }, {}));
    await bench.client('d').push({ op: 'delete', id: 'x', was: { title: 'o', note: 'c' }, base: first.latestVersion });
    const second = await c.push(patch({ title: 'c' }, { title: 'o' }));
    expect(second.accepted[0]?.conflictIds).toEqual(first.accepted[0]?.conflictIds);
    expect(await conflictsOf(bench)).toMatchObject([{ field: '*', mine: { title: 'c', note: 'c' }, outcome: 'mine' }]);
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'c', note: 'c' });
  });

  it('is one of its own where the client had seen the first', async () => {
    const bench = open();
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push(patch({ title: 'b' }, { title: 'o' }));
    const c = bench.client('c');
    const first = await c.push(patch({ title: 'c' }, { title: 'o' }));
    await bench.client('d').push(patch({ title: 'd' }, { title: 'b' }, { base: first.latestVersion }));
    await c.push(patch({ title: 'cc' }, { title: 'b' }, { base: first.latestVersion }));
    expect((await conflictsOf(bench)).map(({ was, mine, theirs }) => [was, mine, theirs]).sort()).toEqual([
      ['b', 'cc', 'd'],
      ['o', 'c', 'b'],
    ]);
  });

  it('is a new one after the first was resolved', async () => {
    const bench = open();
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push(patch({ title: 'b' }, { title: 'o' }));
    const c = bench.client('c');
    const first = await c.push(patch({ title: 'c' }, { title: 'o' }));
    const [id = ''] = first.accepted[0]?.conflictIds ?? [];
    expect(await bench.engine.resolve(bench.space, id, { choose: 'theirs' })).toMatchObject({ ok: true });
    const second = await c.push(patch({ title: 'cc' }, { title: 'c' }));
    expect(second.accepted[0]?.conflictIds).not.toEqual(first.accepted[0]?.conflictIds);
    expect((await conflictsOf(bench, 'all')).map(({ state, mine }) => [state, mine]).sort()).toEqual([
      ['open', 'cc'],
      ['resolved', 'c'],
    ]);
  });
});
