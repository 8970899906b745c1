import { compareStrings } from '@tidemark/protocol';
import { type Days, dateOf, mondayOf, WEEKDAYS, weekdayOf } from './days.ts';
import type { DayTable, OnDay } from './tables.ts';

const WEEK_DAYS = 7;
const FIGURES = ['weight', 'sleep', 'steps'] as const;
type Figure = (typeof FIGURES)[number];

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : rounded(values.reduce((sum, one) => sum + one, 0) / values.length);

const known = (records: Iterable<OnDay>, figure: Figure): readonly number[] => [...records].flatMap((record) => record[figure] ?? []);
const eachDay = ({ from, to }: Pick<Days, 'from' | 'to'>): readonly number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const doneOn = (table: DayTable, day: number): readonly OnDay[] => [...table.on(day)].filter(({ done }) => done);

/** Each day: what was measured (the mean of several entries), and the mean of the days with a figure among it and the six before. */
export const trends = (log: DayTable, days: Days) => {
  const valueOn = (day: number, figure: Figure): number | null => meanOf(known(log.on(day), figure));
  const point = (day: number, figure: Figure) => {
    const week = eachDay({ from: day - WEEK_DAYS + 1, to: day }).flatMap((one) => valueOn(one, figure) ?? []);
    return { value: valueOn(day, figure), mean7: meanOf(week) };
  };
  return eachDay(days).map((day) => ({
    date: dateOf(day),
    weight: point(day, 'weight'),
    sleep: point(day, 'sleep'),
    steps: point(day, 'steps'),
  }));
};

/** A run of days. `current` ends today, or yesterday as long as today is not over. */
export interface Streak {
  readonly current: number;
  readonly longest: number;
  readonly lastDate: string | null;
}

/** The runs among days up to today. */
export const streakOf = (given: Iterable<number>, today: number): Streak => {
  const days = [...new Set(given)].filter((day) => day <= today).sort((a, b) => a - b);
  let [run, longest] = [0, 0];
  let before: number | undefined;
  for (const day of days) {
    run = before !== undefined && day === before + 1 ? run + 1 : 1;
    longest = Math.max(longest, run);
    before = day;
  }
  const isGoingOn = before !== undefined && before >= today - 1;
  return { current: isGoingOn ? run : 0, longest, lastDate: before === undefined ? null : dateOf(before) };
};

/** The streak of days on which anything was done, and of each thing that was. */
export const streaks = (table: DayTable, { today }: Pick<Days, 'today'>) => {
  const all = new Set<number>();
  const of = new Map<string, Set<number>>();
  for (const day of table.days()) {
    for (const { about } of doneOn(table, day)) {
      all.add(day);
      if (about !== '') of.set(about, (of.get(about) ?? new Set()).add(day));
    }
  }
  const each = [...of].map(([id, days]) => ({ id, ...streakOf(days, today) }));
  return { any: streakOf(all, today), each: each.sort((a, b) => b.current - a.current || compareStrings(a.id, b.id)) };
};

/** Of each day of the week: days with a tick, ticks that say done, ticks in all, and their share. */
export const completion = (table: DayTable, days: Days) =>
  WEEKDAYS.map((weekday, index) => {
    const here = eachDay(days)
      .filter((day) => weekdayOf(day) === index)
      .map((day) => [...table.on(day)]);
    const ticks = here.flat();
    const done = ticks.filter((tick) => tick.done).length;
    return {
      weekday,
      days: here.filter((one) => one.length > 0).length,
      done,
      ticks: ticks.length,
      rate: ticks.length === 0 ? null : rounded(done / ticks.length),
    };
  });

/** Something to be taken or eaten; `weekday` where it is for one day of the week only. */
export interface Planned {
  readonly id: string;
  readonly name: string;
  readonly weekday?: number;
}

/** Of each thing that is planned: on how many of its days of the range, up to today, it was done. */
export const adherence = (table: DayTable, planned: readonly Planned[], days: Days) => {
  const past = eachDay({ from: days.from, to: Math.min(days.to, days.today) });
  const doneBy = new Map<number, ReadonlySet<string>>(past.map((day) => [day, new Set(doneOn(table, day).map(({ about }) => about))]));
  return planned
    .map(({ id, name, weekday }) => {
      const its = past.filter((day) => weekday === undefined || weekdayOf(day) === weekday);
      const done = its.filter((day) => doneBy.get(day)?.has(id) === true).length;
      return { id, name, done, days: its.length, rate: its.length === 0 ? null : rounded(done / its.length) };
    })
    .sort((a, b) => compareStrings(a.id, b.id));
};

export interface WeekTables {
  readonly log: DayTable;
  readonly completion: DayTable;
  readonly supplements: DayTable;
  readonly meals: DayTable;
  readonly workouts: DayTable;
}

/** Each week, Monday to Sunday, that the range touches, whole. */
export const weekly = (tables: WeekTables, days: Days) => {
  const weeks = eachDay({ from: mondayOf(days.from), to: days.to }).filter((day) => weekdayOf(day) === 0);
  return weeks.map((monday) => {
    const week = eachDay({ from: monday, to: monday + WEEK_DAYS - 1 });
    const figure = (name: Figure): readonly number[] => week.flatMap((day) => meanOf(known(tables.log.on(day), name)) ?? []);
    const count = (table: DayTable): number => week.reduce((sum, day) => sum + doneOn(table, day).length, 0);
    return {
      from: dateOf(monday),
      to: dateOf(monday + WEEK_DAYS - 1),
      weight: meanOf(figure('weight')),
      sleep: meanOf(figure('sleep')),
      steps: figure('steps').reduce((sum, one) => sum + one, 0),
      blocksDone: count(tables.completion),
      supplementsTaken: count(tables.supplements),
      mealsEaten: count(tables.meals),
      workouts: count(tables.workouts),
    };
  });
};
