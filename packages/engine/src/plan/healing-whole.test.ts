import { counter, defineApp, defineCollection } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createBench, type Sketch } from '../test-engine.suite.ts';

// A record is only made of writes that say all of it (simulator, seed 3114): one that came back before its create has to wait for it,
// also where an edit wins over a delete, and whatever lost log the others are of.

const appOf = (onDelete: 'deleteWins' | 'editWins') => {
  const fields = {
    title: { schema: z.string() },
    body: { schema: z.string().optional() },
    likes: { schema: z.number().optional(), merge: counter() },
  };
  return defineApp({ name: 'test', schemaVersion: 1, collections: { notes: defineCollection({ name: 'notes', onDelete, fields }) } });
};

const lost = (epoch: string, seq: number, sketch: Partial<Sketch>): Sketch => ({
  op: 'patch',
  id: 'x',
  epoch,
  healed: { epoch, seq },
  base: 1,
  ...sketch,
});
const create = lost('first', 1, { op: 'put', fields: { title: 'a' }, was: {}, base: 0 });
const like = lost('first', 2, { fields: { likes: 1 }, was: {} });
const edit = lost('second', 9, { fields: { body: 'b' }, was: {} });

describe.each(['deleteWins', 'editWins'] as const)('%s', (onDelete) => {
  const bench = () => createBench(appOf(onDelete));

  test('edits of two lost logs wait together for the create, which closes their conflicts', async () => {
    const { client, fields, engine, space } = bench();
    await client('a').push(like);
    const answer = await client('b').push(edit);
    expect(answer.accepted).toMatchObject([{ status: 'conflict' }]);
    expect(await fields('notes', 'x')).toBeUndefined();
    await client('c').push(create);
    expect(await fields('notes', 'x')).toEqual({ title: 'a', likes: 1, body: 'b' });
    expect(await engine.conflicts(space, { state: 'open' })).toMatchObject({ value: { conflicts: [] } });
  });

  test('an edit that is not healed makes no record of what waits, but a conflict, which the create leaves open', async () => {
    const { client, fields, engine, space } = bench();
    await client('a').push(like);
    const answer = await client('b').push({ op: 'patch', id: 'x', epoch: 'second', fields: { body: 'b' }, was: {}, base: 1 });
    expect(answer.accepted).toMatchObject([{ status: 'conflict' }]);
    expect(await fields('notes', 'x')).toBeUndefined();
    await client('c').push(create);
    expect(await fields('notes', 'x')).toEqual({ title: 'a', likes: 1 });
    const open = await engine.conflicts(space, { state: 'open' });
    expect(open).toMatchObject({ value: { conflicts: [{ mine: { body: 'b' }, outcome: 'theirs' }] } });
  });

  test('an edit after a healed delete makes no record without the create', async () => {
    const { client, fields } = bench();
    await client('a').push(lost('first', 3, { op: 'delete', was: { title: 'a' } }));
    await client('b').push(lost('first', 4, { fields: { likes: 1 }, was: {} }));
    await client('c').push(edit);
    expect(await fields('notes', 'x')).toBeUndefined();
  });
});

test('the create leaves the conflict open of an edit that came upon the delete before others waited', async () => {
  const { client, fields, engine, space } = createBench(appOf('deleteWins'));
  await client('a').push(create);
  await client('b').push(lost('first', 3, { op: 'delete', was: { title: 'a' } }));
  await client('c').push({ op: 'patch', id: 'x', epoch: 'first', fields: { body: 'c' }, was: {}, base: 1 });
  await client('d').push(lost('first', 9, { fields: { likes: 1 }, was: {}, base: 5 }));
  await client('e').push(lost('first', 5, { op: 'put', fields: { title: 'e' }, was: {}, base: 0 }));
  expect(await fields('notes', 'x')).toEqual({ title: 'e', likes: 1 });
  const open = await engine.conflicts(space, { state: 'open' });
  expect(open).toMatchObject({ value: { conflicts: [{ mine: { body: 'c' }, outcome: 'theirs' }] } });
});

test('an edit that wins over a healed delete brings the whole record back', async () => {
  const { client, fields } = createBench(appOf('editWins'));
  await client('a').push(create);
  await client('b').push(lost('first', 3, { op: 'delete', was: { title: 'a' } }));
  await client('c').push(lost('first', 4, { fields: { likes: 1 }, was: {} }));
  expect(await fields('notes', 'x')).toEqual({ title: 'a', likes: 1 });
});
