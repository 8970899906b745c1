import { ok, type Result } from '@tidemark/protocol';
import { answerJson, type Call, type Endpoint, endpoint, type LogTables, NO_INPUT } from '@tidemark/server/rest';
import * as z from 'zod';
import { daily, hours, type Range, topSites, weekly } from './insights.ts';
import { type RangeQuery, rangeQuery, readRange } from './range.ts';
import { dailyShape, hoursShape, topSitesShape, weeklyShape } from './shapes.ts';
import type { VisitColumns, VisitTable } from './visit-columns.ts';

const DAYS = 30;
const WEEKS_DAYS = 12 * 7;
const SITES_DEFAULT = 10;
const SITES_MAX = 100;

const SPREAD = 'The attention of a visit is spread evenly over the time it lasted; the visit itself counts where it began.';

const sites = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(SITES_MAX))
  .optional()
  .meta({ type: 'integer', minimum: 1, maximum: SITES_MAX, default: SITES_DEFAULT });

const insight = { ...NO_INPUT, method: 'GET' as const, tag: 'insights', query: z.strictObject(rangeQuery) };

/** The insights, computed over the tables. */
export const insightEndpoints = (tables: LogTables<VisitTable>): readonly Endpoint[] => {
  const answerOver = async (
    call: Call,
    query: RangeQuery,
    days: number,
    compute: (visits: VisitColumns, range: Range) => object,
  ): Promise<Result<Response>> => {
    const range = readRange(query, call.services.env.wall(), days);
    if (!range.ok) return range;
    const computed = await tables.read(call, (visits) => compute(visits, range.value));
    if (!computed.ok) return computed;
    const { from, to, zone } = range.value;
    return ok(await answerJson(call.c, { tz: zone.name, from, to, ...computed.value.seen }));
  };
  return [
    endpoint({
      ...insight,
      path: '/api/insights/daily',
      summary: 'Visits and attention of each day',
      description: `The last ${DAYS} days unless the query says otherwise, by the days of the zone. ${SPREAD}`,
      answers: { 200: { description: 'Every day of the range', schema: dailyShape } },
      handle: (call, { query }) => answerOver(call, query, DAYS, (visits, range) => ({ days: daily(visits, range) })),
    }),
    endpoint({
      ...insight,
      path: '/api/insights/weekly',
      summary: 'Visits and attention of each week',
      description: `Weeks of ISO 8601, Monday to Sunday; the last twelve unless the query says otherwise. ${SPREAD}`,
      answers: { 200: { description: 'Every week of the range', schema: weeklyShape } },
      handle: (call, { query }) => answerOver(call, query, WEEKS_DAYS, (visits, range) => ({ weeks: weekly(visits, range) })),
    }),
    endpoint({
      ...insight,
      path: '/api/insights/hours',
      summary: 'Visits and attention of each hour of the day',
      description: `All days of the range together; the last ${DAYS} unless the query says otherwise. ${SPREAD}`,
      answers: { 200: { description: '24 hours', schema: hoursShape } },
      handle: (call, { query }) => answerOver(call, query, DAYS, (visits, range) => ({ hours: hours(visits, range) })),
    }),
    endpoint({
      ...insight,
      path: '/api/insights/top-sites',
      summary: 'The domains that got the most attention',
      description: `Of the last ${DAYS} days unless the query says otherwise.`,
      query: z.strictObject({ ...rangeQuery, limit: sites }),
      answers: { 200: { description: 'The most first', schema: topSitesShape } },
      handle: (call, { query }) =>
        answerOver(call, query, DAYS, (visits, range) => ({ sites: topSites(visits, range, query.limit ?? SITES_DEFAULT) })),
    }),
  ];
};
