import type { Page } from './page.ts';
import type { RecorderState, TabState } from './recorder-state.ts';
import { countPage, type TabTotals } from './tab-totals.ts';
import { endVisit, openVisit, type PageVisit, prolong, withIdlePeriod } from './visit.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A state in the making, and the records that are not as before. Lives within one call of `record`. */
export interface Draft extends Mutable<Omit<RecorderState, 'tabs'>> {
  tabs: Map<number, TabState>;
  readonly changedVisits: Map<string, PageVisit>;
  readonly changedTotals: Map<string, TabTotals>;
}

export const draftOf = (state: RecorderState): Draft => ({
  ...state,
  tabs: new Map(state.tabs),
  changedVisits: new Map(),
  changedTotals: new Map(),
});

/** The only way in which records change. */
export const setTab = (draft: Draft, tab: TabState): void => {
  const before = draft.tabs.get(tab.id);
  draft.tabs.set(tab.id, tab);
  if (tab.visit !== null && tab.visit !== before?.visit) draft.changedVisits.set(tab.visit.id, tab.visit);
  const { totals } = tab;
  if (totals !== null && totals !== before?.totals) draft.changedTotals.set(`${totals.tabId}/${totals.startTime}`, totals);
};

export const closeIdlePeriod = (draft: Draft, resumeReason: 'active' | 'left' | 'ended'): void => {
  const { idlePeriod, at } = draft;
  const tab = idlePeriod === null ? undefined : draft.tabs.get(idlePeriod.tabId);
  draft.idlePeriod = null;
  if (idlePeriod === null || tab?.visit == null) return;
  const { start, reason } = idlePeriod;
  setTab(draft, { ...tab, visit: prolong(withIdlePeriod(tab.visit, start, at, { reason, resumeReason }), at, 0) });
};

export const endVisitOf = (draft: Draft, tabId: number): void => {
  if (draft.idlePeriod?.tabId === tabId) closeIdlePeriod(draft, 'ended');
  const tab = draft.tabs.get(tabId);
  if (tab?.visit == null) return;
  setTab(draft, { ...tab, visit: endVisit(tab.visit, draft.at) });
  draft.tabs.set(tabId, { ...tab, visit: null });
};

export const openVisitIn = (draft: Draft, tab: TabState, page: Page, title: string): void => {
  draft.lastIdMs = Math.max(draft.at, draft.lastIdMs + 1);
  const visit = openVisit(tab.id, page, draft.at, draft.lastIdMs, title);
  setTab(draft, { ...tab, visit, totals: countPage(tab.id, tab.totals, page, draft.at) });
};

/** Ends the open visits of these tabs at the time of the draft, and goes on with the same pages at `at`. */
export const goOnAt = (draft: Draft, tabIds: Iterable<number>, at: number): void => {
  const open = [...tabIds].flatMap((id) => draft.tabs.get(id)?.visit ?? []);
  for (const { tabId } of open) endVisitOf(draft, tabId);
  draft.at = at;
  for (const { tabId, url, domain, title } of open) {
    const tab = draft.tabs.get(tabId);
    if (tab !== undefined) openVisitIn(draft, tab, { url, domain }, title ?? '');
  }
};
