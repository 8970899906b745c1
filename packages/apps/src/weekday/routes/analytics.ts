import { ok, type Result } from '@tidemark/protocol';
import { answerJson, type Call, createLogTables, type Endpoint, endpoint, NO_INPUT } from '@tidemark/server/rest';
import * as z from 'zod';
import { type Days, type DaysQuery, dateOf, RANGE_DAYS_MAX, readDays } from '../analytics/days.ts';
import { adherence, completion, streaks, trends, weekly } from '../analytics/figures.ts';
import { createPlanTable } from '../analytics/plan-table.ts';
import { createDayTable } from '../analytics/tables.ts';
import type { weekday } from '../schema.ts';

type Name = keyof typeof weekday.collections;

const RECORDS_MAX = 500_000;

const dayTables = (collection: Name) => createLogTables({ collection, recordsMax: RECORDS_MAX, open: createDayTable });
const planTables = (collection: Name) => createLogTables({ collection, recordsMax: RECORDS_MAX, open: createPlanTable });

const openTables = () => ({
  log: dayTables('log_entries'),
  completion: dayTables('completion'),
  supplements: dayTables('supplement_log'),
  meals: dayTables('meal_log'),
  workouts: dayTables('workout_history'),
  plannedSupplements: planTables('supplements'),
  plannedMeals: planTables('meals'),
});

const query = z.strictObject({
  from: z.string().max(40).optional().describe('The first day, such as 2026-03-01; default: 30 days up to `to`'),
  to: z.string().max(40).optional().describe('The last day; default: today'),
  tz: z.string().min(1).max(64).optional().describe('A time zone such as Europe/Berlin, which says what day it is; default UTC'),
});

const date = z.string();
const figure = z.number().nullable();
const point = z.strictObject({ value: figure, mean7: figure });
const streak = { current: z.int(), longest: z.int(), lastDate: date.nullable() };
const share = { done: z.int(), rate: figure };
const kept = z.array(z.strictObject({ id: z.string(), name: z.string(), days: z.int(), ...share }));
const runs = z.strictObject({ any: z.strictObject(streak), each: z.array(z.strictObject({ id: z.string(), ...streak })) });
const about = { from: date, to: date, today: date, tz: z.string() };

const SHAPES = {
  trends: { days: z.array(z.strictObject({ date, weight: point, sleep: point, steps: point })) },
  streaks: { blocks: runs, supplements: runs, meals: runs, log: z.strictObject(streak) },
  completion: { weekdays: z.array(z.strictObject({ weekday: z.string(), days: z.int(), ticks: z.int(), ...share })) },
  adherence: { supplements: kept, meals: kept },
  weekly: {
    weeks: z.array(
      z.strictObject({
        ...{ from: date, to: date, weight: figure, sleep: figure, steps: z.number() },
        ...{ blocksDone: z.int(), supplementsTaken: z.int(), mealsEaten: z.int(), workouts: z.int() },
      }),
    ),
  },
} as const;

type Compute = (call: Call, days: Days) => Promise<Result<object>>;

const analysis = (name: keyof typeof SHAPES, summary: string, compute: Compute): Endpoint =>
  endpoint({
    ...NO_INPUT,
    method: 'GET',
    path: `/analytics/${name}`,
    tag: 'analytics',
    summary,
    description: `Days are dates as the app wrote them; the zone only says which is today. At most ${RANGE_DAYS_MAX} days.`,
    query,
    answers: { 200: { description: 'Over the range', schema: z.strictObject({ ...about, ...SHAPES[name] }) } },
    refusals: ['EMAIL_NOT_VERIFIED', 'UNAVAILABLE'],
    handle: async (call, { query: asked }: { readonly query: DaysQuery }) => {
      const days = readDays(asked, call.services.env.wall());
      if (!days.ok) return days;
      const computed = await compute(call, days.value);
      if (!computed.ok) return computed;
      const { from, to, today, tz } = days.value;
      return ok(await answerJson(call.c, { from: dateOf(from), to: dateOf(to), today: dateOf(today), tz, ...computed.value }));
    },
  });

/** The results of several reads, or the first refusal. */
const together = <T extends Record<string, unknown>>(
  reads: { readonly [K in keyof T]: Result<{ readonly seen: T[K] }> },
): Result<object> => {
  const seen: { [name: string]: unknown } = {};
  for (const [name, read] of Object.entries(reads)) {
    if (!read.ok) return read;
    seen[name] = read.value.seen;
  }
  return ok(seen);
};

/** `GET /analytics/…`, computed over tables that are kept up with the log: a request costs its range and what changed since the last. */
export const analyticsEndpoints = (): readonly Endpoint[] => {
  const tables = openTables();
  return [
    analysis('trends', 'Weight, sleep and steps of each day, with the mean of seven days', async (call, days) =>
      together({ days: await tables.log.read(call, (log) => trends(log, days)) }),
    ),
    analysis('streaks', 'Runs of days on which something was done', async (call, days) =>
      together({
        blocks: await tables.completion.read(call, (table) => streaks(table, days)),
        supplements: await tables.supplements.read(call, (table) => streaks(table, days)),
        meals: await tables.meals.read(call, (table) => streaks(table, days)),
        log: await tables.log.read(call, (table) => streaks(table, days).any),
      }),
    ),
    analysis('completion', 'What was ticked, by the day of the week', async (call, days) =>
      together({ weekdays: await tables.completion.read(call, (table) => completion(table, days)) }),
    ),
    analysis('adherence', 'How much of what is planned was taken and eaten', async (call, days) => {
      const supplements = await tables.plannedSupplements.read(call, (plan) => plan.all());
      const meals = await tables.plannedMeals.read(call, (plan) => plan.all());
      if (!supplements.ok) return supplements;
      if (!meals.ok) return meals;
      return together({
        supplements: await tables.supplements.read(call, (table) => adherence(table, supplements.value.seen, days)),
        meals: await tables.meals.read(call, (table) => adherence(table, meals.value.seen, days)),
      });
    }),
    analysis('weekly', 'A summary of each week', async (call, days) => {
      const { log, completion: ticks, supplements, meals, workouts } = tables;
      // A table is looked at while the reads of the others wait: each is whole, whatever comes in between.
      const seen = { log: await log.read(call, (table) => table), completion: await ticks.read(call, (table) => table) };
      const taken = { supplements: await supplements.read(call, (table) => table), meals: await meals.read(call, (table) => table) };
      const trained = await workouts.read(call, (table) => table);
      for (const read of [...Object.values(seen), ...Object.values(taken), trained]) if (!read.ok) return read;
      const { log: logs, completion: done } = seen;
      if (!logs.ok || !done.ok || !taken.supplements.ok || !taken.meals.ok || !trained.ok) return logs;
      const over = {
        ...{ log: logs.value.seen, completion: done.value.seen, supplements: taken.supplements.value.seen },
        ...{ meals: taken.meals.value.seen, workouts: trained.value.seen },
      };
      return ok({ weeks: weekly(over, days) });
    }),
  ];
};
