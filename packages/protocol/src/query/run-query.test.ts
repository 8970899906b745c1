import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineCollection } from '../schema/define.ts';
import type { RecordOf } from '../schema/definition.ts';
import { compareIndexValues, compareStrings } from './compare.ts';
import type { Query } from './query.ts';
import { runQuery } from './run-query.ts';

const things = defineCollection({
  name: 'things',
  fields: {
    name: { schema: z.string() },
    rank: { schema: z.union([z.number(), z.boolean(), z.string()]).nullish() },
    meta: { schema: z.json().optional() },
  },
  search: ['name'],
});
type Thing = RecordOf<typeof things>;

const records: Thing[] = [
  { id: 'a', name: 'Alpha', rank: 3 },
  { id: 'b', name: 'Beta', rank: null },
  { id: 'c', name: 'Gamma ray' },
  { id: 'd', name: 'Digamma', rank: 'x' },
  { id: 'e', name: 'alphabet', rank: 3, meta: { deep: 1 } },
  { id: 'f', name: 'Zeta', rank: true, meta: 'plain' },
];
const ids = (query: Query<Thing>): string =>
  runQuery(records, things, query)
    .map((record) => record.id)
    .join('');

describe('runQuery', () => {
  test.each<[string, Query<Thing>, string]>([
    ['everything, by id', {}, 'abcdef'],
    ['an equal value', { where: { rank: 3 } }, 'ae'],
    ['null is absent too', { where: { rank: null } }, 'bc'],
    ['two conditions', { where: { rank: 3, name: 'Alpha' } }, 'a'],
    ['the id', { where: { id: 'd' } }, 'd'],
    ['a range of ids', { where: { id: { gt: 'b', lte: 'd' } } }, 'cd'],
    ['a range goes by the order of all values', { where: { rank: { gte: 3 } } }, 'ade'],
    ['a range from below', { where: { rank: { lt: 3 } } }, 'bcf'],
    ['objects meet no condition', { where: { meta: { gte: null } } }, 'abcdf'],
    ['nor equality', { where: { meta: { deep: 1 } } }, ''],
    ['an order', { orderBy: [['rank', 'asc']] }, 'bcfaed'],
    ['a descending order turns the ids too', { orderBy: [['rank', 'desc']] }, 'deafcb'],
    [
      'two keys',
      {
        orderBy: [
          ['rank', 'asc'],
          ['name', 'asc'],
        ],
      },
      'bcfaed',
    ],
    ['search', { search: 'ALPHA' }, 'ae'],
    ['all words', { search: 'ray gam' }, 'c'],
    ['a limit', { orderBy: [['name', 'asc']], limit: 2 }, 'ab'],
    ['limit 0', { limit: 0 }, ''],
  ])('%s', (_, query, expected) => expect(ids(query)).toBe(expected));

  test('takes any iterable and leaves it as it is', () => {
    const map = new Map(records.map((record) => [record.id, record]));
    expect(runQuery(map.values(), things, { where: { rank: 3 } })).toHaveLength(2);
  });

  test('agrees with a plain filter and sort', () => {
    const rank = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 4 }), fc.boolean(), fc.constantFrom('', 'a', 'b'));
    const many = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1, unit: 'grapheme' }), name: fc.constantFrom('x', 'y'), rank }), {
      selector: (r) => r.id,
    });
    fc.assert(
      fc.property(many, rank, rank, fc.constantFrom<'asc' | 'desc'>('asc', 'desc'), (list, low, high, direction) => {
        const found = runQuery(list, things, { where: { name: 'x', rank: { gte: low, lt: high } }, orderBy: [['rank', direction]] });
        const expected = list
          .filter((r) => r.name === 'x' && compareIndexValues(r.rank, low) >= 0 && compareIndexValues(r.rank, high) < 0)
          .sort((a, b) => compareIndexValues(a.rank, b.rank) || compareStrings(a.id, b.id));
        expect(found).toEqual(direction === 'asc' ? expected : expected.reverse());
      }),
    );
  });
});
