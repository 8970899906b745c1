import { defineApp, defineCollection, type FieldsOf, max, min, newestBy, type RecordOf } from '@tidemark/protocol';
import * as z from 'zod';
import { maxByKey, periodsByStart, sortedPeriods } from './merge-rules.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What visits and aggregates may hold. Lengths are in characters (UTF-16 units), times in milliseconds. */
export const BROWSING_LIMITS = {
  /** Visits, or aggregates, of one request. */
  batchMax: 1_000,
  urlLengthMax: 65_536,
  textLengthMax: 10_000,
  domainLengthMax: 255,
  idlePeriodsMax: 5_000,
  /** The longest time that a visit or a tab can last. */
  durationMax: 366 * DAY_MS,
  /** 2100-01-01. */
  timeMax: Date.UTC(2100, 0, 1),
} as const;

/** Addresses of pages. Others run something (`javascript:`), or are the page themselves (`data:`, `blob:`). */
const PAGE_ADDRESS = /^(?:https?|ftp|file|about|chrome|edge|brave|opera|vivaldi|[a-z]+-extension):/i;

export const pageUrl = z
  .string()
  .max(BROWSING_LIMITS.urlLengthMax)
  .refine((url) => PAGE_ADDRESS.test(url), 'must be the address of a page, such as https://example.com/');
export const domainName = z.string().min(1).max(BROWSING_LIMITS.domainLengthMax);
/** Milliseconds since 1970. */
export const time = z.number().min(0).max(BROWSING_LIMITS.timeMax);
/** Milliseconds. */
export const duration = z.number().min(0).max(BROWSING_LIMITS.durationMax);
export const wholeNumber = z.int().min(0).max(1_000_000_000);
/** Browsers give tabs numbers; -1 is no tab. */
export const tabNumber = z.int().min(-1);
export const clientName = z.string().min(1).max(128);
const text = z.string().max(BROWSING_LIMITS.textLengthMax);
const reason = z.string().max(200).exactOptional();
const idlePeriod = z.object({
  start: time,
  end: time.exactOptional(),
  durationMs: duration.exactOptional(),
  reason,
  resumeReason: reason,
});
const anyObject = z.record(z.string(), z.json());

/**
 * One page in one tab, under the id `visitKey(anonymousClientId, visitId)`. Every rule holds for every write, so nothing depends on
 * the order of writes and nothing conflicts: durations and times only grow, the earliest start stands, and what ended stays so.
 * What describes the page is that of the latest look at it: whoever writes `title` also writes `titleAt`, whoever writes a
 * `category` also its confidence and method (null for none) and `categoryAt` (see visit.ts, which does so).
 */
const pageVisits = defineCollection({
  name: 'pageVisits',
  fields: {
    visitId: { schema: z.string().min(1).max(128), merge: max() },
    anonymousClientId: { schema: clientName, merge: max() },
    tabId: { schema: tabNumber.optional(), merge: max() },
    url: { schema: pageUrl, merge: max() },
    domain: { schema: domainName.optional(), merge: max() },
    startedAt: { schema: time.optional(), merge: min() },
    endedAt: { schema: time.optional(), merge: max() },
    duration: { schema: duration.optional(), merge: max() },
    activeDuration: { schema: duration.optional(), merge: max() },
    lastHeartbeat: { schema: time.optional(), merge: max() },
    isActive: { schema: z.boolean().optional(), merge: min() },
    idlePeriods: {
      schema: z.array(idlePeriod).max(BROWSING_LIMITS.idlePeriodsMax).transform(sortedPeriods).optional(),
      merge: periodsByStart(),
    },
    /** As it was sent; what is shown follows from the durations where these are known. */
    engagementRate: { schema: z.number().min(0).max(1).optional(), merge: max() },
    title: { schema: text.optional(), merge: newestBy('titleAt') },
    titleAt: { schema: time.optional(), merge: max() },
    category: { schema: text.optional(), merge: newestBy('categoryAt') },
    categoryConfidence: { schema: z.number().min(0).max(1).nullable().optional(), merge: newestBy('categoryAt') },
    categoryMethod: { schema: text.nullable().optional(), merge: newestBy('categoryAt') },
    categoryAt: { schema: time.optional(), merge: max() },
    metadata: { schema: anyObject.optional(), merge: maxByKey() },
  },
  indexes: [['startedAt'], ['domain', 'startedAt']],
  search: ['title', 'url'],
});

/**
 * What one tab did since it was opened, under the id `aggregateKey(anonymousClientId, tabId, startTime)`: numbers of tabs repeat
 * after a restart of the browser, and on every device. `currentUrl` and `currentDomain` are the newest by `currentAt`, which is the
 * lastActiveTime of the write that named them; whoever writes one of the three writes all.
 */
const tabAggregates = defineCollection({
  name: 'tabAggregates',
  fields: {
    anonymousClientId: { schema: clientName, merge: max() },
    tabId: { schema: tabNumber, merge: max() },
    startTime: { schema: time, merge: max() },
    lastActiveTime: { schema: time.optional(), merge: max() },
    totalActiveDuration: { schema: duration, merge: max() },
    domainDurations: { schema: z.record(z.string().max(BROWSING_LIMITS.domainLengthMax), duration).optional(), merge: maxByKey() },
    pageCount: { schema: wholeNumber.optional(), merge: max() },
    currentUrl: { schema: pageUrl.nullable().optional(), merge: newestBy('currentAt') },
    currentDomain: { schema: domainName.nullable().optional(), merge: newestBy('currentAt') },
    currentAt: { schema: time.optional(), merge: max() },
    /** As it was sent; what is shown follows from the durations where these are known. */
    statistics: { schema: anyObject.optional(), merge: maxByKey() },
  },
  indexes: [['lastActiveTime'], ['startTime']],
});

/** Page visits and tab aggregates of one person, from any number of browsers. */
export const browsing = defineApp({ name: 'browsing', schemaVersion: 1, collections: { pageVisits, tabAggregates } });

export type PageVisitRecord = RecordOf<typeof pageVisits>;
export type PageVisitFields = FieldsOf<typeof pageVisits>;
export type TabAggregateRecord = RecordOf<typeof tabAggregates>;
export type TabAggregateFields = FieldsOf<typeof tabAggregates>;
