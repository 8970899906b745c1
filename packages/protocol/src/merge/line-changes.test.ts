import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineChanges } from './line-changes.ts';
import { RUNS } from './merge-inputs.suite.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });

// That they lead from one text to the other, and are the fewest, stands in text.test.ts.
test('no two changes touch', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const changes = lineChanges(before, after) ?? [];
      for (const [index, { start, from }] of changes.entries()) {
        const previous = changes[index - 1];
        if (previous !== undefined) expect(previous.end < start && previous.to < from).toBe(true);
      }
    }),
    RUNS,
  );
});

test('equal texts have no changes, and one replaced line is one change', () => {
  expect(lineChanges(['a', 'b'], ['a', 'b'])).toEqual([]);
  expect(lineChanges(['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual([{ start: 1, end: 2, from: 1, to: 2 }]);
  expect(lineChanges([], ['a', 'b'])).toEqual([{ start: 0, end: 0, from: 0, to: 2 }]);
  expect(lineChanges(['a', 'b'], [])).toEqual([{ start: 0, end: 2, from: 0, to: 0 }]);
});
