import { defineCollection, type Query } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decodePageCursor, encodePageCursor, positionOf } from './page-cursor.ts';
import { planQuery } from './plan-query.ts';

const tasks = defineCollection({
  name: 'tasks',
  fields: { title: { schema: z.string() }, done: { schema: z.boolean() }, at: { schema: z.number() } },
  indexes: [['done'], ['at'], ['done', 'at']],
  search: ['title'],
});
const plain = defineCollection({ name: 'plain', fields: { title: { schema: z.string() } } });

const plan = (query: Query, collection: typeof tasks | typeof plain = tasks) => planQuery(collection, query);
const codeOf = (query: Query, collection: typeof tasks | typeof plain = tasks) => {
  const result = plan(query, collection);
  return result.ok ? 'served' : result.error.code;
};

describe('planQuery', () => {
  it('serves everything by id without a declared index', () => {
    expect(plan({})).toEqual({ ok: true, value: { collection: 'tasks', index: [], equals: [], direction: 'asc', limit: 100 } });
    expect(plan({ where: { id: 'a' } })).toMatchObject({ value: { index: [], equals: ['a'] } });
    expect(plan({ where: { id: { gte: 'a' } }, orderBy: [['id', 'desc']] })).toMatchObject({
      value: { index: [], range: { gte: 'a' }, direction: 'desc' },
    });
  });

  it('takes equal fields first, then bounds and order', () => {
    expect(plan({ where: { done: true, at: { gt: 5 } }, orderBy: [['at', 'desc']] })).toMatchObject({
      value: { index: ['done', 'at'], equals: [true], range: { gt: 5 }, direction: 'desc' },
    });
    expect(plan({ where: { at: 1, done: false } })).toMatchObject({ value: { index: ['done', 'at'], equals: [false, 1] } });
    expect(plan({ where: { done: false, id: 'x' } })).toMatchObject({ value: { index: ['done'], equals: [false, 'x'] } });
    expect(
      plan({
        where: { done: true },
        orderBy: [
          ['done', 'desc'],
          ['at', 'desc'],
          ['id', 'desc'],
        ],
      }),
    ).toMatchObject({
      value: { index: ['done', 'at'], equals: [true], direction: 'desc' },
    });
  });

  it('serves only what an index answers exactly', () => {
    expect(codeOf({ where: { title: 'x' } })).toBe('QUERY_NOT_INDEXED');
    expect(
      codeOf({
        orderBy: [
          ['done', 'asc'],
          ['at', 'desc'],
        ],
      }),
    ).toBe('QUERY_NOT_INDEXED');
    expect(codeOf({ where: { at: { gt: 1 } } })).toBe('QUERY_NOT_INDEXED');
    expect(codeOf({ where: { at: { gt: 1 }, done: { gt: false } }, orderBy: [['at', 'asc']] })).toBe('QUERY_NOT_INDEXED');
    expect(codeOf({ orderBy: [['title', 'asc']] }, plain)).toBe('QUERY_NOT_INDEXED');
    const refused = plan({ where: { title: 'x' } });
    expect(refused.ok ? undefined : refused.error.details?.indexes).toEqual([['done'], ['at'], ['done', 'at']]);
  });

  it('combines a search with any of these', () => {
    expect(plan({ search: 'Été été 2' })).toMatchObject({ value: { index: [], words: ['ete', '2'], searchFields: ['title'] } });
    expect(plan({ search: 'x', where: { done: true } })).toMatchObject({ value: { index: ['done'], equals: [true], words: ['x'] } });
    expect(plan({ search: 'x', where: { at: { gt: 1 } }, orderBy: [['at', 'desc']] })).toMatchObject({
      value: { index: ['at'], range: { gt: 1 }, direction: 'desc', words: ['x'] },
    });
    expect(codeOf({ search: 'x', orderBy: [['title', 'asc']] })).toBe('QUERY_NOT_INDEXED');
    expect(codeOf({ search: 'x' }, plain)).toBe('QUERY_NOT_INDEXED');
    expect(codeOf({ search: ' … ' }, plain)).toBe('served');
  });

  it.each<Query>([
    { limit: 0 },
    { limit: 1001 },
    { limit: 1.5 },
    { where: { at: {} } },
    { where: { at: { like: 1 } } },
    { where: { at: { gt: [1] } } },
    { where: { at: [1] } },
    { where: { id: 5 } },
  ])('refuses %j', (query) => {
    expect(codeOf(query)).toBe('BAD_REQUEST');
  });
});

describe('the page cursor', () => {
  const planOf = (query: Query) => {
    const result = plan(query);
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };
  const query: Query = { where: { done: true }, orderBy: [['at', 'asc']] };
  const first = planOf(query);
  const row = { collection: 'tasks', id: 'ü/1', seq: 1, revision: 1, updatedAt: 1, schemaVersion: 1, deleted: false, metaJson: '{}' };

  it('goes on after the record it was made for', () => {
    const position = positionOf(first, { ...row, fieldsJson: '{"at":{"no":1},"done":true}' });
    expect(decodePageCursor(first, encodePageCursor(first, position))).toEqual({ ok: true, value: { values: [true, null], id: 'ü/1' } });
    expect(decodePageCursor(first, encodePageCursor(first, { ...position, seq: 7 }))).toMatchObject({ value: { seq: 7 } });
  });

  it('belongs to one query', () => {
    const cursor = encodePageCursor(first, { values: [true, 1], id: 'a' });
    const codeAt = (asked: Query, text: string, filter = {}) => {
      const result = decodePageCursor(planOf(asked), text, filter);
      return result.ok ? 'served' : result.error.code;
    };
    expect(codeAt({ ...query, limit: 7 }, cursor)).toBe('served');
    expect(codeAt({ where: { done: false }, orderBy: [['at', 'asc']] }, cursor)).toBe('BAD_CURSOR');
    expect(codeAt({ where: { done: true }, orderBy: [['at', 'desc']] }, cursor)).toBe('BAD_CURSOR');
    expect(codeAt(query, cursor, { title: 'x' })).toBe('BAD_CURSOR');
    for (const bad of ['', 'x', '🙂', Buffer.from('null').toString('base64url'), `${cursor}x`, cursor.slice(1)]) {
      expect(codeAt(query, bad)).toBe('BAD_CURSOR');
    }
  });
});
