import type { JsonObject } from '@tidemark/protocol';
import type { PageVisitFields, TabAggregateFields } from '../schema.ts';

/** The share of the time that somebody looked at the page, where both are known; else what was sent. */
const rateOf = ({ activeDuration, duration, engagementRate }: PageVisitFields): number | null =>
  activeDuration !== undefined && duration !== undefined && duration > 0
    ? Math.min(1, activeDuration / duration)
    : (engagementRate ?? null);

/** A stored visit as it is answered. */
export const showVisit = (fields: PageVisitFields): JsonObject => ({
  id: fields.visitId,
  anonymousClientId: fields.anonymousClientId,
  tabId: fields.tabId ?? null,
  url: fields.url,
  domain: fields.domain ?? null,
  timestamp: fields.startedAt ?? null,
  endedAt: fields.endedAt ?? null,
  duration: fields.duration ?? null,
  activeDuration: fields.activeDuration ?? null,
  isActive: fields.endedAt === undefined && (fields.isActive ?? false),
  idlePeriods: fields.idlePeriods ?? [],
  engagementRate: rateOf(fields),
  lastHeartbeat: fields.lastHeartbeat ?? null,
  title: fields.title ?? null,
  category: fields.category ?? null,
  categoryConfidence: fields.categoryConfidence ?? null,
  categoryMethod: fields.categoryMethod ?? null,
  metadata: fields.metadata ?? null,
});

/** The domain that got the most attention; of several the first by name. */
const mostVisitedOf = (domainDurations: NonNullable<TabAggregateFields['domainDurations']>): string | undefined => {
  const [first] = Object.entries(domainDurations).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return first?.[0];
};

const statisticsOf = ({ domainDurations, totalActiveDuration, pageCount, statistics }: TabAggregateFields): JsonObject => {
  const sent = statistics ?? {};
  const mostVisited = domainDurations === undefined ? undefined : mostVisitedOf(domainDurations);
  const average = pageCount === undefined || pageCount === 0 ? undefined : totalActiveDuration / pageCount;
  return {
    mostVisitedDomain: mostVisited ?? (typeof sent.mostVisitedDomain === 'string' ? sent.mostVisitedDomain : null),
    averagePageDuration: average ?? (typeof sent.averagePageDuration === 'number' ? sent.averagePageDuration : null),
  };
};

/** A stored aggregate as it is answered. */
export const showAggregate = (fields: TabAggregateFields): JsonObject => ({
  anonymousClientId: fields.anonymousClientId,
  tabId: fields.tabId,
  startTime: fields.startTime,
  lastActiveTime: fields.lastActiveTime ?? null,
  totalActiveDuration: fields.totalActiveDuration,
  domainDurations: fields.domainDurations ?? {},
  pageCount: fields.pageCount ?? null,
  currentUrl: fields.currentUrl ?? null,
  currentDomain: fields.currentDomain ?? null,
  statistics: statisticsOf(fields),
});
