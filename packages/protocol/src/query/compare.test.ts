import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareIndexValues, compareStrings, type IndexValue, toIndexValue } from './compare.ts';

const text = fc.string({
  unit: fc.constantFrom('a', 'b', '\u007f', 'é', '\ud7ff', '\ue000', '\ufffd', '\uffff', '\u{10000}', '\u{10ffff}'),
});
const value: fc.Arbitrary<IndexValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
  text,
);
const sign = (x: number): number => Math.sign(x) + 0;

describe('compareStrings', () => {
  test('orders as UTF-8 bytes do, which is by code point', () => {
    const encoder = new TextEncoder();
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(sign(compareStrings(a, b))).toBe(sign(Buffer.compare(encoder.encode(a), encoder.encode(b))));
      }),
    );
  });
  test('puts astral characters last, other than <', () => {
    expect('\u{10000}' < '\ufffd').toBe(true);
    expect(compareStrings('\u{10000}', '\ufffd')).toBeGreaterThan(0);
  });
});

describe('compareIndexValues', () => {
  test('orders null, false, true, numbers, strings', () => {
    const ordered: IndexValue[] = [null, false, true, -1e300, -1, 0, 0.5, 10, '', '1', 'Z', 'a', 'é', '\uffff', '😀'];
    expect([...ordered].reverse().sort(compareIndexValues)).toEqual(ordered);
  });
  test('is a total order', () => {
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(sign(compareIndexValues(a, b))).toBe(sign(-compareIndexValues(b, a)));
        expect(compareIndexValues(a, b) === 0).toBe(a === b);
        if (compareIndexValues(a, b) <= 0 && compareIndexValues(b, c) <= 0) expect(compareIndexValues(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

test('toIndexValue takes scalars, joins absent and null, and leaves out objects and arrays', () => {
  expect([undefined, null, false, 0, '', {}, []].map(toIndexValue)).toEqual([null, null, false, 0, '', undefined, undefined]);
});
