import type { JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOf, dayIn, dayNumber, weekdayOf } from './analytics/days.ts';
import { streakOf } from './analytics/figures.ts';
import { dayKey } from './keys.ts';
import { openWeekdayServer } from './weekday-server.suite.ts';

const day = (date: string): number => dayNumber(date) ?? Number.NaN;

describe('days', () => {
  test('what day it is follows the calendars of the zone, through changes of clocks', () => {
    const at = (iso: string, tz: string) => dateOf(dayIn(tz, Date.parse(iso)) ?? Number.NaN);
    expect(at('2026-03-28T23:30:00Z', 'Europe/Berlin')).toBe('2026-03-29');
    expect(at('2026-03-29T21:59:00Z', 'Europe/Berlin')).toBe('2026-03-29');
    expect(at('2026-03-29T22:00:00Z', 'Europe/Berlin')).toBe('2026-03-30');
    expect(at('2026-10-25T22:59:00Z', 'Europe/Berlin')).toBe('2026-10-25');
    expect(at('2026-01-01T10:30:00Z', 'Pacific/Kiritimati')).toBe('2026-01-02');
    expect(at('2026-01-01T10:30:00Z', 'Pacific/Pago_Pago')).toBe('2025-12-31');
    expect(dayIn('Mars/Olympus', 0)).toBeUndefined();
    expect(weekdayOf(day('2026-11-22'))).toBe(6);
  });

  test('a streak holds over both changes of clocks, ends today or yesterday, and a gap ends it', () => {
    const run = (from: string, days: number) => Array.from({ length: days }, (_, i) => day(from) + i);
    expect(streakOf(run('2026-03-27', 4), day('2026-03-30'))).toEqual({ current: 4, longest: 4, lastDate: '2026-03-30' });
    expect(streakOf(run('2026-10-23', 5), day('2026-10-28'))).toEqual({ current: 5, longest: 5, lastDate: '2026-10-27' });
    expect(streakOf(run('2026-10-23', 5), day('2026-10-29'))).toMatchObject({ current: 0, longest: 5 });
    expect(streakOf([...run('2026-01-01', 3), ...run('2026-01-05', 2)], day('2026-01-06'))).toMatchObject({ current: 2, longest: 3 });
    expect(streakOf([], 5)).toEqual({ current: 0, longest: 0, lastDate: null });
  });

  test('against counting one by one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 })), fc.integer({ min: 0, max: 40 }), (days, today) => {
        const has = new Set(days.filter((one) => one <= today));
        let current = 0;
        for (let at = has.has(today) ? today : today - 1; has.has(at); at -= 1) current += 1;
        let longest = 0;
        for (const first of has) {
          let length = 0;
          while (has.has(first + length)) length += 1;
          longest = Math.max(longest, length);
        }
        expect(streakOf(days, today)).toMatchObject({ current, longest });
      }),
    );
  });
});

const listOf = ({ weekdays }: JsonObject): readonly unknown[] => (Array.isArray(weekdays) ? weekdays : []);

test('what is stored is counted at the next request: trends, streaks, weekdays, adherence, weeks', async () => {
  const server = await openWeekdayServer('sqlite');
  const { client } = await server.device('phone');
  const get = async (path: string) => (await server.call('GET', `/analytics/${path}`)).body;
  const range = 'from=2026-03-02&to=2026-03-15&tz=Europe/Berlin';
  for (const [date, bw, steps] of [
    ['2026-02-24', 90, 1],
    ['2026-03-02', '80,5', 1_000],
    ['2026-03-04', 81, 3_000],
    ['2026-03-04', 83, 3_000],
  ] as const) {
    await client.collection('log_entries').put({ date, bw, steps });
  }
  const tick = (date: string, done: boolean) =>
    client.collection('completion').put({ day: date, blockId: 'run', done }, dayKey(date, 'run'));
  for (const date of ['2026-03-02', '2026-03-03', '2026-03-09']) await tick(date, true);
  await tick('2026-03-10', false);
  await client.collection('supplements').put({ item: 'Creatine' }, 'c');
  await client.collection('meals').put({ day: 'Monday', name: 'Porridge' }, 'p');
  await client.collection('supplement_log').put({ day: '2026-03-02', supplementId: 'c', taken: true }, dayKey('2026-03-02', 'c'));
  await client.collection('meal_log').put({ day: '2026-03-09', mealId: 'p', eaten: true }, dayKey('2026-03-09', 'p'));
  await client.collection('workout_history').put({ date: '2026-03-08' });
  await client.sync();
  const trends = await get(`trends?${range}`);
  expect(trends).toMatchObject({ from: '2026-03-02', to: '2026-03-15', tz: 'Europe/Berlin' });
  const days = Array.isArray(trends.days) ? trends.days : [];
  expect(days).toHaveLength(14);
  expect(days[0]).toMatchObject({ date: '2026-03-02', weight: { value: 80.5, mean7: 85.25 }, sleep: { value: null, mean7: null } });
  expect(days[2]).toMatchObject({ weight: { value: 82, mean7: 81.25 }, steps: { value: 3_000, mean7: 2_000 } });
  expect(days[9]).toMatchObject({ date: '2026-03-11', weight: { value: null, mean7: null } });
  expect((await get(`streaks?${range}`)).blocks).toMatchObject({ any: { longest: 2 }, each: [{ id: 'run', longest: 2 }] });
  expect(listOf(await get(`completion?${range}`)).slice(0, 2)).toEqual([
    { weekday: 'Monday', days: 2, done: 2, ticks: 2, rate: 1 },
    { weekday: 'Tuesday', days: 2, done: 1, ticks: 2, rate: 0.5 },
  ]);
  expect(await get(`adherence?${range}`)).toMatchObject({
    supplements: [{ id: 'c', name: 'Creatine', done: 1, days: 14 }],
    meals: [{ id: 'p', name: 'Porridge', done: 1, days: 2, rate: 0.5 }],
  });
  expect(await get(`weekly?${range}`)).toMatchObject({
    weeks: [
      { from: '2026-03-02', weight: 81.25, steps: 4_000, blocksDone: 2, supplementsTaken: 1, mealsEaten: 0, workouts: 1 },
      { from: '2026-03-09', weight: null, steps: 0, blocksDone: 1, supplementsTaken: 0, mealsEaten: 1, workouts: 0 },
    ],
  });
  await tick('2026-03-10', true);
  await client.sync();
  expect((await get(`streaks?${range}`)).blocks).toMatchObject({ any: { longest: 2 } });
  expect(listOf(await get(`completion?${range}`))[1]).toMatchObject({ done: 2 });
  for (const wrong of ['tz=Mars', 'from=2026-02-31', 'from=2026-03-02&to=2026-03-01', 'from=2000-01-01&to=2026-01-01', 'to=x']) {
    expect([wrong, (await server.call('GET', `/analytics/trends?${wrong}`)).refusal]).toEqual([wrong, '400 BAD_REQUEST']);
  }
});
