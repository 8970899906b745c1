import { defineApp, defineCollection } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench, type TestBench } from '../test-engine.suite.ts';

const fields = { title: { schema: z.string().optional() }, note: { schema: z.string().optional() } };
const appOf = (onDelete: 'deleteWins' | 'editWins') =>
  defineApp({ name: 'test', schemaVersion: 1, collections: { notes: defineCollection({ name: 'notes', fields, onDelete }) } });

const open = async (bench: TestBench) => {
  const listed = await bench.engine.conflicts(bench.space, { state: 'open' });
  return listed.ok ? listed.value.conflicts : [];
};

/** x is made by a at seq 1 and seen by everybody. */
const withRecord = async (onDelete: 'deleteWins' | 'editWins') => {
  const bench = createBench(appOf(onDelete));
  await bench.client('maker').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
  return bench;
};

describe.each(['deleteWins', 'editWins'] as const)('%s', (onDelete) => {
  const wins = onDelete === 'editWins';

  it('meets an edit that has not seen the delete', async () => {
    const bench = await withRecord(onDelete);
    await bench.client('a').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    const answer = await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('conflict');
    expect(await bench.fields('notes', 'x')).toEqual(wins ? { title: 'b' } : undefined);
    expect(await open(bench)).toMatchObject([{ field: '*', mine: { title: 'b' }, theirs: null, outcome: wins ? 'mine' : 'theirs' }]);
  });

  it('meets two edits that have not seen the delete: neither is dropped', async () => {
    const bench = await withRecord(onDelete);
    await bench.client('a').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    const b = bench.client('b');
    await b.push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1 });
    await b.push({ op: 'patch', id: 'x', fields: { note: 'b' }, was: {}, base: 1 });
    const both = { title: 'b', note: 'b' };
    if (!wins) expect(await open(bench)).toMatchObject([{ field: '*', mine: both }]);
    for (const { conflictId } of wins ? [] : await open(bench)) await bench.engine.resolve(bench.space, conflictId, { choose: 'mine' });
    expect(await bench.fields('notes', 'x')).toEqual(both);
  });

  it('meets a delete that has not seen an edit', async () => {
    const bench = await withRecord(onDelete);
    await bench.client('a').push({ op: 'patch', id: 'x', fields: { title: 'a' }, was: { title: 'o' }, base: 1 });
    const answer = await bench.client('b').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('conflict');
    expect(await bench.fields('notes', 'x')).toEqual(wins ? { title: 'a' } : undefined);
    expect(await open(bench)).toMatchObject([{ field: '*', mine: null, theirs: { title: 'a' }, outcome: wins ? 'theirs' : 'mine' }]);
  });

  it('brings the loser back when the conflict is resolved that way', async () => {
    const bench = await withRecord(onDelete);
    await bench.client('a').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1 });
    const [conflict] = await open(bench);
    const resolved = await bench.engine.resolve(bench.space, conflict?.conflictId ?? '', { choose: wins ? 'theirs' : 'mine' });
    expect(resolved).toMatchObject({ ok: true });
    expect(await bench.fields('notes', 'x')).toEqual(wins ? undefined : { title: 'b' });
    expect(await open(bench)).toEqual([]);
  });

  it('deletes what its author has seen, and what only it has written', async () => {
    const bench = await withRecord(onDelete);
    const a = bench.client('a');
    const answer = await a.push(
      { op: 'patch', id: 'x', fields: { title: 'a' }, was: { title: 'o' }, base: 1 },
      { op: 'delete', id: 'x', was: { title: 'a' }, base: 1 },
    );
    expect(answer.accepted.map((accepted) => accepted.status)).toEqual(['applied', 'applied']);
    expect(await bench.fields('notes', 'x')).toBeUndefined();
  });

  it('makes a deleted record again by a put with base 0 or the seq of its tombstone', async () => {
    const bench = await withRecord(onDelete);
    await bench.client('a').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    await bench.client('b').push({ op: 'put', id: 'x', fields: { note: 'n' }, was: {}, base: 2 });
    expect(await bench.fields('notes', 'x')).toEqual({ note: 'n' });
    await bench.client('a').push({ op: 'delete', id: 'x', was: { note: 'n' }, base: 3, n: 2 });
    await bench.client('c').push({ op: 'put', id: 'x', fields: { note: 'c' }, was: {}, base: 0 });
    expect(await bench.fields('notes', 'x')).toEqual({ note: 'c' });
    expect(await open(bench)).toEqual([]);
  });

  it('does not let a replacement from before the delete bring the record back unasked', async () => {
    const bench = await withRecord(onDelete);
    await bench.client('a').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    const answer = await bench.client('b').push({ op: 'put', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('conflict');
    expect(await bench.fields('notes', 'x')).toEqual(wins ? { title: 'b' } : undefined);
  });

  it('refuses an edit of what its author knows to be deleted, and of what never was', async () => {
    const bench = await withRecord(onDelete);
    await bench.client('a').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    const b = bench.client('b');
    const answer = await b.push(
      { op: 'patch', id: 'x', fields: { title: 'b' }, was: {}, base: 2 },
      { op: 'patch', id: 'never', fields: { title: 'b' }, was: {} },
    );
    expect(answer.rejected.map((rejected) => rejected.code)).toEqual(['RECORD_NOT_FOUND', 'RECORD_NOT_FOUND']);
  });

  it('deletes what is absent without a change', async () => {
    const bench = createBench(appOf(onDelete));
    const answer = await bench.client('a').push({ op: 'delete', id: 'x', was: {} });
    expect(answer).toMatchObject({ latestVersion: 0, accepted: [{ status: 'applied', seq: 0, revision: 0 }] });
  });

  it('never brings back a record whose tombstone was compacted away', async () => {
    const bench = await withRecord(onDelete);
    await bench.client('a').push({ op: 'delete', id: 'x', was: { title: 'o' }, base: 1 });
    await bench.engine.compact(bench.space, 2);
    const answer = await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1 });
    expect(answer.accepted[0]?.status).toBe('conflict');
    expect(await bench.fields('notes', 'x')).toBeUndefined();
    expect(await open(bench)).toMatchObject([{ field: '*', mine: { title: 'b' }, theirs: null }]);
  });
});

describe('creates of one id', () => {
  it('merge without clearing what the other side did not name', async () => {
    const bench = createBench(appOf('deleteWins'));
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'a' }, was: {} });
    await bench.client('b').push({ op: 'put', id: 'x', fields: { note: 'b' }, was: {} });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'a', note: 'b' });
    expect(await open(bench)).toEqual([]);
  });

  it('keep the loser of a field both name', async () => {
    const bench = createBench(appOf('deleteWins'));
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'a' }, was: {} });
    await bench.client('b').push({ op: 'put', id: 'x', fields: { title: 'b' }, was: {} });
    expect(await open(bench)).toMatchObject([{ field: 'title', mine: 'b', theirs: 'a', was: null, rule: 'last', outcome: 'mine' }]);
  });

  it('clear an optional field that a whole replacement leaves out', async () => {
    const bench = createBench(appOf('deleteWins'));
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 'a', note: 'n' }, was: {} });
    await a.push({ op: 'put', id: 'x', fields: { title: 'a2' }, was: { title: 'a', note: 'n' }, base: 1 });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'a2' });
    await a.push({ op: 'patch', id: 'x', fields: { title: null }, was: { title: 'a2' }, base: 2 });
    expect(await bench.fields('notes', 'x')).toEqual({});
  });
});
