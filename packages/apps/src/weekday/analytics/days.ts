import { ok, type Result, refuse } from '@tidemark/protocol';

// Days are counted, not clocked: a day is the number of days from 1970-01-01 to its date, so that no change of clocks makes one longer
// or lets one out. Only which day it is now depends on a zone.

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;
export const RANGE_DAYS_MAX = 1_200;
const RANGE_DAYS_DEFAULT = 30;
/** 1970-01-01 was a Thursday; Monday is 0. */
const FIRST_WEEKDAY = 3;

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** The number of a date such as 2026-03-29; undefined where it is none. */
export const dayNumber = (date: unknown): number | undefined => {
  if (typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const ms = Date.parse(`${date}T00:00:00Z`);
  // JavaScript takes the 31st of February for the 3rd of March.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date ? undefined : ms / DAY_MS;
};

export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export const weekdayOf = (day: number): number => (((day + FIRST_WEEKDAY) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS;

/** The Monday of its week. */
export const mondayOf = (day: number): number => day - weekdayOf(day);

/** Days from `from` to `to`, both included, and the day that it is now where the person is. */
export interface Days {
  readonly from: number;
  readonly to: number;
  readonly today: number;
  readonly tz: string;
}

export interface DaysQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly tz?: string | undefined;
}

const wrong = (path: string, message: string): Result<never> =>
  refuse('BAD_REQUEST', `${path} ${message}`, { issues: [{ path, message }] });

/** The day that calendars of a zone show at a moment, milliseconds since 1970; undefined where there is no such zone. */
export const dayIn = (tz: string, ms: number): number | undefined => {
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: tz, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(ms);
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
    return dayNumber(`${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`);
  } catch {
    return undefined;
  }
};

/** Reads a query. Without `to` the range ends today, without `from` it has 30 days. Refused with BAD_REQUEST. */
export const readDays = ({ from, to, tz = 'UTC' }: DaysQuery, now: number): Result<Days> => {
  const today = dayIn(tz, now);
  if (today === undefined) return wrong('tz', 'is no time zone; give one such as Europe/Berlin or UTC');
  const last = to === undefined ? today : dayNumber(to);
  if (last === undefined) return wrong('to', 'must be a date such as 2026-03-29');
  const first = from === undefined ? last - RANGE_DAYS_DEFAULT + 1 : dayNumber(from);
  if (first === undefined) return wrong('from', 'must be a date such as 2026-03-29');
  if (first > last) return wrong('from', 'lies after to');
  if (last - first >= RANGE_DAYS_MAX) return wrong('from', `lies more than ${RANGE_DAYS_MAX} days before to`);
  return ok({ from: first, to: last, today, tz });
};
