import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOW, openBrowsingServer, visitAt } from './browsing-server.suite.ts';
import { daily, hours, topSites, weekly } from './routes/insights.ts';
import { timeZoneOf } from './routes/time-zone.ts';
import { createVisitTable } from './routes/visit-columns.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const zoneOf = (name: string) => {
  const zone = timeZoneOf(name);
  if (zone === undefined) throw new Error(`no zone ${name}`);
  return zone;
};

const tableOf = (visits: readonly JsonObject[]) => {
  const table = createVisitTable();
  for (const [i, visit] of visits.entries()) table.put(String(i), JSON.stringify(visit));
  return table;
};

describe('a zone', () => {
  test.each([
    ['Europe/Berlin', '2026-03-29T00:59:59Z', 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 2],
    ['Europe/Berlin', '2026-10-25T00:59:59Z', 2],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 1],
    ['Asia/Kathmandu', '2026-06-01T00:00:00Z', 5.75],
    ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', 11],
    ['Australia/Lord_Howe', '2026-07-01T00:00:00Z', 10.5],
    ['UTC', '2026-07-01T00:00:00Z', 0],
  ])('%s at %s is %d hours ahead', (name, time, ahead) => expect(zoneOf(name).offsetAt(Date.parse(time))).toBe(ahead * HOUR_MS));

  test.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z'],
    ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00Z'],
    ['America/New_York', '2026-11-02', '2026-11-02T05:00:00Z'],
    // Clocks went from 23:59 to 1:00: that day had no midnight.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00Z'],
    ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00Z'],
    ['Pacific/Pago_Pago', '2026-01-01', '2026-01-01T11:00:00Z'],
  ])('%s begins %s at %s', (name, date, time) => {
    expect(new Date(zoneOf(name).startOfDay(Date.parse(date) / DAY_MS)).toISOString()).toBe(new Date(time).toISOString());
  });

  test('that does not exist is none', () => expect(timeZoneOf('Nowhere/Land')).toBe(undefined));
});

/** Local date and hour of a moment, as the platform prints them. */
const createClock = (name: string) => {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: name, ...parts });
  return (ms: number): { readonly date: string; readonly hour: number } => {
    const text = format.format(ms);
    return { date: text.slice(0, 10), hour: Number(text.slice(-2)) };
  };
};

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Kiritimati'];
/** Around changes of the clocks in several of the zones. */
const MOMENTS = ['2026-03-28T20:00Z', '2026-10-24T20:00Z', '2026-03-07T22:00Z', '2026-11-01T02:00Z', '2026-04-04T10:00Z'].map(Date.parse);

test('days and hours are those that counting minute by minute gives, in every zone and over every change of the clocks', () => {
  const visit = fc.record({
    start: fc.tuple(fc.constantFrom(...MOMENTS), fc.integer({ min: 0, max: 900 })).map(([base = 0, minute]) => base + minute * MINUTE_MS),
    minutes: fc.integer({ min: 1, max: 1_700 }),
    share: fc.constantFrom(0, 0.5, 1),
  });
  const property = fc.property(fc.constantFrom(...ZONES), fc.array(visit, { maxLength: 8 }), fc.nat(400), (name, visits, cut) => {
    const table = tableOf(
      visits.map(({ start, minutes, share }) => ({
        startedAt: start,
        endedAt: start + minutes * MINUTE_MS,
        activeDuration: minutes * MINUTE_MS * share,
        domain: 'x.example',
      })),
    );
    const range = { from: (MOMENTS[2] ?? 0) + cut * MINUTE_MS, to: (MOMENTS[3] ?? 0) + cut * MINUTE_MS, zone: zoneOf(name) };
    const clock = createClock(name);
    const byDate = new Map<string, number>();
    const byHour = Array.from({ length: 24 }, () => 0);
    let [all, count] = [0, 0];
    for (const { start, minutes, share } of visits) {
      if (start >= range.from && start < range.to) count += 1;
      for (let at = start; at < start + minutes * MINUTE_MS; at += MINUTE_MS) {
        if (at < range.from || at >= range.to) continue;
        const { date, hour } = clock(at);
        byDate.set(date, (byDate.get(date) ?? 0) + MINUTE_MS * share);
        byHour[hour] = (byHour[hour] ?? 0) + MINUTE_MS * share;
        all += MINUTE_MS * share;
      }
    }
    const days = daily(table, range);
    expect(days[0]?.date).toBe(clock(range.from).date);
    expect(days.at(-1)?.date).toBe(clock(range.to - 1).date);
    for (const { date, activeDuration } of days)
      expect([date, Math.abs(activeDuration - (byDate.get(date) ?? 0)) <= 8]).toEqual([date, true]);
    for (const { hour, activeDuration } of hours(table, range))
      expect(Math.abs(activeDuration - (byHour[hour] ?? 0))).toBeLessThanOrEqual(8);
    const total = (parts: readonly { readonly visits: number; readonly activeDuration: number }[]) =>
      parts.reduce((sum, part) => [(sum[0] ?? 0) + part.visits, (sum[1] ?? 0) + part.activeDuration], [0, 0]);
    for (const parts of [days, weekly(table, range), hours(table, range), topSites(table, range, 10)]) {
      const [visitSum = 0, activeSum = 0] = total(parts);
      expect(visitSum).toBe(count);
      expect(Math.abs(activeSum - all)).toBeLessThanOrEqual(days.length);
    }
  });
  fc.assert(property, { numRuns: 60 });
});

test('one visit a minute over a day of 23 and one of 25 hours', () => {
  const from = Date.parse('2026-03-28T23:00:00Z');
  const to = Date.parse('2026-03-30T22:00:00Z');
  const visits = Array.from({ length: (to - from) / MINUTE_MS }, (_, i) => ({ startedAt: from + i * MINUTE_MS, duration: 1_000 }));
  const zone = zoneOf('Europe/Berlin');
  expect(daily(tableOf(visits), { from, to, zone }).map(({ date, visits: count }) => [date, count])).toEqual([
    ['2026-03-29', 23 * 60],
    ['2026-03-30', 24 * 60],
  ]);
  const hour = (n: number) => hours(tableOf(visits), { from, to, zone })[n]?.visits;
  expect([hour(1), hour(2), hour(3)]).toEqual([120, 60, 120]);
  const autumn = { from: Date.parse('2026-10-24T22:00:00Z'), to: Date.parse('2026-10-25T23:00:00Z'), zone };
  const later = Array.from({ length: 25 }, (_, i) => ({ startedAt: autumn.from + i * HOUR_MS, duration: 1_000 }));
  expect(daily(tableOf(later), autumn)).toEqual([{ date: '2026-10-25', visits: 25, activeDuration: 25_000 }]);
  expect(hours(tableOf(later), autumn)[2]).toEqual({ hour: 2, visits: 2, activeDuration: 2_000 });
});

test.each([
  ['2024-12-30', '2025-W01'],
  ['2026-01-01', '2026-W01'],
  ['2027-01-01', '2026-W53'],
  ['2026-03-29', '2026-W13'],
  ['2021-01-03', '2020-W53'],
])('%s lies in week %s', (date, week) => {
  const from = Date.parse(date);
  expect(weekly(tableOf([]), { from, to: from + DAY_MS, zone: zoneOf('UTC') }).map((one) => one.week)).toEqual([week]);
});

test('a visit as long as a year costs no more than a short one', () => {
  const year = 365 * DAY_MS;
  const table = tableOf(Array.from({ length: 20_000 }, () => ({ startedAt: NOW - year, duration: year })));
  const [noon] = hours(table, { from: NOW - year, to: NOW, zone: zoneOf('Europe/Berlin') }).slice(12);
  expect(noon?.activeDuration).toBe(20_000 * 365 * HOUR_MS);
});

describe('over HTTP', () => {
  const read = async (call: Awaited<ReturnType<typeof openBrowsingServer>>['call'], path: string, token?: string) => {
    const answer = await call('GET', path, undefined, token);
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };
  const listIn = (body: JsonObject, name: string): readonly JsonObject[] => {
    const list = body[name];
    return Array.isArray(list) ? list.filter(isJsonObject) : [];
  };

  test('they are as of now, whoever wrote and however often', async () => {
    const { call } = await openBrowsingServer('sqlite');
    const put = (visits: JsonObject[], token?: string) => call('POST', '/api/sync/page-visits', { visits }, token);
    const sum = async (token?: string) => {
      const days = listIn(await read(call, '/api/insights/daily?tz=Europe/Berlin', token), 'days');
      return [days.reduce((all, day) => all + Number(day.visits), 0), days.reduce((all, day) => all + Number(day.activeDuration), 0)];
    };
    expect(await sum()).toEqual([0, 0]);
    await put([visitAt(0), visitAt(1)]);
    expect(await sum()).toEqual([2, 60_000]);
    await put([visitAt(1), visitAt(1, { activeDuration: 40_000 })]);
    expect(await sum()).toEqual([2, 70_000]);
    await put([visitAt(0), visitAt(7)], 'test-eve');
    expect(await sum()).toEqual([2, 70_000]);
    expect(await sum('test-eve')).toEqual([2, 60_000]);
    await call('DELETE', `/api/data?from=${Number(visitAt(1).timestamp)}`);
    expect(await sum()).toEqual([1, 30_000]);
    await call('DELETE', '/api/data');
    expect(await sum()).toEqual([0, 0]);
    await put([visitAt(3)]);
    expect(await sum()).toEqual([1, 30_000]);
  });

  test('top sites, weeks and hours', async () => {
    const { call } = await openBrowsingServer();
    await call('POST', '/api/sync/page-visits', {
      visits: Array.from({ length: 10 }, (_, i) => visitAt(i, { activeDuration: (i % 5) * 1_000 })),
    });
    const top = await read(call, '/api/insights/top-sites?limit=2');
    expect(top.sites).toEqual([
      { domain: 'site4.example', share: 0.4, visits: 2, activeDuration: 8_000 },
      { domain: 'site3.example', share: 0.3, visits: 2, activeDuration: 6_000 },
    ]);
    const weeks = listIn(await read(call, '/api/insights/weekly?from=2026-11-16&to=2026-11-22'), 'weeks');
    expect(weeks).toEqual([{ week: '2026-W47', firstDay: '2026-11-16', lastDay: '2026-11-22', visits: 10, activeDuration: 20_000 }]);
    const at = listIn(await read(call, '/api/insights/hours?tz=Asia/Kathmandu'), 'hours').filter(({ visits }) => visits !== 0);
    expect(at).toEqual([{ hour: 17, visits: 10, activeDuration: 20_000 }]);
  });

  test('a range is by the days of the zone, and whole where none is given', async () => {
    const { call } = await openBrowsingServer();
    const days = await read(call, '/api/insights/daily?tz=America/New_York&from=2026-11-01&to=2026-11-02');
    expect([days.from, days.to]).toEqual([Date.parse('2026-11-01T04:00:00Z'), Date.parse('2026-11-03T05:00:00Z')]);
    expect(listIn(await read(call, '/api/insights/daily'), 'days').map(({ date }) => date)).toHaveLength(30);
    expect(listIn(await read(call, '/api/insights/daily?to=2026-03-01'), 'days')[0]).toMatchObject({ date: '2026-01-31' });
    expect(listIn(await read(call, '/api/insights/weekly'), 'weeks').length).toBeGreaterThanOrEqual(12);
    for (const query of ['from=2026-02-02&to=2026-02-01', 'tz=x', 'from=2026-1-1', 'day=1', 'to=999999999999999', 'from=9999-12-31']) {
      const path = `/api/insights/daily?${query}`;
      expect((await call('GET', path)).status, path).toBe(400);
    }
    for (const query of ['from=0', 'to=9899-12-30']) await read(call, `/api/insights/hours?${query}`);
    expect((await call('GET', '/api/insights/hours?from=0&to=2026-01-01')).status).toBe(400);
  });
});
