import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoOf } from './iso-time.ts';

test('prints what Date prints, also before 1970, beyond the year 9999 and of a fraction', () => {
  const times = fc.oneof(
    fc.integer({ min: -8.64e15, max: 8.64e15 }),
    fc.integer({ min: 1.79e12, max: 1.8e12 }),
    fc.double({ min: 0, max: 2e12, noNaN: true }),
  );
  fc.assert(fc.property(fc.array(times, { minLength: 1 }), (all) => all.every((ms) => isoOf(ms) === new Date(ms).toISOString())));
  for (const ms of [0, -1, 86_399_999, 86_400_000, 253_402_300_800_000]) expect(isoOf(ms)).toBe(new Date(ms).toISOString());
});
