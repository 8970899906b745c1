import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { elapsedTime, type Interval, intervals, normalizeIntervals } from './index.ts';
import { mergeOf, RUNS } from './merge-inputs.suite.ts';

const LATE = 100;
const json = (list: readonly Interval[]) => list.map((interval) => ({ ...interval }));
const read = (value: unknown): Interval[] => (Array.isArray(value) ? value : []);
const merge = (was: readonly Interval[], mine: readonly Interval[], theirs: readonly Interval[]) => {
  const { value, dropped } = mergeOf(intervals(), json(was), json(mine), json(theirs));
  expect(dropped).toBe('none');
  return read(value);
};

/** [start, end] or [start] as an interval. */
const of = (...pairs: readonly (readonly [number, number?])[]): Interval[] =>
  pairs.map(([start, end]) => (end === undefined ? { start } : { start, end }));

/** The milliseconds below LATE that a list covers, from the definition. */
const covered = (list: readonly Interval[]): Set<number> => {
  const times = new Set<number>();
  for (const { start, end = LATE } of list) for (let at = start; at < end; at += 1) times.add(at);
  return times;
};

const anyInterval = fc
  .tuple(fc.nat(20), fc.option(fc.nat(6), { nil: undefined, freq: 3 }))
  .map(([start, length]): Interval => (length === undefined ? { start } : { start, end: start + length }));
const anyList = fc.array(anyInterval, { maxLength: 6 });
const normalList = anyList.map(normalizeIntervals);

describe('normalizeIntervals', () => {
  test('sorts, collapses, keeps the running one that started last', () => {
    expect(normalizeIntervals(of([5, 8], [0, 3], [3, 4], [7, 9]))).toEqual(of([0, 4], [5, 9]));
    expect(normalizeIntervals(of([0], [10], [4, 6]))).toEqual(of([0, 4], [4, 6], [10]));
    expect(normalizeIntervals(of([0], [0, 5]))).toEqual(of([0, 5]));
    expect(normalizeIntervals(of([9, 3]))).toEqual(of([9, 9]));
  });
  test('is idempotent, in order, has at most one running, at its end, and covers what it was given', () => {
    fc.assert(
      fc.property(anyList, (list) => {
        const normal = normalizeIntervals(list);
        expect(normalizeIntervals(normal)).toEqual(normal);
        const closed = normal.filter(({ end }) => end !== undefined);
        expect(normal.length - closed.length).toBeLessThanOrEqual(1);
        if (closed.length < normal.length) expect(normal.at(-1)?.end).toBeUndefined();
        const starts = new Set(normal.map(({ start }) => start));
        expect(starts.size).toBe(normal.length);
        const whole = closed.filter(({ end }) => end === undefined || !starts.has(end));
        for (const [i, { start }] of whole.entries()) if (i > 0) expect(start).toBeGreaterThanOrEqual(whole[i - 1]?.end ?? 0);
        const times = covered(normal);
        for (const at of covered(list.filter(({ end }) => end !== undefined))) expect(times.has(at)).toBe(true);
        expect(elapsedTime(normal, LATE)).toBe(times.size);
        if (closed.length === normal.length) expect(closed.reduce((sum, { start, end = 0 }) => sum + end - start, 0)).toBe(times.size);
      }),
      RUNS,
    );
  });
  test('a cut interval keeps its start, also where it overlaps a closed one, until nothing runs', () => {
    expect(normalizeIntervals(of([10, 35], [20], [50]))).toEqual(of([10, 35], [20, 50], [50]));
    expect(normalizeIntervals(of([10, 35], [20, 45], [50]))).toEqual(of([10, 45], [50]));
    expect(normalizeIntervals(of([10, 35], [20, 50], [50, 60]))).toEqual(of([10, 60]));
  });
  test('an order of 5,000 running ones takes no time to speak of', () => {
    const many = Array.from({ length: 5_000 }, (_, start) => ({ start }));
    expect(normalizeIntervals(many).at(-1)).toEqual({ start: 4_999 });
  });
});

describe('intervals', () => {
  test('what either side added stays, collapsed', () => {
    expect(merge([], of([0, 5]), of([10, 15]))).toEqual(of([0, 5], [10, 15]));
    expect(merge([], of([0, 5]), of([5, 9]))).toEqual(of([0, 9]));
    expect(merge(of([0, 5]), of([0, 5], [8, 12]), of([0, 5], [10, 20]))).toEqual(of([0, 5], [8, 20]));
  });
  test('closed beats running; of two ends the later, of a changed and an unchanged one the changed', () => {
    expect(merge(of([0]), of([0, 5]), of([0], [20, 25]))).toEqual(of([0, 5], [20, 25]));
    expect(merge([], of([0, 5]), of([0]))).toEqual(of([0, 5]));
    expect(merge(of([0]), of([0, 5]), of([0, 7]))).toEqual(of([0, 7]));
    expect(merge(of([0, 9]), of([0, 5], [20, 21]), of([0, 9], [30, 31]))).toEqual(of([0, 5], [20, 21], [30, 31]));
  });
  test('a reset removes what it saw, not what the other side closed or added meanwhile', () => {
    expect(merge(of([0, 5], [10]), [], of([0, 5], [10, 12]))).toEqual(of([10, 12]));
    expect(merge(of([0, 5]), [], of([0, 5], [10, 12]))).toEqual(of([10, 12]));
  });
  test('end: null is running, and stays so', () => {
    const { value } = mergeOf(intervals(), [], [{ start: 0, end: null }], [{ start: 5, end: 8 }]);
    expect(value).toEqual(of([5, 8], [0]));
  });
  test('absent and null are none at all', () => {
    for (const none of [undefined, null]) {
      expect(mergeOf(intervals(), none, json(of([0, 5])), json(of([8, 9]))).value).toEqual(of([0, 5], [8, 9]));
      expect(mergeOf(intervals(), json(of([0, 5])), none, json(of([0, 5], [8, 9])))).toEqual({ value: of([8, 9]), dropped: 'none' });
      expect(mergeOf(intervals(), json(of([0, 5])), json(of([0, 5], [8, 9])), none)).toEqual({ value: of([8, 9]), dropped: 'none' });
    }
  });
  const strange: readonly Json[] = [
    [{ start: 0, end: 1, note: 'x' }],
    [{ start: 0.5 }],
    [{ start: 2 ** 53 }],
    [{ start: '0' }],
    [{ end: 5 }],
    [{ start: 0, end: 1.5 }],
    [{ start: 0, end: 'x' }],
    [{ start: 0, end: 1 }, 5],
    [null],
    [[0, 1]],
    { start: 0, end: 1 },
    7,
  ];
  test.each(strange.map((value) => [JSON.stringify(value), value] as const))(
    'what is no list of intervals is merged as last: %s',
    (_, value) => {
      const [one, other] = [json(of([5, 6])), json(of([8, 9]))];
      expect(mergeOf(intervals(), [], value, one)).toEqual({ value, dropped: 'theirs' });
      expect(mergeOf(intervals(), [], one, value)).toEqual({ value: one, dropped: 'theirs' });
      expect(mergeOf(intervals(), value, one, other)).toEqual({ value: one, dropped: 'theirs' });
      expect(mergeOf(intervals(), value, value, other)).toEqual({ value: other, dropped: 'none' });
    },
  );

  // What can have become of the interval that starts at 0: undefined where it is not there.
  const FATES = [undefined, 5, 7, LATE];
  const fated = (end: number | undefined) => (end === undefined ? of() : end === LATE ? of([0]) : of([0, end]));
  const fateOf = (was: number | undefined, mine: number | undefined, theirs: number | undefined) => {
    if (mine === was) return theirs;
    if (theirs === was) return mine;
    if (mine === undefined || theirs === undefined) return mine ?? theirs;
    return mine === LATE || theirs === LATE ? Math.min(mine, theirs) : Math.max(mine, theirs);
  };
  test('every fate of one interval, on either side', () => {
    for (const was of FATES) {
      for (const mine of FATES) {
        for (const theirs of FATES) {
          // Each side adds one besides, so that neither is taken as it is.
          const merged = merge(fated(was), [...of([200, 201]), ...fated(mine)], [...of([300, 301]), ...fated(theirs)]);
          const end = fateOf(was, mine, theirs);
          const added = of([200, 201], [300, 301]);
          expect([was, mine, theirs, merged]).toEqual([
            was,
            mine,
            theirs,
            end === LATE ? [...added, ...fated(end)] : [...fated(end), ...added],
          ]);
        }
      }
    }
  });
  test('an end where an earlier merge cut a running one gives way to a real one, be that earlier or later', () => {
    const cut = of([0, 5], [5]);
    for (const end of [3, 9]) {
      expect(merge(of([0]), cut, of([0, end]))).toEqual(of([0, end], [5]));
      expect(merge(of([0]), of([0, end]), cut)).toEqual(of([0, end], [5]));
    }
    expect(merge(of([0]), cut, of([0, 8], [8]))).toEqual(of([0, 8], [5, 8], [8]));
    expect(merge(of([0]), of([0, 8], [8]), cut)).toEqual(of([0, 8], [5, 8], [8]));
  });
});

describe('a client that comes back with a start and a pause, one mutation each', () => {
  const comeBack = (theirs: readonly Interval[], start: number, end: number) => {
    const afterStart = merge([], of([start]), theirs);
    return merge(of([start]), of([start, end]), normalizeIntervals(afterStart));
  };
  test.each([
    ['before a closed one', of([5, 8]), 0, 3, of([0, 3], [5, 8])],
    ['around a closed one', of([5, 8]), 0, 10, of([0, 10])],
    ['within a closed one', of([0, 10]), 5, 7, of([0, 10])],
    ['after a closed one', of([0, 3]), 5, 7, of([0, 3], [5, 7])],
    ['before a running one', of([5]), 0, 3, of([0, 3], [5])],
    ['into a running one', of([5]), 0, 7, of([0, 7], [5])],
    ['before a closed and a running one', of([5, 8], [10]), 0, 3, of([0, 3], [5, 8], [10])],
    ['behind the start of a running one', of([5]), 6, 9, of([5, 9])],
  ])('%s', (_where, theirs, start, end, expected) => {
    const merged = comeBack(theirs, start, end);
    if (expected.some((interval) => interval.end === undefined)) expect(merged).toEqual(expected);
    else expect(covered(merged)).toEqual(covered(expected));
  });
  test('counts exactly what both tracked, whatever overlaps, when the other one had paused', () => {
    fc.assert(
      fc.property(normalList, fc.nat(20), fc.nat(8), (list, start, length) => {
        const theirs = normalizeIntervals(list.filter(({ end }) => end !== undefined));
        fc.pre(!theirs.some((interval) => interval.start === start));
        const merged = comeBack(theirs, start, start + length);
        expect(covered(merged)).toEqual(covered([...theirs, { start, end: start + length }]));
        expect(merged.every(({ end }) => end !== undefined)).toBe(true);
      }),
      RUNS,
    );
  });
});

test('merging commutes, keeps every added interval, has at most one running, and counts the union', () => {
  fc.assert(
    fc.property(normalList, normalList, normalList, (was, mine, theirs) => {
      const merged = merge(was, mine, theirs);
      expect(covered(merge(was, theirs, mine))).toEqual(covered(merged));
      expect(merged.filter(({ end }) => end === undefined).length).toBeLessThanOrEqual(1);
      expect(elapsedTime(merged, LATE)).toBe(covered(merged).size);
      const seen = new Set(was.map(({ start }) => start));
      const starts = [...mine, ...theirs].map(({ start }) => start);
      for (const { start, end } of [...mine, ...theirs]) {
        const alone = starts.filter((other) => other === start).length === 1;
        if (seen.has(start) || !alone || end === undefined) continue;
        for (let at = start; at < end; at += 1) expect(covered(merged).has(at)).toBe(true);
      }
    }),
    RUNS,
  );
});
