import { defineApp, defineCollection } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench, type TestBench } from '../test-engine.suite.ts';

const notes = defineCollection({
  name: 'notes',
  fields: { title: { schema: z.string() }, folder: { schema: z.string().optional(), refersTo: 'folders' } },
});
const folders = defineCollection({ name: 'folders', fields: { name: { schema: z.string() } } });
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes, folders } });

const openConflicts = async (bench: TestBench) => {
  const listed = await bench.engine.conflicts(bench.space, { state: 'open' });
  return listed.ok ? listed.value.conflicts : [];
};

/** Folder f was made at seq 1 and deleted at seq 2; folder g stands at 3. */
const withFolders = async () => {
  const bench = createBench(app);
  const maker = bench.client('maker');
  await maker.push({ op: 'put', collection: 'folders', id: 'f', fields: { name: 'F' }, was: {} });
  await maker.push({ op: 'delete', collection: 'folders', id: 'f', was: { name: 'F' }, base: 1 });
  await maker.push({ op: 'put', collection: 'folders', id: 'g', fields: { name: 'G' }, was: {} });
  return bench;
};

describe('a field that refers to another record', () => {
  it.each(['f', 'never'])('is cleared where that is not there (%s), and what it named is in the inbox', async (folder) => {
    const bench = await withFolders();
    const answer = await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 't', folder }, was: {} });
    expect(answer.accepted).toMatchObject([{ status: 'conflict', record: { fields: { title: 't' } } }]);
    expect(await bench.fields('notes', 'x')).toEqual({ title: 't' });
    expect(await openConflicts(bench)).toMatchObject([
      { collection: 'notes', id: 'x', field: 'folder', mine: folder, theirs: null, rule: 'refersTo', outcome: 'theirs' },
    ]);
  });

  it('keeps what is there, also where it was made in the same push', async () => {
    const bench = await withFolders();
    const answer = await bench
      .client('a')
      .push(
        { op: 'put', collection: 'folders', id: 'h', fields: { name: 'H' }, was: {} },
        { op: 'put', id: 'x', fields: { title: 't', folder: 'h' }, was: {} },
        { op: 'put', id: 'y', fields: { title: 't', folder: 'g' }, was: {} },
      );
    expect(answer.accepted.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied']);
    expect([await bench.fields('notes', 'x'), await bench.fields('notes', 'y')]).toMatchObject([{ folder: 'h' }, { folder: 'g' }]);
  });

  it('is cleared by a patch and by a whole replacement, whose other fields are stored', async () => {
    const bench = await withFolders();
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'g' }, was: {} });
    await a.push({ op: 'patch', id: 'x', fields: { folder: 'f' }, was: { folder: 'g' }, base: 4 });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 't' });
    const answer = await a.push({ op: 'put', id: 'x', fields: { title: 'u', folder: 'f' }, was: { title: 't' }, base: 5 });
    expect(answer.accepted).toMatchObject([{ status: 'conflict' }]);
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'u' });
    expect((await openConflicts(bench)).length).toBeGreaterThan(0);
  });

  it('stays as it is where that is deleted later, whatever else of the record is edited', async () => {
    const bench = await withFolders();
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'g' }, was: {} });
    await a.push({ op: 'delete', collection: 'folders', id: 'g', was: { name: 'G' }, base: 3 });
    const whole = { op: 'put', id: 'x', fields: { title: 'u', folder: 'g' }, was: { title: 't', folder: 'g' }, base: 4 } as const;
    expect((await a.push(whole)).accepted).toMatchObject([{ status: 'applied' }]);
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'u', folder: 'g' });
    expect(await openConflicts(bench)).toEqual([]);
  });

  it('gets its value back by resolving the conflict once the other record is there again', async () => {
    const bench = await withFolders();
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'f' }, was: {} });
    await a.push({ op: 'put', collection: 'folders', id: 'f', fields: { name: 'F' }, was: {}, base: 2 });
    const [conflict] = await openConflicts(bench);
    expect(await bench.engine.resolve(bench.space, conflict?.conflictId ?? '', { choose: 'mine' })).toMatchObject({ ok: true });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 't', folder: 'f' });
    expect(await openConflicts(bench)).toEqual([]);
  });

  it('must be optional, and name a collection of the app', () => {
    const folder = { schema: z.string(), refersTo: 'folders' };
    expect(() => defineCollection({ name: 'notes', fields: { folder } })).toThrow('refersTo');
    const optional = { schema: z.string().optional(), refersTo: 'boxes' };
    const collections = { notes: defineCollection({ name: 'notes', fields: { folder: optional } }) };
    expect(() => defineApp({ name: 'test', schemaVersion: 1, collections })).toThrow('boxes');
  });

  it('says who deleted what it named, and what it named before', async () => {
    const bench = await withFolders();
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'g' }, was: {} });
    await a.push({ op: 'patch', id: 'x', fields: { folder: 'f' }, was: { folder: 'g' }, base: 4 });
    expect(await openConflicts(bench)).toMatchObject([
      { was: 'g', mine: 'f', mineBy: { clientId: 'a', mutationId: 'a-2' }, theirsBy: { clientId: 'maker', mutationId: 'maker-2', seq: 2 } },
    ]);
  });

  it('keeps one conflict of a client about it, the newest, and forgets it when it is resolved', async () => {
    const bench = await withFolders();
    const a = bench.client('a');
    const first = await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'f' }, was: {} });
    const again = await a.push({ op: 'patch', id: 'x', fields: { folder: 'never' }, was: {}, base: 4 });
    expect(again.accepted[0]?.conflictIds).toEqual(first.accepted[0]?.conflictIds);
    const [conflict, ...others] = await openConflicts(bench);
    expect(conflict).toMatchObject({ mine: 'never' });
    expect(others).toEqual([]);
    await bench.engine.resolve(bench.space, conflict?.conflictId ?? '', { choose: 'theirs' });
    const later = await a.push({ op: 'patch', id: 'x', fields: { folder: 'f' }, was: {}, base: 4 });
    expect(await openConflicts(bench)).toMatchObject([{ conflictId: later.accepted[0]?.conflictIds?.[0], mine: 'f' }]);
  });

  it('is left alone where it is cleared, where it says what it said, and in what comes back of a lost log', async () => {
    const bench = await withFolders();
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'g' }, was: {} });
    const cleared = await a.push({ op: 'patch', id: 'x', fields: { folder: null }, was: { folder: 'g' }, base: 4 });
    expect(cleared.accepted).toMatchObject([{ status: 'applied' }]);
    const healed = { epoch: 'lost', seq: 9 };
    await a.push({ op: 'put', id: 'y', fields: { title: 't', folder: 'f' }, was: {}, epoch: 'lost', healed });
    expect(await bench.fields('notes', 'y')).toEqual({ title: 't', folder: 'f' });
    expect(await openConflicts(bench)).toEqual([]);
  });

  it('is cleared in a record that is made again after it was deleted, though it named the same before', async () => {
    const bench = await withFolders();
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'g' }, was: {} });
    await a.push({ op: 'delete', collection: 'folders', id: 'g', was: { name: 'G' }, base: 3 });
    await a.push({ op: 'delete', id: 'x', was: { title: 't', folder: 'g' }, base: 4 });
    const again = await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'g' }, was: {}, base: 6 });
    expect(again.accepted).toMatchObject([{ status: 'conflict' }]);
    expect(await bench.fields('notes', 'x')).toEqual({ title: 't' });
  });

  it('makes no conflict of its own where the edit is refused, or only kept in the conflict of a deleted record', async () => {
    const bench = await withFolders();
    const a = bench.client('a');
    const refused = await a.push({ op: 'put', id: 'x', fields: { folder: 'f' }, was: {} });
    expect(refused.rejected).toMatchObject([{ code: 'VALIDATION_FAILED' }]);
    await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'g' }, was: {} });
    await a.push({ op: 'delete', id: 'x', was: { title: 't', folder: 'g' }, base: 4 });
    const edit = { op: 'patch', id: 'x', fields: { title: 'b', folder: 'f' }, was: { title: 't', folder: 'g' }, base: 4 } as const;
    expect((await bench.client('b').push(edit)).accepted).toMatchObject([{ status: 'conflict' }]);
    expect(await openConflicts(bench)).toMatchObject([{ field: '*', mine: { title: 'b' } }]);
  });

  it('is one of several, of which each that names nothing is a conflict beside those of other fields', async () => {
    const several = defineCollection({
      name: 'notes',
      fields: {
        title: { schema: z.string().optional() },
        folder: { schema: z.string().optional(), refersTo: 'folders' },
        parent: { schema: z.string().optional(), refersTo: 'notes' },
      },
    });
    const bench = createBench(defineApp({ name: 'test', schemaVersion: 1, collections: { notes: several, folders } }));
    const a = bench.client('a');
    const both = await a.push({ op: 'put', id: 'x', fields: { title: 't', folder: 'f', parent: 'p' }, was: {} });
    expect(both.accepted[0]?.conflictIds).toHaveLength(2);
    expect(await bench.fields('notes', 'x')).toEqual({ title: 't' });
    expect((await openConflicts(bench)).map(({ field, mine }) => [field, mine]).sort()).toEqual([
      ['folder', 'f'],
      ['parent', 'p'],
    ]);
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 't' }, base: 1 });
    const edit = { op: 'patch', id: 'x', fields: { title: 'c', parent: 'x', folder: 'q' }, was: { title: 't' }, base: 1 } as const;
    const answer = await bench.client('c').push(edit);
    expect(answer.accepted[0]?.conflictIds).toHaveLength(2);
    expect(answer.accepted[0]?.record?.fields).toEqual({ title: 'c', parent: 'x' });
    expect(
      (await openConflicts(bench))
        .filter(({ mineBy }) => mineBy.clientId === 'c')
        .map(({ field }) => field)
        .sort(),
    ).toEqual(['folder', 'title']);
  });
});
