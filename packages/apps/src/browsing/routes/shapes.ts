import * as z from 'zod';
import { BROWSING_LIMITS } from '../schema.ts';

// Bodies and answers as the spec shows them.

const time = z.number().describe('Milliseconds since 1970');
const duration = z.number().describe('Milliseconds');

/** A page visit as it is answered; what is not known is null. */
export const visitShape = z
  .object({
    id: z.string(),
    anonymousClientId: z.string(),
    tabId: z.int().nullable(),
    url: z.string(),
    domain: z.string().nullable(),
    timestamp: time.nullable(),
    endedAt: time.nullable(),
    duration: duration.nullable(),
    activeDuration: duration.nullable(),
    isActive: z.boolean(),
    idlePeriods: z.array(
      z.object({
        start: time,
        end: time.optional(),
        durationMs: duration.optional(),
        reason: z.string().optional(),
        resumeReason: z.string().optional(),
      }),
    ),
    engagementRate: z.number().min(0).max(1).nullable(),
    lastHeartbeat: time.nullable(),
    title: z.string().nullable(),
    category: z.string().nullable(),
    categoryConfidence: z.number().nullable(),
    categoryMethod: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'PageVisit' });

export const aggregateShape = z
  .object({
    anonymousClientId: z.string(),
    tabId: z.int(),
    startTime: time,
    lastActiveTime: time.nullable(),
    totalActiveDuration: duration,
    domainDurations: z.record(z.string(), duration),
    pageCount: z.int().nullable(),
    currentUrl: z.string().nullable(),
    currentDomain: z.string().nullable(),
    statistics: z.object({ mostVisitedDomain: z.string().nullable(), averagePageDuration: duration.nullable() }),
  })
  .meta({ id: 'TabAggregate' });

export const rejectedShape = z.object({
  index: z.int().describe('Its place in the batch'),
  id: z.string().nullable(),
  code: z.string(),
  message: z.string(),
});

export const outcomeShape = z
  .object({
    accepted: z.int().describe('created + updated + unchanged'),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    rejected: z.array(rejectedShape),
  })
  .meta({ id: 'Outcome' });

const upTo = `up to ${BROWSING_LIMITS.batchMax.toLocaleString('en')}; each is checked on its own, and refused on its own`;
export const visitsBody = z.object({ visits: z.array(z.unknown()).describe(`PageVisits, ${upTo}`) });
export const aggregatesBody = z.object({ aggregates: z.array(z.unknown()).describe(`TabAggregates, ${upTo}`) });

export const pageOf = (item: z.ZodType) => z.object({ data: z.array(item), nextCursor: z.string().nullable() });

const sum = { visits: z.int().describe('That began there'), activeDuration: duration.describe('Milliseconds that fell there') };
const inRange = { tz: z.string(), from: time, to: time };
export const dailyShape = z.object({ ...inRange, days: z.array(z.object({ date: z.iso.date(), ...sum })) });
export const weeklyShape = z.object({
  ...inRange,
  weeks: z.array(
    z.object({ week: z.string().describe('ISO 8601, such as 2026-W13'), firstDay: z.iso.date(), lastDay: z.iso.date(), ...sum }),
  ),
});
export const hoursShape = z.object({ ...inRange, hours: z.array(z.object({ hour: z.int().min(0).max(23), ...sum })) });
export const topSitesShape = z.object({
  ...inRange,
  sites: z.array(z.object({ domain: z.string(), share: z.number().describe('Of the attention in the range, 0 to 1'), ...sum })),
});
