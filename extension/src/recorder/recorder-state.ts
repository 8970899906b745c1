import type { IdleState, Rules } from './browser-event.ts';
import type { TabTotals } from './tab-totals.ts';
import type { PageVisit } from './visit.ts';

/** One tab as the recorder knows it. Of a page that is not recorded it knows nothing. */
export interface TabState {
  readonly id: number;
  readonly windowId: number;
  readonly active: boolean;
  readonly audible: boolean;
  readonly visit: PageVisit | null;
  readonly totals: TabTotals | null;
}

/** The page in view has nobody before it since `start`. */
export interface OpenIdlePeriod {
  readonly tabId: number;
  readonly start: number;
  readonly reason: 'idle' | 'locked';
}

/** Everything that the recorder must remember. JSON: it is stored after each event. */
export interface RecorderState {
  /** Time of the latest event, in milliseconds. */
  readonly at: number;
  /** The run of the browser that the tab ids belong to; empty before the first snapshot. */
  readonly session: string;
  readonly rules: Rules;
  readonly focused: number | null;
  readonly idle: IdleState;
  readonly idlePeriod: OpenIdlePeriod | null;
  readonly tabs: ReadonlyMap<number, TabState>;
  /** Greatest number in the id of a visit. */
  readonly lastIdMs: number;
}

export const NOTHING_SEEN: RecorderState = {
  at: 0,
  session: '',
  rules: { recording: false, excluded: [] },
  focused: null,
  idle: 'active',
  idlePeriod: null,
  tabs: new Map(),
  lastIdMs: 0,
};

/** The tab that the focused window shows. */
export const tabInView = ({ tabs, focused }: RecorderState): TabState | undefined =>
  focused === null ? undefined : [...tabs.values()].find(({ active, windowId }) => active && windowId === focused);

/** Is somebody there? Who watches or listens may be without a hand on the machine. */
const isAttending = ({ idle }: RecorderState, { audible }: TabState): boolean => idle === 'active' || (idle === 'idle' && audible);

/** The tab whose page is recorded and looked at now; of all tabs, only its time counts as active. */
export const attendedTab = (state: RecorderState): TabState | undefined => {
  const tab = tabInView(state);
  return tab?.visit != null && isAttending(state, tab) ? tab : undefined;
};
