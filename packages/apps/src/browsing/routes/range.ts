import { ok, type Result, refuse } from '@tidemark/protocol';
import * as z from 'zod';
import type { Range } from './insights.ts';
import { type TimeZone, timeZoneOf } from './time-zone.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** So far from the year 10,000, in which dates are written otherwise, that no range gets there. */
const LAST_MS = Date.UTC(9900, 0, 1);
const SPAN_DAYS_MAX = 3_700;

const moment = z.string().min(1).max(40);

/** `from`, `to` and `tz` of a query. */
export const rangeQuery = {
  from: moment
    .describe(
      'The first moment: milliseconds since 1970, ISO 8601 with an offset (2026-03-29T08:00:00Z), or a day of the zone (2026-03-29)',
    )
    .optional(),
  to: moment.describe('In the same forms. A moment is the first that is left out; a day is the last that is included').optional(),
  tz: z.string().min(1).max(64).describe('A time zone such as Europe/Berlin; UTC unless given').optional(),
};

export interface RangeQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly tz?: string | undefined;
}

const wrong = (path: string, message: string): Result<never> =>
  refuse('BAD_REQUEST', `${path} ${message}`, { issues: [{ path, message }] });

const FORMS = 'must be milliseconds since 1970, a date from then on (2026-03-29) or a time with an offset (2026-03-29T08:00:00Z)';
const isoTime = z.iso.datetime({ offset: true });
const isoDate = z.iso.date();

/** A moment as a query names it. A day is its first moment, or with `isEnd` the first of the next one. */
const readMoment = (name: string, text: string, zone: TimeZone, isEnd: boolean): Result<number> => {
  if (/^\d{1,15}$/.test(text)) return Number(text) <= LAST_MS ? ok(Number(text)) : wrong(name, FORMS);
  const isDay = isoDate.safeParse(text).success;
  if (!isDay && !isoTime.safeParse(text).success) return wrong(name, FORMS);
  const ms = Date.parse(text);
  if (ms > LAST_MS || ms < 0) return wrong(name, FORMS);
  return ok(isDay ? zone.startOfDay(ms / DAY_MS + (isEnd ? 1 : 0)) : ms);
};

/** The zone of a query. Refused with BAD_REQUEST. */
export const readZone = (name: string | undefined): Result<TimeZone> => {
  const zone = timeZoneOf(name ?? 'UTC');
  return zone === undefined ? wrong('tz', 'is no time zone; give one such as Europe/Berlin or UTC') : ok(zone);
};

/** `from` and `to` where they are given. Refused with BAD_REQUEST. */
export const readBounds = (
  { from, to }: RangeQuery,
  zone: TimeZone,
): Result<{ readonly from: number | undefined; readonly to: number | undefined }> => {
  const first = from === undefined ? ok(undefined) : readMoment('from', from, zone, false);
  if (!first.ok) return first;
  const last = to === undefined ? ok(undefined) : readMoment('to', to, zone, true);
  return last.ok ? ok({ from: first.value, to: last.value }) : last;
};

/**
 * The range of a query: `days` whole days up to the end of today where it names no bounds, and as many from or up to the one it
 * names. `now` in milliseconds. Refused with BAD_REQUEST, also where it is empty or longer than 3,700 days.
 */
export const readRange = (query: RangeQuery, now: number, days: number): Result<Range> => {
  const zone = readZone(query.tz);
  if (!zone.ok) return zone;
  const bounds = readBounds(query, zone.value);
  if (!bounds.ok) return bounds;
  const dayOf = (ms: number): number => Math.floor((ms + zone.value.offsetAt(ms)) / DAY_MS);
  const { startOfDay } = zone.value;
  const given = bounds.value;
  const to = given.to ?? (given.from === undefined ? startOfDay(dayOf(now) + 1) : startOfDay(dayOf(given.from) + days));
  const from = given.from ?? startOfDay(dayOf(to - 1) - days + 1);
  if (from >= to) return wrong('to', 'must come after from');
  if (to - from > SPAN_DAYS_MAX * DAY_MS) return wrong('to', `must be at most ${SPAN_DAYS_MAX} days after from`);
  return ok({ from, to, zone: zone.value });
};
