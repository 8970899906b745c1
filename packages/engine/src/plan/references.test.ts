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
});
