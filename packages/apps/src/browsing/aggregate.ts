import * as z from 'zod';
import { aggregateKey } from './keys.ts';
import {
  BROWSING_LIMITS,
  clientName,
  domainName,
  duration,
  pageUrl,
  type TabAggregateFields,
  tabNumber,
  time,
  wholeNumber,
} from './schema.ts';
import { domainOf, type ReadyRecord } from './visit.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A tab aggregate as browsers send it. Members that are not named here are read over. */
export const sentAggregate = z.object({
  tabId: tabNumber,
  totalActiveDuration: duration,
  anonymousClientId: clientName.nullish(),
  startTime: time.nullish().describe('0 where it is not given'),
  lastActiveTime: time.nullish(),
  domainDurations: z.record(z.string().max(BROWSING_LIMITS.domainLengthMax), duration).nullish(),
  pageCount: wholeNumber.nullish(),
  currentUrl: z.union([z.literal(''), pageUrl]).nullish(),
  currentDomain: z.union([z.literal(''), domainName]).nullish(),
  statistics: z.record(z.string(), z.json()).nullish(),
});
export type SentAggregate = z.input<typeof sentAggregate>;

/** The record of an aggregate that was checked by `sentAggregate`. `client` stands in where it names no anonymousClientId. */
export const aggregateRecord = (sent: SentAggregate, client: string): ReadyRecord<TabAggregateFields> => {
  const { tabId, totalActiveDuration, lastActiveTime, domainDurations, pageCount, statistics } = sent;
  const anonymousClientId = sent.anonymousClientId ?? client;
  const startTime = sent.startTime ?? 0;
  const fields: Writable<TabAggregateFields> = { anonymousClientId, startTime, tabId, totalActiveDuration };
  if (typeof lastActiveTime === 'number') fields.lastActiveTime = lastActiveTime;
  if (domainDurations) fields.domainDurations = domainDurations;
  if (typeof pageCount === 'number') fields.pageCount = pageCount;
  if (statistics) fields.statistics = statistics;
  if (sent.currentUrl || sent.currentDomain) {
    fields.currentUrl = sent.currentUrl || null;
    fields.currentDomain = sent.currentDomain || (sent.currentUrl ? domainOf(sent.currentUrl) : undefined) || null;
    fields.currentAt = lastActiveTime ?? 0;
  }
  return { id: aggregateKey(anonymousClientId, tabId, startTime), fields, at: lastActiveTime ?? startTime };
};
