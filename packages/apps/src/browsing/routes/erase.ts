import { type JsonObject, ok, type Result } from '@tidemark/protocol';
import { answerJson, applyWrites, type Call, type Endpoint, endpoint, NO_INPUT, type Write } from '@tidemark/server/rest';
import * as z from 'zod';
import { domainName, type PageVisitFields, type TabAggregateFields } from '../schema.ts';
import { domainOf } from '../visit.ts';
import { rangeQuery, readBounds, readZone } from './range.ts';

const AT_ONCE = 1_000;

/** What is to be forgotten: what touches these times, of this domain and those below it. */
interface Wanted {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly domain: string | undefined;
}

interface Row {
  readonly id: string;
  readonly revision: number;
  readonly fieldsJson: string;
}

/** A name as it is compared: browsers send it in any case, and a dot at its end changes nothing. */
const folded = (name: string): string => name.toLowerCase().replace(/\.$/, '');

const isOf = (domain: string, name: string): boolean => `.${folded(name)}`.endsWith(`.${domain}`);

/** A page is of the domain that its browser names and of that of its address: browsers may name it otherwise, or not at all. */
const isPageOf = (
  domain: string,
  page: { readonly url?: string | null | undefined; readonly domain?: string | null | undefined },
): boolean => isOf(domain, page.domain ?? '') || isOf(domain, domainOf(page.url ?? '') ?? '');

const touches = ({ from, to }: Wanted, start: number, end: number): boolean =>
  (from === undefined || end >= from) && (to === undefined || start < to);

const isWantedVisit = (wanted: Wanted, visit: PageVisitFields): boolean => {
  const { startedAt, endedAt, duration } = visit;
  if (wanted.domain !== undefined && !isPageOf(wanted.domain, visit)) return false;
  if (startedAt === undefined) return wanted.from === undefined && wanted.to === undefined;
  return touches(wanted, startedAt, endedAt ?? startedAt + (duration ?? 0));
};

const deleteOf = (collection: string, { id, revision }: Row): Write => ({ collection, id, op: 'delete', base: 0, ifRevision: revision });

const forgetVisit = (wanted: Wanted, row: Row): readonly Write[] => {
  const visit: PageVisitFields = JSON.parse(row.fieldsJson);
  return isWantedVisit(wanted, visit) ? [deleteOf('pageVisits', row)] : [];
};

/** The aggregate without a domain: its time there is taken off the total. */
const withoutDomain = (aggregate: TabAggregateFields, domain: string): JsonObject => {
  const { domainDurations = {}, currentUrl, currentDomain, currentAt, statistics: _statistics, ...others } = aggregate;
  const kept = Object.entries(domainDurations).filter(([name]) => !isOf(domain, name));
  const gone = Object.entries(domainDurations).reduce((sum, [name, ms]) => (isOf(domain, name) ? sum + ms : sum), 0);
  const isGone = currentAt === undefined || isPageOf(domain, { url: currentUrl, domain: currentDomain });
  const current = isGone ? {} : { currentUrl: currentUrl ?? null, currentDomain: currentDomain ?? null, currentAt };
  const totalActiveDuration = Math.max(0, aggregate.totalActiveDuration - gone);
  return { ...others, ...current, totalActiveDuration, domainDurations: Object.fromEntries(kept) };
};

const namesDomain = ({ domainDurations = {}, currentUrl, currentDomain, statistics = {} }: TabAggregateFields, domain: string): boolean =>
  isPageOf(domain, { url: currentUrl, domain: currentDomain }) ||
  [...Object.keys(domainDurations), String(statistics.mostVisitedDomain)].some((name) => isOf(domain, name));

/** Of an aggregate a domain can be taken out; a time cannot, so that one that touches it goes as a whole. */
const forgetAggregate = (wanted: Wanted, row: Row): readonly Write[] => {
  const aggregate: TabAggregateFields = JSON.parse(row.fieldsJson);
  const { startTime, lastActiveTime } = aggregate;
  if (!touches(wanted, startTime, lastActiveTime ?? startTime)) return [];
  const gone = deleteOf('tabAggregates', row);
  if (wanted.domain === undefined) return [gone];
  if (!namesDomain(aggregate, wanted.domain)) return [];
  // Its fields only ever grow, so that it has to go before it can come back with less.
  return [gone, { collection: 'tabAggregates', id: row.id, op: 'put', fields: withoutDomain(aggregate, wanted.domain), base: 0 }];
};

/** Walks a collection and deletes what `forget` says, again until nothing is left: a record that was written meanwhile is met again. */
const forgetAll = async (call: Call, collection: string, forget: (row: Row) => readonly Write[]): Promise<Result<number>> => {
  const { engine } = call.services;
  for (let forgotten = 0; ; ) {
    let isDone = true;
    for (let cursor: string | undefined; ; ) {
      const page = await engine.query(
        call.space,
        collection,
        { limit: AT_ONCE, ...(cursor === undefined ? {} : { cursor }) },
        { at: 'now' },
      );
      if (!page.ok) return page;
      const writes = page.value.rows.flatMap(forget);
      const applied = writes.length === 0 ? undefined : await applyWrites(call, writes);
      if (applied?.ok === false) return applied;
      if (applied !== undefined) {
        const stale = applied.value.answer.rejected.length;
        forgotten += writes.filter(({ op }) => op === 'delete').length - stale;
        if (stale > 0) isDone = false;
      }
      cursor = page.value.nextCursor;
      if (cursor === undefined) break;
    }
    if (isDone) return ok(forgotten);
  }
};

const eraseSome = async (call: Call, wanted: Wanted): Promise<Result<JsonObject>> => {
  const { engine } = call.services;
  const pageVisits = await forgetAll(call, 'pageVisits', (row) => forgetVisit(wanted, row));
  if (!pageVisits.ok) return pageVisits;
  const tabAggregates = await forgetAll(call, 'tabAggregates', (row) => forgetAggregate(wanted, row));
  if (!tabAggregates.ok) return tabAggregates;
  const session = await engine.session(call.space);
  // What was deleted still stands in the log: with its past, the past of everything else goes too.
  const compacted = session.ok ? await engine.compact(call.space, session.value.latestVersion) : session;
  return compacted.ok ? ok({ everything: false, pageVisits: pageVisits.value, tabAggregates: tabAggregates.value }) : compacted;
};

export const eraseEndpoint: Endpoint = endpoint({
  ...NO_INPUT,
  method: 'DELETE',
  path: '/api/data',
  tag: 'records',
  summary: 'Erase what was recorded, for good',
  description: `Without parameters everything of the caller is erased, with its history; clients that sync natively hear SPACE_ERASED.
With from, to or domain: the visits that touch these times and are of this domain or one below it. From tab aggregates a domain is taken
out; those that touch the times are erased as a whole. The earlier states of all other records go with it. A browser that has not sent
what it recorded, or sends it anew with other content, brings it back: it must forget the same.`,
  query: z.strictObject({ ...rangeQuery, domain: domainName.regex(/[^.]/, 'must be a domain such as example.com').optional() }),
  answers: {
    200: {
      description: 'Erased',
      schema: z.object({
        everything: z.boolean(),
        pageVisits: z.int().optional().describe('How many, where not everything was'),
        tabAggregates: z.int().optional(),
      }),
    },
  },
  handle: async (call, { query }) => {
    if (Object.keys(query).length === 0) {
      const erased = await call.services.engine.erase(call.space);
      return erased.ok ? ok(await answerJson(call.c, { everything: true })) : erased;
    }
    const zone = readZone(query.tz);
    const bounds = zone.ok ? readBounds(query, zone.value) : zone;
    if (!bounds.ok) return bounds;
    const erased = await eraseSome(call, { ...bounds.value, domain: query.domain && folded(query.domain) });
    return erased.ok ? ok(await answerJson(call.c, erased.value)) : erased;
  },
});
