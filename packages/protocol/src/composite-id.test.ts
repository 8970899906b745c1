import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compositeId } from './composite-id.ts';
import { checkId } from './json-fault.ts';

const part = fc.oneof(fc.string(), fc.stringMatching(/^[|%]{0,4}7C$/), fc.string({ minLength: 120, maxLength: 200 }));
const parts = fc.tuple(part, part, part);

test('equal parts, and only these, make the same id', () => {
  const idOf = ([a, b, c]: [string, string, string]) => compositeId(a, b, c);
  fc.assert(fc.property(parts, parts, (one, other) => (idOf(one) === idOf(other)) === (JSON.stringify(one) === JSON.stringify(other))));
});

test('it begins with the first part, and fits', () => {
  expect(compositeId('2026-02-28', 'a|b%')).toBe('2026-02-28|a%7Cb%25');
  expect(checkId(compositeId('2026-02-28', 'x'.repeat(5_000)))).toBeUndefined();
});
