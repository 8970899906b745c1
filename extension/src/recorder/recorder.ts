import type { BrowserEvent, BrowserEventKind, SeenTab, Snapshot } from './browser-event.ts';
import { closeIdlePeriod, type Draft, draftOf, endVisitOf, goOnAt, openVisitIn, setTab } from './draft.ts';
import { pageOf } from './page.ts';
import { attendedTab, type RecorderState, tabInView } from './recorder-state.ts';
import { addActive, type TabTotals } from './tab-totals.ts';
import { IDLE_PERIODS_MAX, type PageVisit, prolong, trimTitle, withIdlePeriod } from './visit.ts';

/** Without an event for so long the machine was asleep: while a page is looked at, beats come every minute. */
export const ASLEEP_AFTER_MS = 90_000;
/** A clock that goes back further was set; less is taken as no time at all. */
const CLOCK_SLACK_MS = 2_000;

/** The state after an event, and the records that are not as before. */
export interface Recorded {
  readonly state: RecorderState;
  readonly visits: readonly PageVisit[];
  readonly totals: readonly TabTotals[];
}

/** A window shows one tab. */
const showOnly = (draft: Draft, tabId: number, windowId: number): void => {
  for (const tab of [...draft.tabs.values()]) {
    if (tab.windowId === windowId && tab.active && tab.id !== tabId) draft.tabs.set(tab.id, { ...tab, active: false });
  }
};

/** Brings a tab to what was seen of it. */
const takeTab = (draft: Draft, { id, windowId, active, audible, incognito, url, title = '' }: SeenTab): void => {
  if (incognito) return;
  if (active) showOnly(draft, id, windowId);
  const { visit = null, totals = null } = draft.tabs.get(id) ?? {};
  const tab = { id, windowId, active, audible, totals };
  draft.tabs.set(id, { ...tab, visit });
  const page = draft.rules.recording ? pageOf(url, draft.rules.excluded) : null;
  if (visit !== null && visit.url === page?.url) {
    const trimmed = trimTitle(title);
    if (trimmed !== '' && trimmed !== visit.title) setTab(draft, { ...tab, visit: { ...prolong(visit, draft.at, 0), title: trimmed } });
    return;
  }
  endVisitOf(draft, id);
  if (page !== null) openVisitIn(draft, { ...tab, visit: null }, page, title);
};

const forgetTab = (draft: Draft, tabId: number): void => {
  endVisitOf(draft, tabId);
  draft.tabs.delete(tabId);
};

const takeSnapshot = (draft: Draft, { tabs, focused, idle, rules }: Snapshot): void => {
  const present = new Set(tabs.filter(({ incognito }) => !incognito).map(({ id }) => id));
  for (const id of [...draft.tabs.keys()]) if (!present.has(id)) forgetTab(draft, id);
  Object.assign(draft, { focused, idle, rules });
  for (const tab of tabs) takeTab(draft, tab);
};

/** What each event changes, once the time until it was counted. */
const TAKE: { readonly [K in BrowserEventKind]: (draft: Draft, event: BrowserEvent<K>) => void } = {
  snapshot: takeSnapshot,
  tab: (draft, { tab }) => takeTab(draft, tab),
  activated: (draft, { tabId, windowId }) => {
    showOnly(draft, tabId, windowId);
    const tab = draft.tabs.get(tabId);
    if (tab !== undefined) draft.tabs.set(tabId, { ...tab, windowId, active: true });
  },
  closed: (draft, { tabId }) => forgetTab(draft, tabId),
  focus: (draft, { windowId }) => {
    draft.focused = windowId;
  },
  idle: (draft, { state }) => {
    draft.idle = state;
  },
  beat: () => undefined,
};

const take = <K extends BrowserEventKind>(draft: Draft, event: BrowserEvent<K>): void => {
  const act: (draft: Draft, event: BrowserEvent<K>) => void = TAKE[event.kind];
  act(draft, event);
};

/** Counts the time from the last event until `at` for the tab that was looked at. */
const countTime = (draft: Draft, at: number): void => {
  const before = draft.at;
  draft.at = at;
  const tab = attendedTab(draft);
  if (tab?.visit == null || tab.totals === null) return;
  const elapsed = at - before;
  if (elapsed > ASLEEP_AFTER_MS) {
    const asleep = { reason: 'suspended', resumeReason: 'active' } as const;
    setTab(draft, { ...tab, visit: prolong(withIdlePeriod(tab.visit, before, at, asleep), at, 0) });
  } else if (elapsed > 0) {
    setTab(draft, { ...tab, visit: prolong(tab.visit, at, elapsed), totals: addActive(tab.totals, at, elapsed) });
  }
};

/** The browser runs anew, so its tabs are others: what was open ended with the last event of the old run. */
const beginSession = (draft: Draft, { session, at }: BrowserEvent<'snapshot'>): void => {
  for (const id of [...draft.tabs.keys()]) forgetTab(draft, id);
  Object.assign(draft, { session, at });
};

/** Opens or closes the idle period of the page in view. */
const followIdle = (draft: Draft): void => {
  const tab = tabInView(draft);
  const isIdle = tab?.visit != null && attendedTab(draft) === undefined;
  if (draft.idlePeriod !== null && (!isIdle || draft.idlePeriod.tabId !== tab.id)) {
    closeIdlePeriod(draft, draft.idlePeriod.tabId === tab?.id ? 'active' : 'left');
  }
  if (isIdle && draft.idlePeriod === null && draft.idle !== 'active') {
    draft.idlePeriod = { tabId: tab.id, start: draft.at, reason: draft.idle };
  }
};

/**
 * The recorder: a pure function from events of the browser to visits and totals. Its state is all that it needs, so it may be stopped
 * between any two events. What it answers for a record only grows, and a visit that ended stays as it is. Active time is counted
 * for at most one tab at a time, from one event to the next.
 */
export const record = (state: RecorderState, event: BrowserEvent): Recorded => {
  const draft = draftOf(state);
  if (event.kind === 'snapshot' && event.session !== state.session) beginSession(draft, event);
  else if (event.at < state.at - CLOCK_SLACK_MS) goOnAt(draft, state.tabs.keys(), event.at);
  else countTime(draft, Math.max(event.at, state.at));
  take(draft, event);
  followIdle(draft);
  const full = [...draft.changedVisits.values()].filter(
    ({ endedAt, idlePeriods }) => endedAt === null && idlePeriods.length >= IDLE_PERIODS_MAX,
  );
  goOnAt(
    draft,
    full.map(({ tabId }) => tabId),
    draft.at,
  );
  const { changedVisits, changedTotals, ...next } = draft;
  return { state: next, visits: [...changedVisits.values()], totals: [...changedTotals.values()] };
};
