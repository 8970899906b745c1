import { normalizeIntervals } from '@tidemark/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elapsed, isRunning, pause, reset, start } from './task.ts';

const HORIZON = 200;
const time = fc.integer({ min: 0, max: HORIZON });
const task = fc.array(fc.record({ start: time, end: fc.option(time, { nil: undefined }) }), { maxLength: 8 }).map((intervals) => ({
  title: 'Read',
  intervals: normalizeIntervals(intervals.map(({ start, end }) => (end === undefined ? { start } : { start, end }))),
}));
/** A time that no clock of the task has reached. */
const later = fc.integer({ min: HORIZON + 10, max: 10_000 });

const check = (...property: Parameters<typeof fc.assert>) => fc.assert(...property);

test('the plan: start, pause, start, reset', () => {
  const empty = { intervals: [] };
  const worked = pause(start(empty, 1_000), 4_000);
  expect(worked.intervals).toEqual([{ start: 1_000, end: 4_000 }]);
  const again = start(worked, 9_000);
  expect(isRunning(again)).toBe(true);
  expect(elapsed(again, 10_500)).toBe(4_500);
  expect(reset(again).intervals).toEqual([]);
});

test('after a start it runs, after a pause and a reset it does not', () => {
  check(
    fc.property(task, time, (any, at) => {
      expect(isRunning(start(any, at))).toBe(true);
      expect(isRunning(pause(any, at))).toBe(false);
      expect(isRunning(reset(any))).toBe(false);
    }),
  );
});

test('starting and pausing moves no tracked time', () => {
  check(
    fc.property(task, later, (any, at) => {
      const before = elapsed(any, at);
      expect(elapsed(start(any, at), at)).toBe(before);
      expect(elapsed(pause(any, at), at)).toBe(before);
    }),
  );
});

test('time grows by what passes while it runs, and not otherwise', () => {
  check(
    fc.property(task, later, later, (any, a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      expect(elapsed(any, to) - elapsed(any, from)).toBe(isRunning(any) ? to - from : 0);
    }),
  );
});

test('each step leaves intervals as the collection stores them', () => {
  check(
    fc.property(task, time, (any, at) => {
      for (const next of [start(any, at), pause(any, at), reset(any)]) {
        expect(normalizeIntervals(next.intervals)).toEqual(next.intervals);
      }
    }),
  );
});

test('a step that changes nothing answers the task itself, and no step changes its input', () => {
  check(
    fc.property(task, time, (any, at) => {
      const copy = structuredClone(any);
      const running = start(any, at);
      expect(start(running, at + 1)).toBe(running);
      const paused = pause(running, at);
      expect(pause(paused, at + 1)).toBe(paused);
      const forgotten = reset(any);
      expect(reset(forgotten)).toBe(forgotten);
      expect(any).toEqual(copy);
    }),
  );
});

test('a start in the millisecond of another stretch still starts', () => {
  const blink = pause(start({ intervals: [] }, 5), 5);
  expect(start(blink, 5).intervals).toEqual([{ start: 5, end: 5 }, { start: 6 }]);
});

test('an end before the start, of a clock that went back, counts as no time', () => {
  expect(pause(start({ intervals: [] }, 50), 20).intervals).toEqual([{ start: 50, end: 50 }]);
});
