import type { Page } from './page.ts';

/** What adds up in one tab since it was first seen. Times and durations in milliseconds. */
export interface TabTotals {
  readonly tabId: number;
  readonly startTime: number;
  /** When the tab was last looked at or went to another page. */
  readonly lastActiveTime: number;
  readonly totalActiveDuration: number;
  /** Active time by domain. */
  readonly domainDurations: { readonly [domain: string]: number };
  readonly pageCount: number;
  readonly currentUrl: string;
  readonly currentDomain: string;
}

/** Totals with the figures that follow from them, as they are sent. */
export interface TabAggregate extends TabTotals {
  readonly statistics: { readonly mostVisitedDomain: string; readonly averagePageDuration: number };
}

/** A tab with more goes on with new totals: objects have a greatest number of members. */
export const DOMAINS_MAX = 500;

/** Opens another page in the tab. `totals` null: its first. */
export const countPage = (tabId: number, totals: TabTotals | null, { url, domain }: Page, at: number): TabTotals => {
  const here = { currentUrl: url, currentDomain: domain };
  const isFull =
    totals !== null && !Object.hasOwn(totals.domainDurations, domain) && Object.keys(totals.domainDurations).length >= DOMAINS_MAX;
  if (totals === null || isFull) {
    const none = { totalActiveDuration: 0, domainDurations: { [domain]: 0 } };
    return { tabId, startTime: at, lastActiveTime: at, ...none, pageCount: 1, ...here };
  }
  const domainDurations = { [domain]: 0, ...totals.domainDurations };
  return { ...totals, domainDurations, lastActiveTime: at, pageCount: totals.pageCount + 1, ...here };
};

/** Adds active time on the page that the tab shows. */
export const addActive = (totals: TabTotals, at: number, activeMs: number): TabTotals => {
  const { currentDomain, domainDurations } = totals;
  return {
    ...totals,
    lastActiveTime: Math.max(totals.lastActiveTime, at),
    totalActiveDuration: totals.totalActiveDuration + activeMs,
    domainDurations: { ...domainDurations, [currentDomain]: (domainDurations[currentDomain] ?? 0) + activeMs },
  };
};

/** Most active time; the first by name of several. */
const mostVisited = (durations: TabTotals['domainDurations']): string =>
  Object.entries(durations)
    .sort(([a, one], [b, two]) => two - one || (a < b ? -1 : 1))
    .map(([domain]) => domain)[0] ?? '';

export const toAggregate = (totals: TabTotals): TabAggregate => ({
  ...totals,
  statistics: {
    mostVisitedDomain: mostVisited(totals.domainDurations),
    averagePageDuration: Math.round(totals.totalActiveDuration / totals.pageCount),
  },
});
