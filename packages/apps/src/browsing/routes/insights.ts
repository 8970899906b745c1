import type { TimeZone } from './time-zone.ts';
import type { VisitColumns } from './visit-columns.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** From `from` on, before `to`, milliseconds since 1970, by the clocks of a zone. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly zone: TimeZone;
}

/** Visits that began there, and milliseconds of attention that fell there. */
export interface Sum {
  visits: number;
  activeDuration: number;
}

const none = (): Sum => ({ visits: 0, activeDuration: 0 });

/** Sums of pieces of local time that follow each other, the first of them numbered `first` from local 1970-01-01. */
interface Pieces {
  readonly first: number;
  readonly visits: Float64Array;
  readonly active: Float64Array;
}

const sumOf = ({ first, visits, active }: Pieces, piece: number): Sum => ({
  visits: visits[piece - first] ?? 0,
  activeDuration: Math.round(active[piece - first] ?? 0),
});

/** Numbers that are added to single places, or to a run of places at the cost of two. */
const createRuns = (length: number) => {
  const single = new Float64Array(length);
  const steps = new Float64Array(length + 1);
  const add = (place: number, value: number): void => {
    single[place] = (single[place] ?? 0) + value;
  };
  const addRun = (from: number, to: number, value: number): void => {
    steps[from] = (steps[from] ?? 0) + value;
    steps[to] = (steps[to] ?? 0) - value;
  };
  const sums = (): Float64Array => {
    let run = 0;
    return single.map((value, place) => {
      run += steps[place] ?? 0;
      return value + run;
    });
  };
  return { add, addRun, sums };
};

/**
 * Adds up what falls into each piece of local time, `size` milliseconds long. The attention of a visit is spread evenly from its
 * start to its end, so that a visit over midnight counts on both days, and one hour never holds more than happened in it. A change
 * of the clocks makes a piece longer or shorter. A visit costs the same however long it is.
 */
const sumPieces = (visits: VisitColumns, { from, to, zone }: Range, size: number): Pieces => {
  const stretches = zone.stretches(from, to);
  const offsets = stretches.map(({ offset }) => offset);
  const first = Math.floor((from + Math.min(...offsets)) / size);
  const length = Math.floor((to + Math.max(...offsets)) / size) - first + 1;
  const counts = new Float64Array(length);
  const active = createRuns(length);
  for (const stretch of stretches) {
    const placeOf = (at: number): number => Math.floor((at + stretch.offset) / size) - first;
    const beginOf = (place: number): number => (place + first) * size - stretch.offset;
    for (let row = 0; row < visits.start.length; row += 1) {
      const start = visits.start[row] ?? Number.NaN;
      const lasted = visits.lasted[row] ?? 0;
      const end = start + lasted;
      if (!(start < stretch.to && (end > stretch.from || start >= stretch.from))) continue;
      const at = Math.max(start, stretch.from);
      const until = Math.min(end, stretch.to);
      const place = placeOf(at);
      if (at === start) counts[place] = (counts[place] ?? 0) + 1;
      if (lasted === 0) continue;
      const perMs = (visits.active[row] ?? 0) / lasted;
      const last = placeOf(until);
      if (place === last) {
        active.add(place, (until - at) * perMs);
        continue;
      }
      active.add(place, (beginOf(place + 1) - at) * perMs);
      active.addRun(place + 1, last, size * perMs);
      active.add(last, (until - beginOf(last)) * perMs);
    }
  }
  return { first, visits: counts, active: active.sums() };
};

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The first and the last day of a range, as days since 1970-01-01. */
export const daysOf = ({ from, to, zone }: Range): { readonly first: number; readonly last: number } => ({
  first: Math.floor((from + zone.offsetAt(from)) / DAY_MS),
  last: Math.floor((to - 1 + zone.offsetAt(to - 1)) / DAY_MS),
});

/** Every day of the range, also those without a visit. */
export const daily = (visits: VisitColumns, range: Range): readonly ({ readonly date: string } & Sum)[] => {
  const sums = sumPieces(visits, range, DAY_MS);
  const { first, last } = daysOf(range);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({
    date: dateOf(first + i),
    ...sumOf(sums, first + i),
  }));
};

// 1970-01-01 was a Thursday.
const weekOf = (day: number): number => Math.floor((day + 3) / 7);

/** `2026-W09`: the ISO 8601 name of the week that begins on this Monday. Its year is that of its Thursday. */
const weekName = (monday: number): string => {
  const year = Number(dateOf(monday + 3).slice(0, 4));
  const firstThursday = weekOf(Math.floor(Date.UTC(year, 0, 4) / DAY_MS));
  return `${year}-W${String(weekOf(monday) - firstThursday + 1).padStart(2, '0')}`;
};

/** Every week (Monday to Sunday) of the range, of which the first and the last may be cut by it. */
export const weekly = (
  visits: VisitColumns,
  range: Range,
): readonly ({ readonly week: string; readonly firstDay: string; readonly lastDay: string } & Sum)[] => {
  const { first } = daysOf(range);
  const days = daily(visits, range);
  const offset = weekOf(first);
  const weeks = Array.from({ length: weekOf(first + days.length - 1) - offset + 1 }, none);
  for (const [i, { visits: count, activeDuration }] of days.entries()) {
    const sum = weeks[weekOf(first + i) - offset];
    if (sum === undefined) continue;
    sum.visits += count;
    sum.activeDuration += activeDuration;
  }
  return weeks.map((sum, i) => {
    const monday = (offset + i) * 7 - 3;
    return { week: weekName(monday), firstDay: dateOf(monday), lastDay: dateOf(monday + 6), ...sum };
  });
};

/** The 24 hours of the day, all days of the range together. */
export const hours = (visits: VisitColumns, range: Range): readonly ({ readonly hour: number } & Sum)[] => {
  const all = Array.from({ length: 24 }, none);
  const pieces = sumPieces(visits, range, HOUR_MS);
  for (const [i, count] of pieces.visits.entries()) {
    const sum = all[(((pieces.first + i) % 24) + 24) % 24];
    if (sum === undefined) continue;
    sum.visits += count;
    sum.activeDuration += pieces.active[i] ?? 0;
  }
  return all.map(({ visits: count, activeDuration }, hour) => ({ hour, visits: count, activeDuration: Math.round(activeDuration) }));
};

/** Domains by the attention they got in the range, the most first; `share` of the attention that all got together. */
export const topSites = (
  visits: VisitColumns,
  { from, to }: Pick<Range, 'from' | 'to'>,
  limit: number,
): readonly ({ readonly domain: string; readonly share: number } & Sum)[] => {
  const sums = visits.domains.map(none);
  let all = 0;
  for (let row = 0; row < visits.start.length; row += 1) {
    const start = visits.start[row] ?? Number.NaN;
    const lasted = visits.lasted[row] ?? 0;
    const end = start + lasted;
    const sum = sums[visits.domain[row] ?? -1];
    if (sum === undefined || !(start < to && (end > from || start >= from))) continue;
    if (start >= from) sum.visits += 1;
    const within = Math.min(end, to) - Math.max(start, from);
    const activeDuration = lasted === 0 ? 0 : ((visits.active[row] ?? 0) * within) / lasted;
    sum.activeDuration += activeDuration;
    all += activeDuration;
  }
  return sums
    .map((sum, i) => ({
      domain: visits.domains[i] ?? '',
      share: all === 0 ? 0 : sum.activeDuration / all,
      visits: sum.visits,
      activeDuration: Math.round(sum.activeDuration),
    }))
    .filter(({ domain, visits: count, activeDuration }) => domain !== '' && (count > 0 || activeDuration > 0))
    .sort((a, b) => b.activeDuration - a.activeDuration || b.visits - a.visits || (a.domain < b.domain ? -1 : 1))
    .slice(0, limit);
};
