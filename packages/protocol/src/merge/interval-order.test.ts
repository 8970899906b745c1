import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elapsedTime, type Interval, normalizeIntervals } from './index.ts';
import { RUNS } from './merge-inputs.suite.ts';

// What is told of intervals in interval-order.ts, once more and as simply as can be, to compare with.

interface Closed {
  readonly start: number;
  readonly end: number;
}

/** [start, end] or [start] as an interval. */
const of = (...pairs: readonly (readonly [number, number?])[]): Interval[] =>
  pairs.map(([start, end]) => (end === undefined ? { start } : { start, end }));

/** Any two that overlap or touch become one, until there are none. */
const joined = (all: readonly Closed[]): Closed[] => {
  for (const one of all) {
    const other = all.find((some) => some !== one && some.start <= one.end && one.start <= some.end);
    if (other === undefined) continue;
    const both = { start: Math.min(one.start, other.start), end: Math.max(one.end, other.end) };
    return joined([...all.filter((some) => some !== one && some !== other), both]);
  }
  return all.toSorted((a, b) => a.start - b.start);
};

/** The closed ones beside one that runs from `current`, from the last start to the first: those that end at a start wait. */
const joinedBeside = (closed: readonly Closed[], current: number): Closed[] => {
  let later: Closed[] = [];
  const isStart = (at: number) => at === current || later.some(({ start }) => start === at);
  for (const start of [...new Set(closed.map((one) => one.start))].toSorted((a, b) => b - a)) {
    let end = Math.max(...closed.filter((one) => one.start === start).map((one) => one.end));
    const overlapping = () => later.find((one) => one.start < end && !isStart(one.end));
    if (!isStart(end)) {
      for (let one = overlapping(); one !== undefined; one = overlapping()) {
        const found = one;
        end = Math.max(end, found.end);
        later = later.filter((some) => some !== found);
      }
      later = later.filter((one) => one.start >= end || one.end > end);
    }
    later.unshift({ start, end });
  }
  return later;
};

const inOrder = (list: readonly Interval[]): Interval[] => {
  const closed = list.flatMap(({ start, end }) => (end === undefined ? [] : [{ start, end: Math.max(start, end) }]));
  const isClosed = (at: number) => closed.some(({ start }) => start === at);
  const running = [...new Set(list.map(({ start }) => start))].filter((start) => !isClosed(start));
  if (running.length === 0) return joined(closed);
  const current = Math.max(...running);
  const nextStart = (at: number) => Math.min(...list.map(({ start }) => start).filter((start) => start > at));
  const cut = running.filter((start) => start !== current).map((start) => ({ start, end: nextStart(start) }));
  return [...joinedBeside([...closed, ...cut], current), { start: current }];
};

const anyInterval = (runs: number) =>
  fc
    .tuple(fc.nat(20), fc.option(fc.integer({ min: -2, max: 12 }), { nil: undefined, freq: runs }))
    .map(([start, length]): Interval => (length === undefined ? { start } : { start, end: start + length }));

describe('normalizeIntervals', () => {
  test.each([
    ['nothing', of(), of()],
    ['touching ones, in order', of([0, 3], [3, 4]), of([0, 4])],
    ['overlapping ones, in order', of([0, 3], [2, 4]), of([0, 4])],
    ['one within another', of([0, 9], [2, 4]), of([0, 9])],
    ['one start, the longer one first', of([0, 9], [0, 4]), of([0, 9])],
    ['one start, the longer one last', of([0, 4], [0, 9]), of([0, 9])],
    ['ones apart, out of order', of([5, 8], [0, 3]), of([0, 3], [5, 8])],
    ['no length, apart', of([9, 9], [3, 3]), of([3, 3], [9, 9])],
    ['no length, at an end', of([3, 9], [9, 9]), of([3, 9])],
    ['no length, at a start', of([3, 9], [3, 3]), of([3, 9])],
    ['an end before its start', of([9, 3]), of([9, 9])],
    ['one that runs', of([5]), of([5])],
    ['one that runs, twice', of([5], [5]), of([5])],
    ['one that runs and was closed', of([5, 8], [5]), of([5, 8])],
    ['one that runs, before a closed one', of([3], [5, 8]), of([5, 8], [3])],
    ['two that run, before a closed one', of([0], [3], [5, 8]), of([0, 3], [5, 8], [3])],
    ['three that run, by number and not by text', of([9], [10], [100]), of([9, 10], [10, 100], [100])],
    ['one that was cut, and shorter from the same start, first', of([10, 50], [10, 20], [50]), of([10, 50], [50])],
    ['one that was cut, and shorter from the same start, last', of([10, 20], [10, 50], [50]), of([10, 50], [50])],
    ['two that were cut, in another', of([0, 25], [10, 50], [20, 50], [50]), of([0, 25], [10, 50], [20, 50], [50])],
    ['one that was cut, within another', of([0, 30], [10, 20], [20, 25], [50]), of([0, 30], [50])],
    ['one that was cut, over the end of another', of([0, 30], [10, 40], [40, 45], [50]), of([0, 30], [10, 40], [40, 45], [50])],
  ])('%s', (_, list, expected) => {
    expect(normalizeIntervals(list)).toEqual(expected);
  });

  test.each([
    ['all closed', 1_000],
    ['some running', 3],
    ['half of them running', 1],
  ])('is what it is defined to be: %s', (_, runs) => {
    fc.assert(
      fc.property(fc.array(anyInterval(runs), { maxLength: 7 }), (list) => {
        expect(normalizeIntervals(list)).toEqual(inOrder(list));
      }),
      RUNS,
    );
  });

  test('what is in order already is taken as it is, none copied', () => {
    const list = of([0, 3], [5, 5], [7, 9]);
    for (const [index, interval] of normalizeIntervals(list).entries()) expect(interval).toBe(list[index]);
  });
});

describe('elapsedTime', () => {
  test.each([
    ['nothing', of(), 0],
    ['closed ones apart', of([0, 3], [5, 9]), 7],
    ['what overlaps or touches, once', of([0, 5], [3, 8], [8, 9]), 9],
    ['one that runs, up to now', of([5]), 15],
    ['one that runs over a closed one', of([5], [8, 10]), 15],
    ['one that begins later', of([25]), 0],
    ['an end before its start', of([9, 3]), 0],
    ['no length', of([4, 4], [4, 6]), 2],
  ])('%s', (_, list, expected) => {
    expect(elapsedTime(list, 20)).toBe(expected);
  });

  test('is the number of milliseconds that are in one of them, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(anyInterval(3), { maxLength: 7 }), (list) => {
        const times = new Set(
          list.flatMap(({ start, end = 40 }) => Array.from({ length: Math.max(0, end - start) }, (__, i) => start + i)),
        );
        expect(elapsedTime(list, 40)).toBe(times.size);
      }),
      RUNS,
    );
  });
});
