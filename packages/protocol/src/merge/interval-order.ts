/** A stretch of time in whole milliseconds; without an end it is running. */
export interface Interval {
  readonly start: number;
  readonly end?: number;
}

interface Closed {
  readonly start: number;
  readonly end: number;
}

/** Sorted, with the overlapping ones as one; with `contiguous` also those of which one ends where the next starts. */
const collapse = (closed: readonly Closed[], contiguous: boolean): Closed[] => {
  const collapsed: Closed[] = [];
  for (const next of [...closed].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const previous = collapsed.at(-1);
    const joins =
      previous !== undefined && (next.start < previous.end || next.start === previous.start || (contiguous && next.start === previous.end));
    if (joins) collapsed[collapsed.length - 1] = { start: previous.start, end: Math.max(previous.end, next.end) };
    else collapsed.push(next);
  }
  return collapsed;
};

/**
 * Collapses what overlaps, except cut ones: those that end where another one starts (`current` is the start of the running one).
 * Their real end may still come, and must find them by their start; only one that lies within another is of no more use.
 * From the last start to the first, so that it is known which starts remain.
 */
const collapseAroundCuts = (closed: readonly Closed[], current: number): Closed[] => {
  const starts = new Set([current]);
  const later: Closed[] = [];
  for (const { start, end } of closed.toSorted((a, b) => b.start - a.start || b.end - a.end)) {
    if (later.at(-1)?.start === start) continue;
    let last = end;
    const cuts: Closed[] = [];
    if (!starts.has(end)) {
      for (let next = later.at(-1); next !== undefined && next.start < last; next = later.at(-1)) {
        later.pop();
        if (starts.has(next.end)) cuts.push(next);
        else {
          last = Math.max(last, next.end);
          starts.delete(next.start);
        }
      }
    }
    for (const cut of cuts.reverse()) {
      if (cut.end > last) later.push(cut);
      else starts.delete(cut.start);
    }
    later.push({ start, end: last });
    starts.add(start);
  }
  return later.reverse();
};

/**
 * Brings intervals in order: closed ones by start, overlapping and contiguous ones collapsed; at most one running, the one
 * that started last, at the end of the list. An earlier running one is closed where the next interval starts. An end before
 * its start counts as the start. Idempotent.
 *
 * While one is running, two things wait until it is closed, because a start is what a late pause finds its interval by. Cut
 * ones stay apart from what they touch or overlap: their real end may still come. And the running one may overlap closed ones:
 * absorbing them would lose them if it turns out to have ended before them, moving its start would leave it running for
 * ever. Until then elapsedTime counts the union.
 */
export const normalizeIntervals = (intervals: readonly Interval[]): Interval[] => {
  if (isNormal(intervals)) return [...intervals];
  const closed: Closed[] = [];
  for (const { start, end } of intervals) if (end !== undefined) closed.push({ start, end: Math.max(start, end) });
  const closedStarts = new Set(closed.map(({ start }) => start));
  const running = intervals.filter(({ start, end }) => end === undefined && !closedStarts.has(start));
  const starts = [...new Set([...closedStarts, ...running.map(({ start }) => start)])].sort((a, b) => a - b);
  const current = starts.findLast((start) => !closedStarts.has(start));
  if (current === undefined) return collapse(closed, true);
  for (const [i, start] of starts.entries()) {
    const end = starts[i + 1];
    if (start < current && !closedStarts.has(start) && end !== undefined) closed.push({ start, end });
  }
  return [...collapseAroundCuts(closed, current), { start: current }];
};

/** Are all closed, and each begins after the end of the one before it? Nearly always: nothing is to be done then. */
const isNormal = (intervals: readonly Interval[]): boolean => {
  let last = Number.NEGATIVE_INFINITY;
  for (const { start, end } of intervals) {
    if (end === undefined || end < start || start <= last) return false;
    last = end;
  }
  return true;
};

/** Milliseconds up to `at` that at least one of the intervals covers: what overlaps counts once. */
export const elapsedTime = (intervals: readonly Interval[], at: number): number =>
  collapse(
    intervals.map(({ start, end = at }) => ({ start, end: Math.max(start, end) })),
    false,
  ).reduce((total, { start, end }) => total + end - start, 0);
