import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineChanges } from './line-changes.ts';
import { RUNS } from './merge-inputs.suite.ts';

/** Each letter is a line; a change as start-end:from-to. */
const changesOf = (before: string, after: string) =>
  lineChanges([...before], [...after])
    ?.map(({ start, end, from, to }) => `${start}-${end}:${from}-${to}`)
    .join(' ');

// Where several are the fewest, it is these.
test.each([
  ['', '', ''],
  ['', 'x', '0-0:0-1'],
  ['x', '', '0-1:0-0'],
  ['x', 'y', '0-1:0-1'],
  ['ab', 'xy', '0-2:0-2'],
  ['abc', 'xabc', '0-0:0-1'],
  ['abc', 'abcx', '3-3:3-4'],
  ['aab', 'ab', '1-2:1-1'],
  ['ab', 'aab', '1-1:1-2'],
  ['ab', 'bab', '0-0:0-1'],
  ['ab', 'ba', '0-1:0-0 2-2:1-2'],
  ['abc', 'cab', '0-0:0-1 2-3:3-3'],
  ['aaa', 'bab', '0-0:0-1 1-3:2-3'],
  ['acb', 'abc', '1-2:1-1 3-3:2-3'],
  ['abcdef', 'abxdyf', '2-3:2-3 4-5:4-5'],
  // The example of Myers' paper.
  ['abcabba', 'cbabac', '0-2:0-0 3-3:1-2 5-6:4-4 7-7:5-6'],
])('from %j to %j', (before, after, expected) => {
  expect(changesOf(before, after)).toEqual(expected);
});

test('400 lines added and removed are found, 401 are too many', () => {
  const many = Array.from({ length: 401 }, (_, line) => `${line}`);
  const most = many.slice(1);
  expect(lineChanges(most, [])).toEqual([{ start: 0, end: 400, from: 0, to: 0 }]);
  expect(lineChanges([], most)).toEqual([{ start: 0, end: 0, from: 0, to: 400 }]);
  expect(lineChanges(most.slice(0, 150), most.slice(150))).toEqual([{ start: 0, end: 150, from: 0, to: 250 }]);
  expect(lineChanges(many, [])).toBeUndefined();
  expect(lineChanges([], many)).toBeUndefined();
  expect(lineChanges(many.slice(0, 150), many.slice(150))).toBeUndefined();
});

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
