import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { last, max, min, newest, newestBy, once, review } from './index.ts';
import { inputOf, json, maybe, mergeOf, RUNS, swapped } from './merge-inputs.suite.ts';

const any = maybe(json);

test.each([max(), min()])('$name is commutative, associative and idempotent in value', (rule) => {
  const join = (a: Json | undefined, b: Json | undefined) => mergeOf(rule, undefined, a, b).value;
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      expect(join(a, b)).toEqual(join(b, a));
      expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
      expect(join(a, a)).toEqual(a);
    }),
    RUNS,
  );
});

test('max and min: numbers by size, strings by code point, types in order, absent loses', () => {
  expect(mergeOf(max(), 0, 10, 9).value).toBe(10);
  expect(mergeOf(min(), 0, 10, 9).value).toBe(9);
  expect(mergeOf(max(), '', '\u{10000}', '\uFFFD').value).toBe('\u{10000}');
  expect(mergeOf(max(), 0, '', 9e9).value).toBe('');
  expect(mergeOf(max(), 0, true, 0).value).toBe(0);
  for (const rule of [max(), min()]) {
    expect(mergeOf(rule, 0, null, 5).value).toBe(5);
    expect(mergeOf(rule, 0, 5, undefined).value).toBe(5);
  }
});

test('newestBy: the greater field of the record, then the greater value, whatever the order of arrival', () => {
  const rule = newestBy('editedAt');
  const record = fc.oneof(
    json.map((editedAt) => ({ editedAt })),
    fc.constant({}),
  );
  fc.assert(
    fc.property(any, any, record, record, (mine, theirs, mineRecord, theirsRecord) => {
      const input = inputOf(undefined, mine, theirs, { mineRecord, theirsRecord });
      expect(rule.merge(input)).toEqual(rule.merge(swapped(input)));
    }),
    RUNS,
  );
  const input = inputOf('a', 'b', 'z', { mineRecord: { editedAt: 2 }, theirsRecord: { editedAt: 1 } });
  expect(rule.merge(input)).toEqual({ value: 'b', dropped: 'none' });
  expect(newestBy('toString').merge(inputOf(0, 1, 2)).value).toBe(2);
});

test('newest: greater time, then greater client, the other one named as dropped', () => {
  const rule = newest();
  expect(rule.merge(inputOf('a', 'b', 'c', { mineAt: 2, theirsAt: 1 }))).toEqual({ value: 'b', dropped: 'theirs' });
  expect(rule.merge(inputOf('a', 'b', 'c', { mineAt: 1, theirsAt: 2 }))).toEqual({ value: 'c', dropped: 'mine' });
  expect(rule.merge(inputOf('a', 'b', 'c', { mineAt: 1, theirsAt: 1 }))).toEqual({ value: 'c', dropped: 'mine' });
  fc.assert(
    fc.property(any, any, any, fc.nat(3), fc.nat(3), (was, mine, theirs, mineAt, theirsAt) => {
      const input = inputOf(was, mine, theirs, { mineAt, theirsAt });
      expect(rule.merge(input).value).toEqual(rule.merge(swapped(input)).value);
    }),
    RUNS,
  );
});

test('once: the first value stands', () => {
  expect(mergeOf(once(), null, 'late', 'first').value).toBe('first');
  expect(mergeOf(once(), null, 'first', null).value).toBe('first');
  expect(mergeOf(once(), 'first', null, 'first').value).toBe('first');
  expect(mergeOf(once(), null, 'late', false).value).toBe(false);
});

test('last keeps what arrives, review what is there', () => {
  expect(mergeOf(last(), 'a', 'b', 'c')).toEqual({ value: 'b', dropped: 'theirs' });
  expect(mergeOf(last(), 'a', undefined, 'c')).toEqual({ value: undefined, dropped: 'theirs' });
  expect(mergeOf(review(), 'a', 'b', 'c')).toEqual({ value: 'c', dropped: 'mine' });
});
