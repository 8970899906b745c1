import { isJsonObject, type Json } from '../json.ts';
import { type Interval, normalizeIntervals } from './interval-order.ts';
import type { MergeRule } from './merge-rule.ts';
import { combiningRule, isAbsent, isJsonArray, memberOf } from './three-way.ts';

const RUNNING = Number.POSITIVE_INFINITY;

/** Ends by start; RUNNING where there is none. */
type Ends = ReadonlyMap<number, number>;

const isTime = (value: Json | undefined): value is number => Number.isSafeInteger(value);

const readInterval = (value: Json): Interval | undefined => {
  if (!isJsonObject(value) || Object.keys(value).some((key) => key !== 'start' && key !== 'end')) return undefined;
  const start = memberOf(value, 'start');
  const end = memberOf(value, 'end');
  if (!isTime(start)) return undefined;
  if (isAbsent(end)) return { start };
  return isTime(end) ? { start, end } : undefined;
};

const readEnds = (value: Json | undefined): Ends | undefined => {
  if (isAbsent(value)) return new Map();
  if (!isJsonArray(value)) return undefined;
  const read: Interval[] = [];
  for (const item of value) {
    const interval = readInterval(item);
    if (interval === undefined) return undefined;
    read.push(interval);
  }
  return new Map(normalizeIntervals(read).map(({ start, end = RUNNING }) => [start, end]));
};

/**
 * The end of an interval that both sides have and at least one changed. Closed beats running; of two ends the later stands,
 * unless one of them is only where an earlier merge cut a running interval, which shows in another one starting right there.
 */
const laterEnd = (mine: number, theirs: number, mineAll: Ends, theirsAll: Ends): number => {
  if (mine === RUNNING || theirs === RUNNING) return Math.min(mine, theirs);
  const mineCut = mineAll.has(mine);
  return mineCut === theirsAll.has(theirs) ? Math.max(mine, theirs) : mineCut ? theirs : mine;
};

/** One start three-way: undefined where the interval goes, since one side removed it and the other left it alone. */
const mergeEnd = (was: number | undefined, mine: number | undefined, theirs: number | undefined, sides: readonly [Ends, Ends]) => {
  if (mine === theirs || mine === was) return theirs;
  if (theirs === was) return mine;
  if (mine === undefined || theirs === undefined) return mine ?? theirs;
  return laterEnd(mine, theirs, ...sides);
};

/**
 * Arrays of `{ start, end? }` in whole milliseconds, three-way by start: what either side added stays, what one side removed
 * goes unless the other changed it, closed beats running, of two ends the later stands. Then normalizeIntervals brings them
 * in order. Time is never lost by a merge and, counted by elapsedTime, never counted twice. Absent and null count as empty;
 * anything but such arrays behaves as `last`.
 */
export const intervals = (): MergeRule =>
  combiningRule('intervals', readEnds, (was, mine, theirs) => {
    const merged: Interval[] = [];
    for (const start of new Set([...theirs.keys(), ...mine.keys()])) {
      const end = mergeEnd(was.get(start), mine.get(start), theirs.get(start), [mine, theirs]);
      if (end !== undefined) merged.push(end === RUNNING ? { start } : { start, end });
    }
    return { value: normalizeIntervals(merged).map((interval) => ({ ...interval })), dropped: 'none' };
  });
