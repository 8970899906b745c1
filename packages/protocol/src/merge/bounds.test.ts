import { expect, test } from 'vitest';
import { text } from './index.ts';
import { mergeOf } from './merge-inputs.suite.ts';

test('a text of 256 KiB is merged, or left to a person, in bounded time (the time limit of a test)', () => {
  const big = Array.from({ length: 60_000 }, (_, i) => String(i % 1_000));
  const [mine, theirs] = [big.with(10, 'm'), big.with(59_990, 't')];
  expect(mergeOf(text(), big.join('\n'), mine.join('\n'), theirs.join('\n')).value).toBe(big.with(10, 'm').with(59_990, 't').join('\n'));
  const hostile = Array.from({ length: 130_000 }, (_, i) => (i % 2 === 0 ? 'a' : 'b'));
  const empty = ['m', ...hostile.filter((_, i) => i % 3 > 0), 'm'];
  expect(mergeOf(text(), hostile.join('\n'), empty.join('\n'), ['t', ...hostile].join('\n')).dropped).toBe('mine');
});
