import { counter, defineApp, defineCollection, LIMITS, map, review } from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench, type Sketch } from '../test-engine.suite.ts';

const text = z.string().optional();
const notes = defineCollection({
  name: 'notes',
  fields: {
    title: { schema: text },
    body: { schema: text, merge: review() },
    count: { schema: z.number().optional(), merge: counter() },
    votes: { schema: z.record(z.string(), z.number()).optional(), merge: map(counter()) },
  },
});
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const put = (id: string, title: string): Sketch => ({ op: 'put', id, fields: { title }, was: {} });

/** Time of this process alone: what else the machine does is no part of the bound. */
const cpuMsSince = (began: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
};

describe('what one mutation may hold', () => {
  // {"body":"…"} is 11 bytes more than its text.
  const text = (bytes: number) => 'a'.repeat(bytes - 11);

  it('a record of exactly the limit, and not one byte more', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    const whole = (id: string, bytes: number): Sketch => ({ op: 'put', id, fields: { body: text(bytes) }, was: {} });
    const answer = await a.push(
      whole('x', LIMITS.recordBytesMax),
      whole('y', LIMITS.recordBytesMax + 1),
      whole('z', LIMITS.recordBytesMax - 1),
    );
    expect(answer).toMatchObject({ rejected: [{ mutationId: 'a-2', code: 'RECORD_TOO_LARGE' }], accepted: [{}, {}] });
  });

  it('also where it would only be kept as a conflict', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { body: 'o' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { body: 'b' }, was: { body: 'o' }, base: 1 });
    const large = text(LIMITS.recordBytesMax + 1);
    const patch = { op: 'patch' as const, id: 'x', base: 1 };
    const answer = await bench
      .client('c')
      .push({ ...patch, fields: { body: large }, was: { body: 'o' } }, { ...patch, fields: { body: 'c' }, was: { body: large } });
    expect(answer.rejected.map(({ code }) => code)).toEqual(['RECORD_TOO_LARGE', 'RECORD_TOO_LARGE']);
    const greatest = await bench.client('d').push({ ...patch, fields: { body: text(LIMITS.recordBytesMax) }, was: { body: 'o' } });
    expect(greatest.accepted[0]?.status).toBe('conflict');
    expect(await bench.engine.pull(bench.space, { clientId: 'r' })).toMatchObject({ ok: true });
  });

  it('nothing that a merge made and nobody could send again', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { count: 0, votes: {} }, was: {} });
    const votes = (from: number) => Object.fromEntries(many(600, (i) => [`v${from + i}`, 1]));
    const patch = (fields: Sketch['fields']): Sketch => ({ op: 'patch', id: 'x', was: { count: 0, votes: {} }, base: 1, fields });
    await bench.client('b').push(patch({ count: Number.MAX_SAFE_INTEGER, votes: votes(0) }));
    const answer = await bench.client('c').push(patch({ count: 5, votes: votes(600) }));
    expect(answer.accepted[0]).toMatchObject({ status: 'conflict', conflictIds: [{}, {}].map(() => expect.any(String)) });
    const now = (await bench.fields('notes', 'x')) ?? {};
    expect(await bench.client('d').push({ op: 'patch', id: 'x', fields: { title: 't' }, was: now, base: 4 })).toMatchObject({
      rejected: [],
    });
  });
});

describe('a mutation that stands twice in one push', () => {
  it.each([undefined, 'g'])('takes effect once (group %s)', async (group) => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { count: 0 }, was: {} });
    const grouped = group === undefined ? {} : { group };
    const add = { op: 'patch' as const, id: 'x', fields: { count: 1 }, was: { count: 0 }, base: 1, mutationId: 'm', ...grouped };
    const b = bench.client('b');
    await bench.client('c').push({ ...add, mutationId: 'c', group: 'other' });
    const answer = await b.push({ ...add, n: 1 }, { ...add, n: 2 });
    expect(answer.accepted.map(({ status }) => status)).toEqual(['merged', 'duplicate']);
    expect(answer.ackedN).toBe(2);
    expect(await bench.fields('notes', 'x')).toEqual({ count: 2 });
    await expect(b.push({ ...add, n: 3, mutationId: 'q' }, { ...add, n: 4, mutationId: 'q', fields: { count: 9 } })).rejects.toThrow(
      'MUTATION_REUSED',
    );
  });

  it('with the same number, also where the first must load something before', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1 });
    const edit = { op: 'patch' as const, id: 'x', fields: { title: 'c' }, base: 1, mutationId: 'm', n: 1 };
    const answer = await bench.client('c').push(edit, edit);
    expect(answer.accepted.map(({ status }) => status)).toEqual(['conflict', 'duplicate']);
  });
});

describe('planning settles', () => {
  it('for many conditional replacements in one push, which also clear what they leave out', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    await a.push(...many(200, (i): Sketch => ({ op: 'put', id: `x${i}`, fields: { title: 't', body: 'b' } })));
    const answer = await a.push(...many(200, (i): Sketch => ({ op: 'put', id: `x${i}`, fields: { title: 'u' }, ifRevision: 1 })));
    expect(answer.accepted).toHaveLength(200);
    const twice = await a.push(
      { op: 'put', id: 'y', fields: { title: 't', body: 'b' }, ifRevision: 0 },
      { op: 'put', id: 'y', fields: { title: 'u' }, ifRevision: 1 },
    );
    expect(twice.accepted).toHaveLength(2);
    expect([await bench.fields('notes', 'x7'), await bench.fields('notes', 'y')]).toEqual([{ title: 'u' }, { title: 'u' }]);
  });

  it('for a group whose members all need the history, and have conflicts', async () => {
    const bench = createBench(app);
    const ids = many(40, (i) => `x${i}`);
    await bench.client('a').push(...ids.map((id) => put(id, 'o')));
    await bench.client('b').push(...ids.map((id): Sketch => ({ op: 'patch', id, fields: { title: 'b' }, was: { title: 'o' }, base: 40 })));
    const c = bench.client('c');
    const patch = (title: string) => ids.map((id): Sketch => ({ op: 'patch', id, fields: { title }, base: 40, group: title }));
    expect((await c.push(...patch('c'))).accepted.every(({ status }) => status === 'conflict')).toBe(true);
    await bench.client('d').push(...ids.map((id): Sketch => ({ op: 'patch', id, fields: { title: 'd' }, was: { title: 'c' }, base: 160 })));
    expect((await c.push(...patch('c2'))).accepted).toHaveLength(40);
  });
});

describe('the largest push', () => {
  it.each([
    ['groups of 40', (i: number) => ({ group: `g${Math.floor(i / 40)}` })],
    ['groups of one', (i: number) => ({ group: `g${i}` })],
    ['no groups', () => ({})],
  ])('takes time in proportion to its mutations: %s', async (_name, group) => {
    const bench = createBench(app);
    const mutations = many(
      LIMITS.mutationsPerPushMax,
      (i): Mutation => ({
        mutationId: `m${i}`,
        n: i + 1,
        collection: 'notes',
        id: `x${i % 1_000}`,
        op: 'put',
        fields: { title: `${i}` },
        base: 0,
        at: 0,
        ...group(i),
      }),
    );
    const began = process.cpuUsage();
    const answer = await bench.engine.push(bench.space, { protocolVersion: 1, clientId: 'a', schemaVersion: 1, mutations });
    expect(answer).toMatchObject({ ok: true, value: { ackedN: 5_000 } });
    expect(cpuMsSince(began)).toBeLessThan(2_000);
  });

  it('may edit one record 5,000 times from as many positions without was', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    await a.push(...many(2_500, (i): Sketch => ({ op: 'put', id: 'x', fields: { title: `${i}` } })));
    const began = process.cpuUsage();
    const answer = await bench
      .client('b')
      .push(...many(2_500, (i): Sketch => ({ op: 'patch', id: 'x', fields: { title: `b${i}` }, base: i + 1 })));
    expect(answer.accepted).toHaveLength(2_500);
    expect(cpuMsSince(began)).toBeLessThan(2_000);
  });
});
