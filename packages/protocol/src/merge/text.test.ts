import fc from 'fast-check';
import { expect, test } from 'vitest';
import { text } from './index.ts';
import { lineChanges } from './line-changes.ts';
import { mergeOf, RUNS } from './merge-inputs.suite.ts';

const lines = (value: string) => [...value].join('\n');
const merge = (was: string, mine: string, theirs: string) => mergeOf(text(), lines(was), lines(mine), lines(theirs));

test('changes of different lines merge', () => {
  expect(merge('abcde', 'Abcde', 'abcdE')).toEqual({ value: lines('AbcdE'), dropped: 'none' });
  expect(merge('abc', 'abcm', 'tabc').value).toBe(lines('tabcm'));
  expect(merge('abcd', 'bcd', 'abc').value).toBe(lines('bc'));
  expect(merge('abc', 'aBc', 'abC').value).toBe(lines('aBC'));
});

test('the same change on both sides is no conflict', () => {
  expect(merge('abcd', 'aXcd', 'aXcD')).toEqual({ value: lines('aXcD'), dropped: 'none' });
});

test('overlapping lines are left to a person', () => {
  expect(merge('abc', 'aXc', 'aYc')).toEqual({ value: lines('aYc'), dropped: 'mine' });
  expect(merge('abc', 'abcm', 'abct')).toEqual({ value: lines('abct'), dropped: 'mine' });
  // Both remove lines, from the same place on or up to the same place, but not the same lines.
  expect(merge('abcd', 'acd', 'ad')).toEqual({ value: lines('ad'), dropped: 'mine' });
  expect(merge('abcd', 'abd', 'ad')).toEqual({ value: lines('ad'), dropped: 'mine' });
  expect(mergeOf(text(), undefined, 'm', 't')).toEqual({ value: 't', dropped: 'mine' });
  expect(mergeOf(text(), 'a', null, 't')).toEqual({ value: null, dropped: 'theirs' });
});

test('a text that changed too much to be compared is left to a person, whichever side did', () => {
  const other = Array.from({ length: 401 }, (_, line) => `${line}`).join('\n');
  expect(mergeOf(text(), 'a\nb', other, 'a\nB')).toEqual({ value: 'a\nB', dropped: 'mine' });
  expect(mergeOf(text(), 'a\nb', 'A\nb', other)).toEqual({ value: other, dropped: 'mine' });
});

test('changes that only touch do not overlap', () => {
  expect(merge('abc', 'aXbc', 'aBc')).toEqual({ value: lines('aXBc'), dropped: 'none' });
  expect(merge('abc', 'aBc', 'aXbc')).toEqual({ value: lines('aXBc'), dropped: 'none' });
  expect(merge('abc', 'aBc', 'abXc')).toEqual({ value: lines('aBXc'), dropped: 'none' });
  expect(merge('abc', 'aBc', 'abC')).toEqual({ value: lines('aBC'), dropped: 'none' });
});

const small = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });

test('line changes lead from one text to the other, and are the fewest', () => {
  fc.assert(
    fc.property(small, small, (a, b) => {
      const changes = lineChanges(a, b) ?? [];
      const built: string[] = [];
      let line = 0;
      let count = 0;
      for (const { start, end, from, to } of changes) {
        built.push(...a.slice(line, start), ...b.slice(from, to));
        line = end;
        count += end - start + to - from;
      }
      expect([...built, ...a.slice(line)]).toEqual(b);
      expect(count).toBe(a.length + b.length - 2 * commonLength(a, b));
    }),
    RUNS,
  );
});

/** Length of the longest common subsequence, from its definition. */
const commonLength = (a: readonly string[], b: readonly string[]): number => {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const row = rows[i];
      if (row) row[j] = a[i - 1] === b[j - 1] ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
    }
  }
  return at(a.length, b.length);
};

test('no line that a side added is lost unsaid, and merging commutes unless it stops', () => {
  fc.assert(
    fc.property(small, small, small, (was, mine, theirs) => {
      const added = [...mine, 'm'];
      const [w, m, t] = [was.join('\n'), added.join('\n'), ['t', ...theirs].join('\n')];
      const { value, dropped } = mergeOf(text(), w, m, t);
      if (dropped === 'none') {
        expect(String(value).split('\n')).toEqual(expect.arrayContaining(['m', 't']));
        expect(mergeOf(text(), w, t, m)).toEqual({ value, dropped });
      } else expect(value).toBe(t);
    }),
    RUNS,
  );
});
