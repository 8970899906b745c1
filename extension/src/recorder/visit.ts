import type { Page } from './page.ts';

/** A stretch of time in which the page was in view and nobody was at the machine. Times in milliseconds. */
export interface IdlePeriod {
  readonly start: number;
  readonly end: number;
  readonly durationMs: number;
  /** `suspended`: the machine slept. */
  readonly reason: 'idle' | 'locked' | 'suspended';
  /** What ended it: the person came back, looked elsewhere, or the visit ended. */
  readonly resumeReason: 'active' | 'left' | 'ended';
}

/** One page in one tab, from its opening to the next. All times and durations in milliseconds. */
export interface PageVisit {
  readonly id: string;
  readonly tabId: number;
  readonly url: string;
  readonly domain: string;
  readonly title: string | null;
  /** When it began. */
  readonly timestamp: number;
  /** Null while the page is open. */
  readonly endedAt: number | null;
  /** How long the page has been open. */
  readonly duration: number;
  /** How long it was in view with a person at the machine. */
  readonly activeDuration: number;
  readonly idlePeriods: readonly IdlePeriod[];
  /** Is the page still open? */
  readonly isActive: boolean;
  /** Active part of the duration, 0 to 1. */
  readonly engagementRate: number;
  /** When this was last true. */
  readonly lastHeartbeat: number;
}

/** A visit with more goes on as another one: records have a greatest size. */
export const IDLE_PERIODS_MAX = 200;
const TITLE_LENGTH_MAX = 500;

const rateOf = (activeDuration: number, duration: number): number => (duration === 0 ? 0 : Math.min(1, activeDuration / duration));

/** Without what is no text: halves of characters, and the character 0. */
export const trimTitle = (title: string): string =>
  title
    .slice(0, TITLE_LENGTH_MAX)
    .replace(/\p{Surrogate}|\0/gu, '')
    .trim();

/** `idMs` is the number in the id: the time it began, unless another visit has that. */
export const openVisit = (tabId: number, page: Page, at: number, idMs: number, title: string): PageVisit => ({
  id: `pv_${idMs}_${tabId}`,
  tabId,
  ...page,
  title: trimTitle(title) === '' ? null : trimTitle(title),
  timestamp: at,
  endedAt: null,
  duration: 0,
  activeDuration: 0,
  idlePeriods: [],
  isActive: true,
  engagementRate: 0,
  lastHeartbeat: at,
});

/** The visit as of `at`, with more active time. */
export const prolong = (visit: PageVisit, at: number, activeMs: number): PageVisit => {
  const duration = Math.max(visit.duration, at - visit.timestamp);
  const activeDuration = visit.activeDuration + activeMs;
  return { ...visit, duration, activeDuration, engagementRate: rateOf(activeDuration, duration), lastHeartbeat: at };
};

export const withIdlePeriod = (
  visit: PageVisit,
  start: number,
  end: number,
  why: Pick<IdlePeriod, 'reason' | 'resumeReason'>,
): PageVisit => ({ ...visit, idlePeriods: [...visit.idlePeriods, { start, end, durationMs: end - start, ...why }] });

export const endVisit = (visit: PageVisit, at: number): PageVisit => ({ ...prolong(visit, at, 0), endedAt: at, isActive: false });
