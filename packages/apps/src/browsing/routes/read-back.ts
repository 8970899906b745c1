import { type JsonObject, LIMITS, ok, type Query } from '@tidemark/protocol';
import { answerText, type Call, type Endpoint, endpoint, NO_INPUT } from '@tidemark/server/rest';
import * as z from 'zod';
import { domainName, type PageVisitFields, type TabAggregateFields } from '../schema.ts';
import { rangeQuery, readBounds, readZone } from './range.ts';
import { aggregateShape, pageOf, visitShape } from './shapes.ts';
import { showAggregate, showVisit } from './show.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1_000;

const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(PAGE_MAX))
  .optional()
  .meta({ type: 'integer', minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT });
const cursor = z
  .string()
  .min(1)
  .max(4 * LIMITS.cursorLengthMax)
  .describe('The nextCursor of the page before')
  .optional();

/** The condition on a time that lies in a range; undefined for any time. */
const within = (field: string, from: number | undefined, to: number | undefined): JsonObject =>
  from === undefined && to === undefined
    ? {}
    : { [field]: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) } };

const answerPage = async (call: Call, collection: string, query: Query, show: (fieldsJson: string) => JsonObject) => {
  const page = await call.services.engine.query(call.space, collection, query);
  if (!page.ok) return page;
  const data = page.value.rows.map(({ fieldsJson }) => show(fieldsJson));
  return ok(await answerText(call.c, JSON.stringify({ data, nextCursor: page.value.nextCursor ?? null })));
};

const visitOf = (fieldsJson: string): JsonObject => {
  const fields: PageVisitFields = JSON.parse(fieldsJson);
  return showVisit(fields);
};

const aggregateOf = (fieldsJson: string): JsonObject => {
  const fields: TabAggregateFields = JSON.parse(fieldsJson);
  return showAggregate(fields);
};

const PAGED = 'All pages are of the state when the first was asked for, so that no record comes twice and none is passed over.';

const listVisits = endpoint({
  ...NO_INPUT,
  method: 'GET',
  path: '/api/page-visits',
  tag: 'records',
  summary: 'Read page visits back, the latest first',
  description: PAGED,
  query: z.strictObject({
    ...rangeQuery,
    domain: domainName.describe('Exactly this one').optional(),
    q: z.string().max(1_000).describe('Words; each must begin a word of the title or the address').optional(),
    limit,
    cursor,
  }),
  answers: { 200: { description: 'A page', schema: pageOf(visitShape) } },
  refusals: ['BAD_CURSOR'],
  handle: async (call, { query }) => {
    const zone = readZone(query.tz);
    const bounds = zone.ok ? readBounds(query, zone.value) : zone;
    if (!bounds.ok) return bounds;
    const where = {
      ...within('startedAt', bounds.value.from, bounds.value.to),
      ...(query.domain === undefined ? {} : { domain: query.domain.toLowerCase() }),
    };
    const asked: Query = {
      where,
      orderBy: [['startedAt', 'desc']],
      limit: query.limit ?? PAGE_DEFAULT,
      ...(query.q === undefined ? {} : { search: query.q }),
      ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    };
    return answerPage(call, 'pageVisits', asked, visitOf);
  },
});

const listAggregates = endpoint({
  ...NO_INPUT,
  method: 'GET',
  path: '/api/tab-aggregates',
  tag: 'records',
  summary: 'Read tab aggregates back, the last active first',
  description: PAGED,
  query: z.strictObject({ ...rangeQuery, limit, cursor }),
  answers: { 200: { description: 'A page', schema: pageOf(aggregateShape) } },
  refusals: ['BAD_CURSOR'],
  handle: async (call, { query }) => {
    const zone = readZone(query.tz);
    const bounds = zone.ok ? readBounds(query, zone.value) : zone;
    if (!bounds.ok) return bounds;
    const asked: Query = {
      where: within('lastActiveTime', bounds.value.from, bounds.value.to),
      orderBy: [['lastActiveTime', 'desc']],
      limit: query.limit ?? PAGE_DEFAULT,
      ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    };
    return answerPage(call, 'tabAggregates', asked, aggregateOf);
  },
});

export const readBackEndpoints: readonly Endpoint[] = [listVisits, listAggregates];
