import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BrowserEvent, SeenTab } from './browser-event.ts';
import { commands, EXCLUDED, play } from './browser-model.suite.ts';
import { record } from './recorder.ts';
import { NOTHING_SEEN, type RecorderState } from './recorder-state.ts';
import { DOMAINS_MAX, type TabTotals, toAggregate } from './tab-totals.ts';
import { IDLE_PERIODS_MAX, type PageVisit } from './visit.ts';

const RUNS = { numRuns: 400 };

/** As after a stop of the worker: only what can be stored is left. */
const stored = (state: RecorderState): RecorderState => ({ ...structuredClone(state), tabs: new Map(structuredClone([...state.tabs])) });

/** A recorder and all that it has told. */
const listen = (onState: (state: RecorderState) => RecorderState = (state) => state) => {
  let state = NOTHING_SEEN;
  const visits = new Map<string, PageVisit>();
  const totals = new Map<string, TabTotals>();
  const told: { readonly visits: readonly PageVisit[]; readonly totals: readonly TabTotals[] }[] = [];
  return {
    visits,
    totals,
    told,
    state: () => state,
    hear: (event: BrowserEvent): void => {
      const next = record(state, event);
      state = onState(next.state);
      told.push(next);
      for (const visit of next.visits) visits.set(visit.id, visit);
      for (const one of next.totals) totals.set(`${one.tabId}/${one.startTime}`, one);
    },
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

describe('whatever happens in the browser', () => {
  test('visits are just what was done: page, beginning, end and active time', () => {
    fc.assert(
      fc.property(commands, (list) => {
        const recorder = listen();
        const { done } = play(list, recorder.hear);
        const told = [...recorder.visits.values()].map(({ tabId, url, timestamp, endedAt, activeDuration }) => {
          return { tabId, url, start: timestamp, end: endedAt, active: activeDuration };
        });
        const order = (one: { start: number; tabId: number }, two: { start: number; tabId: number }) =>
          one.start - two.start || one.tabId - two.tabId;
        // Pages that were opened and left within one millisecond in one tab have no order.
        const plain = (list: readonly object[]) => list.map((one) => JSON.stringify(one)).sort();
        expect(plain(told.sort(order))).toEqual(plain([...done].sort(order)));
      }),
      RUNS,
    );
  });

  test('totals of the tabs add up to the visits', () => {
    fc.assert(
      fc.property(commands, (list) => {
        const { visits, totals, hear } = listen();
        play(list, hear);
        const active = sum([...visits.values()].map(({ activeDuration }) => activeDuration));
        expect(sum([...totals.values()].map(({ totalActiveDuration }) => totalActiveDuration))).toBe(active);
        expect(sum([...totals.values()].map(({ pageCount }) => pageCount))).toBe(visits.size);
        for (const one of totals.values()) expect(sum(Object.values(one.domainDurations))).toBe(one.totalActiveDuration);
      }),
      RUNS,
    );
  });

  test('what is told of a record only grows, what has ended stays, shares lie between 0 and 1', () => {
    fc.assert(
      fc.property(commands, (list) => {
        const { told, hear } = listen();
        play(list, hear);
        const last = new Map<string, PageVisit>();
        for (const visit of told.flatMap(({ visits }) => visits)) {
          const before = last.get(visit.id) ?? { ...visit, duration: 0, activeDuration: 0, idlePeriods: [], endedAt: null };
          expect(before.endedAt).toBeNull();
          expect(visit.duration).toBeGreaterThanOrEqual(before.duration);
          expect(visit.activeDuration).toBeGreaterThanOrEqual(before.activeDuration);
          expect(visit.idlePeriods.slice(0, before.idlePeriods.length)).toEqual(before.idlePeriods);
          expect(visit.activeDuration + sum(visit.idlePeriods.map(({ durationMs }) => durationMs))).toBeLessThanOrEqual(visit.duration);
          expect(visit.engagementRate).toBeGreaterThanOrEqual(0);
          expect(visit.engagementRate).toBeLessThanOrEqual(1);
          last.set(visit.id, visit);
        }
      }),
      RUNS,
    );
  });

  test('excluded sites, private windows and pages outside the web leave no trace, not even in the state', () => {
    fc.assert(
      fc.property(commands, (list) => {
        const { told, state, hear } = listen();
        play(list, (event) => {
          hear(event);
          const { rules: _, ...rest } = state();
          const { visits, totals } = told.at(-1) ?? {};
          expect(JSON.stringify([visits, totals, rest, [...rest.tabs]])).not.toMatch(/secret|chrome:|about:/);
          expect([...rest.tabs.values()].filter(({ windowId }) => windowId === 3)).toEqual([]);
        });
      }),
      RUNS,
    );
  });

  test('a stop between any two events changes nothing, and neither does hearing an event twice', () => {
    fc.assert(
      fc.property(commands, (list) => {
        const [whole, stopped] = [listen(), listen(stored)];
        play(list, (event) => {
          whole.hear(event);
          stopped.hear(event);
          stopped.hear(event);
        });
        expect([...stopped.visits]).toEqual([...whole.visits]);
        expect([...stopped.totals]).toEqual([...whole.totals]);
      }),
      RUNS,
    );
  });
});

const tab = (fields: Partial<SeenTab> = {}): SeenTab => {
  return { id: 1, windowId: 1, active: true, url: 'https://a.example/', audible: false, incognito: false, ...fields };
};
const started = (tabs: readonly SeenTab[], at = 1_000) => {
  const recorder = listen();
  recorder.hear({ kind: 'snapshot', at, session: 's', tabs, focused: 1, idle: 'active', rules: { recording: true, excluded: EXCLUDED } });
  return { ...recorder, visit: () => [...recorder.visits.values()].at(-1), first: () => [...recorder.visits.values()][0] };
};

test('a person leaves the machine and comes back: the time between is an idle period', () => {
  const { hear, visit } = started([tab()]);
  hear({ kind: 'idle', at: 5_000, state: 'idle' });
  hear({ kind: 'idle', at: 65_000, state: 'locked' });
  hear({ kind: 'idle', at: 90_000, state: 'active' });
  hear({ kind: 'closed', at: 91_000, tabId: 1 });
  expect(visit()).toMatchObject({
    ...{
      id: 'pv_1000_1',
      domain: 'a.example',
      timestamp: 1_000,
      endedAt: 91_000,
      duration: 90_000,
      activeDuration: 5_000,
      isActive: false,
    },
    idlePeriods: [{ start: 5_000, end: 90_000, durationMs: 85_000, reason: 'idle', resumeReason: 'active' }],
    engagementRate: 5 / 90,
  });
});

test('who watches a film is there without touching anything; who locked the screen is not', () => {
  const { hear, visit } = started([tab({ audible: true })]);
  hear({ kind: 'idle', at: 60_000, state: 'idle' });
  hear({ kind: 'beat', at: 120_000 });
  hear({ kind: 'idle', at: 180_000, state: 'locked' });
  hear({ kind: 'closed', at: 200_000, tabId: 1 });
  expect(visit()).toMatchObject({ activeDuration: 179_000, idlePeriods: [{ start: 180_000, reason: 'locked', resumeReason: 'ended' }] });
});

test('the machine sleeps with the page in view: that is no active time', () => {
  const { hear, visit } = started([tab()]);
  hear({ kind: 'beat', at: 31_000 });
  hear({ kind: 'beat', at: 8 * 3_600_000 });
  hear({ kind: 'beat', at: 8 * 3_600_000 + 1_000 });
  expect(visit()).toMatchObject({ activeDuration: 31_000, idlePeriods: [{ start: 31_000, end: 8 * 3_600_000, reason: 'suspended' }] });
});

test('the clock is set back by an hour: the visit ends when it was known to last, and goes on under a new id', () => {
  const { hear, visits } = started([tab()], 4_000_000);
  hear({ kind: 'beat', at: 4_010_000 });
  hear({ kind: 'beat', at: 400_000 });
  hear({ kind: 'closed', at: 405_000, tabId: 1 });
  expect([...visits.values()]).toMatchObject([
    { id: 'pv_4000000_1', endedAt: 4_010_000, activeDuration: 10_000 },
    { id: 'pv_4000001_1', timestamp: 400_000, endedAt: 405_000, activeDuration: 5_000 },
  ]);
});

test('a reload and a jump within the page go on with the visit; a route in the fragment is another page', () => {
  const { hear, visits } = started([tab()]);
  hear({ kind: 'tab', at: 2_000, tab: tab({ title: 'A' }) });
  hear({ kind: 'tab', at: 3_000, tab: tab({ url: 'https://a.example/#chapter-2' }) });
  expect([...visits.values()]).toMatchObject([{ url: 'https://a.example/', title: 'A', endedAt: null }]);
  hear({ kind: 'tab', at: 4_000, tab: tab({ url: 'https://a.example/#/two' }) });
  expect([...visits.values()]).toMatchObject([{ endedAt: 4_000 }, { url: 'https://a.example/#/two', title: null }]);
});

test('passwords and tokens in an address are not recorded', () => {
  const { visit } = started([tab({ url: 'https://ann:secret@a.example/cb#access_token=abc' })]);
  expect(visit()?.url).toBe('https://a.example/cb');
});

test('an address of two million characters is recorded by its site', () => {
  expect(started([tab({ url: `https://a.example/p?q=${'x'.repeat(2e6)}` })]).visit()?.url).toBe('https://a.example/p');
  expect(started([tab({ url: `https://a.example/${'x'.repeat(2e6)}` })]).visit()?.url).toBe('https://a.example/');
});

test('a page that is left and looked at for months goes on as another visit before the record is too large', () => {
  const { hear, visits } = started([tab()]);
  for (let i = 1; i <= IDLE_PERIODS_MAX; i += 1) {
    hear({ kind: 'idle', at: i * 10_000, state: 'idle' });
    hear({ kind: 'idle', at: i * 10_000 + 1_000, state: 'active' });
  }
  const end = IDLE_PERIODS_MAX * 10_000 + 1_000;
  expect([...visits.values()].map(({ timestamp, endedAt, idlePeriods }) => [timestamp, endedAt, idlePeriods.length])).toEqual([
    [1_000, end, IDLE_PERIODS_MAX],
    [end, null, 0],
  ]);
});

test('a tab that has seen hundreds of sites goes on with new totals', () => {
  const { hear, totals } = started([tab()]);
  for (let i = 1; i <= DOMAINS_MAX; i += 1) hear({ kind: 'tab', at: 1_000 + i, tab: tab({ url: `https://site-${i}.example/` }) });
  expect([...totals.values()].map(({ startTime, pageCount }) => [startTime, pageCount])).toEqual([
    [1_000, DOMAINS_MAX],
    [1_000 + DOMAINS_MAX, 1],
  ]);
});

test('a host named like a member of every object does no harm', () => {
  const { hear, totals } = started([tab({ url: 'http://constructor/' })]);
  hear({ kind: 'tab', at: 2_000, tab: tab({ url: 'http://__proto__/' }) });
  hear({ kind: 'beat', at: 5_000 });
  expect([...totals.values()].map(toAggregate)).toMatchObject([
    {
      domainDurations: { 'constructor.': 1_000, '__proto__.': 3_000 },
      statistics: { mostVisitedDomain: '__proto__.', averagePageDuration: 2_000 },
    },
  ]);
});

test('a page that the browser shows in two windows one after the other is counted where it is', () => {
  const { hear, totals } = started([tab(), tab({ id: 2, windowId: 2, url: 'https://b.example/' })]);
  hear({ kind: 'focus', at: 3_000, windowId: 2 });
  hear({ kind: 'focus', at: 6_000, windowId: null });
  hear({ kind: 'focus', at: 10_000, windowId: 1 });
  hear({ kind: 'tab', at: 11_000, tab: tab({ windowId: 2 }) });
  hear({ kind: 'beat', at: 15_000 });
  expect([...totals.values()].map(({ tabId, totalActiveDuration }) => [tabId, totalActiveDuration])).toEqual([
    [1, 3_000],
    [2, 3_000],
  ]);
});
