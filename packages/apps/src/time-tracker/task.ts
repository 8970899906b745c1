/**
 * The task model of the timer as pure functions. Times are whole milliseconds since 1970, given by the caller.
 * What changes nothing answers the very task it was given.
 */
import { elapsedTime, type Interval, type JsonObject, jsonEqual, normalizeIntervals } from '@tidemark/protocol';

/** The part of a task that the timer works on. Its intervals are as `normalizeIntervals` leaves them: a running one stands last. */
export interface Timed {
  readonly intervals: readonly Interval[];
}

export const isRunning = (task: Timed): boolean => {
  const last = task.intervals.at(-1);
  return last !== undefined && last.end === undefined;
};

/**
 * Starts the timer, unless it runs. A stretch is known by its start, so one that would begin in the same millisecond as
 * another begins in the next free one.
 */
export const start = <T extends Timed>(task: T, at: number): T => {
  if (isRunning(task)) return task;
  const taken = new Set(task.intervals.map((interval) => interval.start));
  let free = at;
  while (taken.has(free)) free += 1;
  return { ...task, intervals: normalizeIntervals([...task.intervals, { start: free }]) };
};

/** Stops the timer, if it runs. Where the clock went back since the start, the stretch counts as no time. */
export const pause = <T extends Timed>(task: T, at: number): T => {
  const last = task.intervals.at(-1);
  if (last === undefined || last.end !== undefined) return task;
  const closed = { start: last.start, end: Math.max(last.start, at) };
  return { ...task, intervals: normalizeIntervals([...task.intervals.slice(0, -1), closed]) };
};

/** Forgets all tracked time; a running timer stops. */
export const reset = <T extends Timed>(task: T): T => (task.intervals.length === 0 ? task : { ...task, intervals: [] });

/** Tracked milliseconds up to `at`; what overlaps counts once. */
export const elapsed = (task: Timed, at: number): number => elapsedTime(task.intervals, at);

/** The patch of a local write: the fields it names and the time of the write, which the collection keeps as `updatedAt`. */
export const edited = <F extends object>(fields: F, at: number): F & { readonly updatedAt: number } => ({ ...fields, updatedAt: at });

/** Do the fields of two tasks say the same, apart from the two numbers that count writes? */
export const isSameContent = (a: JsonObject, b: JsonObject): boolean =>
  ['title', 'archived', 'tags', 'intervals'].every((name) => jsonEqual(a[name], b[name]));
