import { CONFLICTS, defineApp, defineCollection, type JsonObject, review } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { createBench, type TestBench } from '../test-engine.suite.ts';

// The same app in three versions: `name` became `title` in 2, and 3 brought `priority`, which the up-caster fills in.
const text = { schema: z.string().optional() };
const rename = ({ name, ...rest }: JsonObject): JsonObject => (name === undefined ? rest : { ...rest, title: name });
const addPriority = (fields: JsonObject): JsonObject => {
  if (fields.title === 'unreadable') throw new Error('this one cannot be read');
  return { priority: 'normal', ...fields };
};
const appAt = (schemaVersion: 1 | 2 | 3) => {
  const fields = schemaVersion === 1 ? { name: text } : schemaVersion === 2 ? { title: text } : { title: text, priority: text };
  const steps = { 1: rename, 2: addPriority };
  const upcasts = schemaVersion === 1 ? {} : schemaVersion === 2 ? { 1: steps[1] } : steps;
  return defineApp({ name: 'test', schemaVersion, collections: { notes: defineCollection({ name: 'notes', fields, upcasts }) } });
};

const at = (schemaVersion: 1 | 2 | 3, storage: Storage = createMemoryStorage()): TestBench => createBench(appAt(schemaVersion), storage);

/** x = { name } written by version 1, then served by version 3. */
const written = async (name = 'old', ...more: string[]): Promise<TestBench> => {
  const first = at(1);
  const maker = first.client('maker');
  await maker.push({ op: 'put', id: 'x', fields: { name }, was: {} });
  for (const id of more) await maker.push({ op: 'put', id, fields: { name: 'fine' }, was: {} });
  return at(3, first.storage);
};

describe('stored records of an older schemaVersion', () => {
  it('are edited in the new version', async () => {
    const bench = await written();
    const maker = bench.client('maker');
    const patch = { op: 'patch' as const, id: 'x', n: 2, fields: { priority: 'high' }, was: { priority: 'normal' }, base: 1 };
    const answer = await maker.push(patch);
    // Whoever has the old fields cannot work out the new ones from the patch.
    expect(answer.accepted[0]?.record).toMatchObject({ schemaVersion: 3, fields: { priority: 'high', title: 'old' } });
    expect(await bench.fields('notes', 'x')).toEqual({ priority: 'high', title: 'old' });
    expect(await bench.engine.verify(bench.space)).toMatchObject({ problems: [] });
  });

  it('are answered with the version that their fields have', async () => {
    const bench = await written();
    const repeat = { op: 'put' as const, id: 'x', mutationId: 'maker-1', fields: { name: 'old' }, was: {} };
    const answer = await bench.client('clone').push(repeat);
    expect(answer.accepted[0]).toMatchObject({ status: 'duplicate', record: { schemaVersion: 1, fields: { name: 'old' } } });
    const refused = await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, ifRevision: 7 });
    expect(refused.rejected[0]?.record).toMatchObject({ schemaVersion: 1, fields: { name: 'old' } });
  });

  it('that no up-caster can read refuse their own edits only', async () => {
    const bench = await written('unreadable', 'y');
    const patch = (id: string, n: number) => ({ op: 'patch' as const, id, n, fields: { priority: 'high' }, was: {}, base: 1 });
    const a = bench.client('a');
    const answer = await a.push(patch('x', 1), { ...patch('y', 2), base: 2 });
    expect(answer).toMatchObject({
      ackedN: 2,
      rejected: [{ mutationId: 'a-1', code: 'PLANNER_FAILED', message: expect.stringContaining('this one cannot be read') }],
      accepted: [{ mutationId: 'a-2' }],
    });
    const repeat = { op: 'put' as const, id: 'x', mutationId: 'maker-1', fields: { name: 'unreadable' }, was: {} };
    expect(await bench.client('clone').push(repeat)).toMatchObject({
      accepted: [{ status: 'duplicate', record: { fields: { name: 'unreadable' } } }],
    });
    const conditional = await a.push({ op: 'patch', id: 'x', fields: { title: 'b' }, ifRevision: 7 });
    expect(conditional.rejected[0]).toMatchObject({ code: 'REVISION_MISMATCH', record: { fields: { name: 'unreadable' } } });
  });
});

describe('mutations of an older schemaVersion', () => {
  it.each([
    ['put', { was: { name: 'one' } }],
    ['patch', { was: { name: 'one' } }],
    ['put', {}],
    ['patch', {}],
  ] as const)('never touch a field that they do not know: %s %j', async (op, seen) => {
    const bench = at(3);
    await bench.client('new').push({ op: 'put', id: 'x', fields: { title: 'one', priority: 'high' }, was: {} });
    const old = { schemaVersion: 1, id: 'x', base: 1 };
    await bench.client('old').push({ ...old, op, fields: { name: 'two' }, ...seen });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'two', priority: 'high' });
  });

  it('make a record with all that an up-caster adds to what was sent', async () => {
    const bench = at(3);
    await bench.client('old').push({ op: 'put', id: 'x', schemaVersion: 2, fields: { title: 'one' }, was: {} });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'one', priority: 'normal' });
  });

  it('that replace a record by its revision leave what they do not know', async () => {
    const bench = at(3);
    await bench.client('new').push({ op: 'put', id: 'x', fields: { title: 'one', priority: 'high' }, was: {} });
    await bench.client('old').push({ op: 'put', id: 'x', schemaVersion: 2, fields: { title: 'two' }, ifRevision: 1 });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'two', priority: 'high' });
  });

  it('that do not say what they saw are up-cast as well', async () => {
    const bench = at(3);
    await bench.client('new').push({ op: 'put', id: 'x', fields: { title: 'one', priority: 'normal' }, was: {} });
    const answer = await bench.client('old').push({ op: 'patch', id: 'x', schemaVersion: 1, fields: { name: 'two' }, base: 1 });
    expect(answer.accepted).toMatchObject([{ status: 'applied', record: { schemaVersion: 3 } }]);
    expect(await bench.fields('notes', 'x')).toMatchObject({ title: 'two' });
  });

  it.each([
    ['fields', { fields: { name: 'unreadable' }, was: { name: 'one' } }],
    ['was', { fields: { name: 'two' }, was: { name: 'unreadable' } }],
  ])('are refused where no up-caster can read their %s', async (_, sketch) => {
    const bench = at(3);
    const old = bench.client('old');
    await old.push({ op: 'put', id: 'x', fields: { title: 'one' }, was: {} });
    const answer = await old.push({ op: 'patch', id: 'x', schemaVersion: 1, base: 1, ...sketch });
    expect(answer.rejected).toMatchObject([{ code: 'UPCAST_FAILED' }]);
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'one' });
  });

  it('are taken where they delete, whatever fields they bring along: a delete has none', async () => {
    const bench = at(3);
    const old = bench.client('old');
    await old.push({ op: 'put', id: 'x', fields: { title: 'one' }, was: {} });
    const answer = await old.push({
      op: 'delete',
      id: 'x',
      schemaVersion: 1,
      base: 1,
      fields: { name: 'unreadable' },
      was: { name: 'one' },
    });
    expect(answer.accepted).toMatchObject([{ status: 'applied', record: { deleted: true } }]);
    expect(await bench.fields('notes', 'x')).toBeUndefined();
  });

  it('are one and the same whether brought from 1 to 3 at once or stored on the way', async () => {
    const direct = at(3);
    await direct.client('a').push({ op: 'put', id: 'x', schemaVersion: 1, fields: { name: 'n' }, was: {} });
    const first = at(1);
    await first.client('a').push({ op: 'put', id: 'x', fields: { name: 'n' }, was: {} });
    const second = at(2, first.storage);
    await second.client('b').push({ op: 'patch', id: 'x', fields: { title: 'm' }, was: { title: 'n' }, base: 1 });
    const third = at(3, first.storage);
    await third.client('c').push({ op: 'patch', id: 'x', fields: { title: 'n' }, was: { title: 'm' }, base: 2 });
    expect(await third.fields('notes', 'x')).toEqual(await direct.fields('notes', 'x'));
  });

  it('meet concurrent edits of the new version field by field', async () => {
    const bench = at(3);
    await bench.client('new').push({ op: 'put', id: 'x', fields: { title: 'one', priority: 'low' }, was: {} });
    await bench.client('new2').push({ op: 'patch', id: 'x', fields: { title: 'new' }, was: { title: 'one' }, base: 1 });
    const answer = await bench
      .client('old')
      .push({ op: 'patch', schemaVersion: 1, id: 'x', fields: { name: 'old' }, was: { name: 'one' }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('conflict');
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'old', priority: 'low' });
    expect(await bench.engine.conflicts(bench.space, { state: 'open' })).toMatchObject({
      value: { conflicts: [{ field: 'title', mine: 'old', theirs: 'new', was: 'one' }] },
    });
  });
});

describe('restoring', () => {
  it('brings back a state of an older version, in the new one', async () => {
    const bench = await written('first');
    await bench.client('a').push({
      op: 'patch',
      id: 'x',
      fields: { title: 'unreadable', priority: 'high' },
      was: { title: 'first', priority: 'normal' },
      base: 1,
    });
    expect(await bench.engine.restore(bench.space, { seq: 1 })).toMatchObject({ ok: true, value: { restored: 1 } });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'first', priority: 'normal' });
  });
});

it('a server older than a record stores no refusal of its edits: a newer one will take them', async () => {
  const newer = at(3);
  await newer.client('new').push({ op: 'put', id: 'x', fields: { title: 'one' }, was: {} });
  const older = at(1, newer.storage);
  const edit = {
    op: 'patch' as const,
    id: 'x',
    mutationId: 'edit',
    schemaVersion: 1,
    fields: { name: 'two' },
    was: { name: 'one' },
    base: 1,
  };
  await expect(older.client('old').push(edit)).rejects.toThrow('SCHEMA_AHEAD');
  await at(3, newer.storage).client('old').push(edit);
  expect(await newer.fields('notes', 'x')).toMatchObject({ title: 'two' });
});

describe('values that a conflict has kept since an older schemaVersion', () => {
  const marked = (fields: JsonObject): JsonObject =>
    typeof fields.title !== 'string' || fields.title.startsWith('#') ? fields : { ...fields, title: `#${fields.title}` };
  const appOf = (schemaVersion: 1 | 2) => {
    const fields = { title: { schema: z.string(), merge: review() } };
    const notes = defineCollection({ name: 'notes', fields, upcasts: schemaVersion === 1 ? {} : { 1: marked } });
    return defineApp({ name: 'test', schemaVersion, collections: { notes } });
  };

  /** A conflict of version 1 about the title ("three" against "two"), served by version 2. */
  const raised = async () => {
    const first = createBench(appOf(1), createMemoryStorage());
    await first.client('maker').push({ op: 'put', id: 'x', fields: { title: 'one' }, was: {} });
    await first.client('a').push({ op: 'patch', id: 'x', fields: { title: 'two' }, was: { title: 'one' }, base: 1 });
    const met = await first.client('b').push({ op: 'patch', id: 'x', fields: { title: 'three' }, was: { title: 'one' }, base: 1 });
    const [id = ''] = met.accepted[0]?.conflictIds ?? [];
    const bench = createBench(appOf(2), first.storage);
    const resolve = (clientId: string, fields: JsonObject, schemaVersion = 2) =>
      bench.client(clientId).push({ op: 'patch', collection: CONFLICTS, id, fields, base: 0, schemaVersion });
    return { bench, resolve };
  };

  it('are brought to the new one when they are chosen', async () => {
    const { bench, resolve } = await raised();
    await resolve('c', { choose: 'mine' });
    expect(await bench.fields('notes', 'x')).toEqual({ title: '#three' });
  });

  it('are brought to it also when the conflict was stored again since', async () => {
    const { bench, resolve } = await raised();
    await resolve('c', { choose: 'mine' });
    await resolve('d', { choose: 'theirs' });
    expect(await bench.fields('notes', 'x')).toEqual({ title: '#two' });
  });

  it('are brought to it where the person who chooses writes a value of the older version', async () => {
    const { bench, resolve } = await raised();
    await resolve('c', { choose: 'value', value: 'four' }, 1);
    expect(await bench.fields('notes', 'x')).toEqual({ title: '#four' });
  });

  it('are listed in the new one', async () => {
    const { bench } = await raised();
    expect(await bench.engine.conflicts(bench.space, { state: 'open' })).toMatchObject({
      value: { conflicts: [{ was: '#one', mine: '#three', theirs: '#two' }] },
    });
  });

  it('follow their field to its new name', async () => {
    const merge = review();
    const appWith = (schemaVersion: number, fields: { readonly [name: string]: typeof text & { merge: typeof merge } }) => {
      const notes = defineCollection({ name: 'notes', fields, upcasts: schemaVersion === 1 ? {} : { 1: rename, 2: addPriority } });
      return defineApp({ name: 'test', schemaVersion, collections: { notes } });
    };
    const first = createBench(appWith(1, { name: { ...text, merge } }), createMemoryStorage());
    await first.client('maker').push({ op: 'put', id: 'x', fields: { name: 'one' }, was: {} });
    await first.client('a').push({ op: 'patch', id: 'x', fields: { name: 'two' }, was: { name: 'one' }, base: 1 });
    const met = await first.client('b').push({ op: 'patch', id: 'x', fields: { name: 'three' }, was: { name: 'one' }, base: 1 });
    const [id = ''] = met.accepted[0]?.conflictIds ?? [];
    const third = createBench(appWith(3, { title: { ...text, merge }, priority: { ...text, merge } }), first.storage);
    await third.client('c').push({ op: 'patch', collection: CONFLICTS, id, fields: { choose: 'mine' }, base: 3 });
    expect(await third.fields('notes', 'x')).toEqual({ title: 'three', priority: 'normal' });
  });
});
