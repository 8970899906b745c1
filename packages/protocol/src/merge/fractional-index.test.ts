import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderBetween } from './index.ts';
import { RUNS } from './merge-inputs.suite.ts';

test('whatever is inserted where, keys are strictly between, never end in 0, and never repeat', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 60 }), (places) => {
      const keys: string[] = [];
      for (const place of places) {
        const at = place % (keys.length + 1);
        keys.splice(at, 0, orderBetween(keys[at - 1], keys[at]));
      }
      expect([...keys].sort()).toEqual(keys);
      expect(new Set(keys).size).toBe(keys.length);
      for (const key of keys) expect(key).toMatch(/^[0-9A-Za-z]*[1-9A-Za-z]$/);
    }),
    RUNS,
  );
});

test('between any two valid keys', () => {
  const key = fc.stringMatching(/^[0-9A-Za-z]{0,4}[1-9A-Za-z]$/);
  fc.assert(
    fc.property(key, key, (a, b) => {
      fc.pre(a !== b);
      const [low, high] = a < b ? [a, b] : [b, a];
      const middle = orderBetween(low, high);
      expect(low < middle && middle < high).toBe(true);
      expect(orderBetween(a, a) > a).toBe(true);
    }),
    RUNS,
  );
});

test('a thousand items added at one end make short keys', () => {
  let first = orderBetween(undefined, undefined);
  let last = first;
  for (let i = 0; i < 1_000; i += 1) {
    first = orderBetween(undefined, first);
    last = orderBetween(last, undefined);
  }
  expect(Math.max(first.length, last.length)).toBeLessThan(40);
});

test('total on any strings', () => {
  const any = fc.option(fc.string(), { nil: undefined });
  fc.assert(
    fc.property(any, any, (a, b) => {
      expect(orderBetween(a, b).length).toBeGreaterThan(0);
    }),
    RUNS,
  );
});

test('where the second is not above the first, or empty, the answer is just above the first', () => {
  const key = fc.stringMatching(/^[0-9A-Za-z]{0,4}[1-9A-Za-z]$/);
  fc.assert(
    fc.property(key, key, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(orderBetween(high, low)).toBe(orderBetween(high, undefined));
      expect(orderBetween(high, '')).toBe(orderBetween(high, undefined));
      expect(orderBetween(undefined, high) < high).toBe(true);
      expect(orderBetween('', high)).toBe(orderBetween(undefined, high));
    }),
    RUNS,
  );
  expect(orderBetween('b', 'a')).toBe('c');
  expect(orderBetween(undefined, '')).toBe(orderBetween(undefined, undefined));
});

test.each([
  ['at the open ends one digit further', undefined, 'V5', 'U'],
  ['at the open ends one digit further', 'V5', undefined, 'W'],
  ['in the middle of two digits', 'A5', 'K5', 'F'],
  ['in the middle of two digits', 'A', 'D', 'C'],
  ['between neighbours as short as can be', 'A5', 'B5', 'B'],
  ['between neighbours as short as can be', 'A5', 'B', 'A6'],
  ['behind what both begin with', 'AB', 'AF', 'AD'],
])('a key stands %s: between %s and %s', (_where, before, after, expected) => {
  expect(orderBetween(before, after)).toBe(expected);
});
