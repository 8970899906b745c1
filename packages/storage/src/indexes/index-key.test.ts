import { compareIndexValues, type IndexValue } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeKey, endOf } from './index-key.ts';

const value: fc.Arbitrary<IndexValue> = fc.oneof(
  fc.constantFrom<IndexValue>(null, false, true, 0, -0, '', 'a', Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\u0000', '')),
);
const compareLists = (a: readonly IndexValue[], b: readonly IndexValue[]): number => {
  for (const [i, one] of a.entries()) {
    const order = compareIndexValues(one, b[i] ?? null);
    if (order !== 0) return order;
  }
  return 0;
};

describe('index keys', () => {
  it('compare byte by byte as the lists of values do', () => {
    const pair = fc.tuple(value, value);
    fc.assert(
      fc.property(pair, pair, (a, b) => {
        expect(Math.sign(Buffer.compare(encodeKey(a), encodeKey(b)))).toBe(Math.sign(compareLists(a, b)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('lie between their beginning and its end', () => {
    fc.assert(
      fc.property(value, value, value, (a, b, other) => {
        const [start, key, end] = [encodeKey([a]), encodeKey([a, b]), endOf(encodeKey([a]))];
        expect(Buffer.compare(start, key) < 0 && Buffer.compare(key, end) < 0).toBe(true);
        const foreign = encodeKey([other, b]);
        expect(Buffer.compare(start, foreign) < 0 && Buffer.compare(foreign, end) < 0).toBe(compareIndexValues(a, other) === 0);
      }),
      { numRuns: 2_000 },
    );
  });
});
