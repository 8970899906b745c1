import { counter, defineApp, defineCollection, type JsonObject, map, review } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench, type TestBench } from '../test-engine.suite.ts';

const fields = {
  title: { schema: z.string().optional(), merge: review() },
  toString: { schema: z.string().optional() },
  any: { schema: z.json().optional(), merge: map(counter()) },
};
const app = defineApp({
  name: 'test',
  schemaVersion: 1,
  collections: {
    notes: defineCollection({ name: 'notes', fields }),
    constructor: defineCollection({ name: 'constructor', fields }),
    valueOf: defineCollection({ name: 'valueOf', fields }),
  },
});

const astral = '\u{1F9ED}';
const HOSTILE = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a\nb',
  'a/b',
  ' ',
  '$conflicts',
  astral.repeat(128),
  'é',
  'e\u0301',
];

const open = async (bench: TestBench) => {
  const listed = await bench.engine.conflicts(bench.space, { state: 'open' });
  return listed.ok ? listed.value.conflicts : [];
};

describe('hostile names', () => {
  it('as record ids, client ids and collections stay what they are', async () => {
    const bench = createBench(app);
    for (const collection of ['notes', 'constructor', 'valueOf']) {
      for (const id of HOSTILE) {
        const answer = await bench.client(`${collection} ${id}`.slice(0, 100)).push({
          op: 'put',
          collection,
          id,
          fields: { title: id, toString: id },
          was: {},
          mutationId: `${collection}${id}`.slice(0, 128),
        });
        expect(answer.rejected).toEqual([]);
        expect(await bench.fields(collection, id)).toEqual({ title: id, toString: id });
      }
    }
    expect(await bench.engine.verify(bench.space)).toMatchObject({ records: 3 * HOSTILE.length, problems: [] });
  });

  it.each(HOSTILE)('as clientId of an open conflict: %j', async (clientId) => {
    const bench = createBench(app);
    await bench.client('maker').push({ op: 'put', id: 'x', fields: { title: 'o' }, was: {} });
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { title: 'b' }, was: { title: 'o' }, base: 1 });
    await bench.client('other').push({ op: 'patch', id: 'x', fields: { title: 'z' }, was: { title: 'o' }, base: 1 });
    const hostile = bench.client(clientId);
    const patch = (title: string, was: string) => ({ op: 'patch' as const, id: 'x', fields: { title }, was: { title: was }, base: 1 });
    await hostile.push({ ...patch('c', 'o'), mutationId: 'one' });
    const answer = await hostile.push({ ...patch('d', 'c'), mutationId: 'two' });
    expect(answer.accepted[0]?.status).toBe('conflict');
    const raised = (await open(bench)).filter((conflict) => conflict.mineBy.clientId === clientId);
    expect(raised).toMatchObject([{ mine: 'd', theirs: 'b', was: 'o' }]);
  });

  it('in was and in nested values are refused or kept, and pollute nothing', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    const was: JsonObject = JSON.parse('{"__proto__":{"polluted":1},"title":"x"}');
    const nested: JsonObject = JSON.parse('{"any":{"__proto__":{"polluted":1}}}');
    const kept: JsonObject = JSON.parse('{"any":{"toString":1,"length":2,"":3}}');
    const answer = await a.push(
      { op: 'put', id: 'x', fields: { title: 'o' }, was },
      { op: 'put', id: 'x', fields: nested, was: {} },
      { op: 'put', id: 'x', fields: kept, was: {} },
    );
    expect(answer.rejected.map((rejected) => rejected.code)).toEqual(['INVALID_FIELD_NAME', 'INVALID_FIELD_NAME']);
    expect(await bench.fields('notes', 'x')).toEqual(kept);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    await bench.client('b').push({ op: 'patch', id: 'x', fields: { any: { toString: 5 } }, was: {}, base: 0 });
    expect(await bench.fields('notes', 'x')).toEqual({ any: { toString: 6, length: 2, '': 3 } });
  });

  it.each(['', '\0', '\ud800', 'a'.repeat(129), astral.repeat(129)])('refuse only the mutation with the bad id %#', async (id) => {
    const bench = createBench(app);
    const answer = await bench.client('a').push({ op: 'put', id, fields: {}, was: {} }, { op: 'put', id: 'x', fields: {}, was: {} });
    expect(answer).toMatchObject({ rejected: [{ code: 'INVALID_ID' }], accepted: [{ mutationId: 'a-2' }] });
  });

  it('of one id in two collections are two records, also side by side in one push', async () => {
    const bench = createBench(app);
    const put = (collection: string, title: string, was = {}) => ({ op: 'put' as const, collection, id: 'x', fields: { title }, was });
    const again = put('notes', 'three', { title: 'one' });
    await bench.client('a').push(put('notes', 'one'), put('constructor', 'two'), again, put('valueOf', 'four'));
    const titles = ['notes', 'constructor', 'valueOf'].map(async (collection) => (await bench.fields(collection, 'x'))?.title);
    expect(await Promise.all(titles)).toEqual(['three', 'two', 'four']);
    expect(await bench.engine.verify(bench.space)).toMatchObject({ records: 3, problems: [] });
  });

  it('refuses collections named like members of Object', async () => {
    const bench = createBench(app);
    for (const collection of ['__proto__', 'hasOwnProperty', 'toString', '']) {
      const answer = await bench.client(`c${collection}`).push({ op: 'put', collection, id: 'x', fields: {}, was: {} });
      expect(answer.rejected[0]?.code).toBe('UNKNOWN_COLLECTION');
    }
  });
});
