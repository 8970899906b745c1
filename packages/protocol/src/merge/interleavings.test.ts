import { describe, expect, test } from 'vitest';
import { canonicalJson, jsonEqual } from '../canonical.ts';
import type { Json } from '../json.ts';
import { type FieldEdit, type Merge, openFieldServer, openReplica } from './field-server.suite.ts';
import * as rules from './index.ts';
import type { MergeRule } from './merge-rule.ts';

/** What a client does to the value it sees; `n` (1 to 6) is different for every edit of a run, and its time. */
type Change = (seen: Json | undefined, n: number) => Json | undefined;

interface Scenario {
  readonly rule: MergeRule;
  readonly first: Json | undefined;
  readonly changes: readonly Change[];
  /** What must hold whenever the rule was asked and said that it dropped nothing. */
  readonly keeps?: (merge: Merge) => boolean;
  /** For clients that never pull: what all orders of arrival have in common. */
  readonly same?: (value: Json | undefined) => Json;
}

const array = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const number = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
const object = (value: Json | undefined): { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
const sorted = (value: Json | undefined): Json => array(value).map(canonicalJson).sort();
const lines = (value: Json | undefined): string[] => String(value ?? '').split('\n');
const timeline = (value: Json | undefined): rules.Interval[] =>
  array(value).map((item) => {
    const { start, end } = object(item);
    return typeof end === 'number' ? { start: number(start), end } : { start: number(start) };
  });

/** Both edits are in: what a side added is there, and what it removed is not. */
const keepsElements = ({ input, outcome }: Merge): boolean => {
  const keys = (value: Json | undefined) => new Set(array(value).map(canonicalJson));
  const [was, mine, theirs, merged] = [input.was, input.mine.value, input.theirs.value, outcome.value].map(keys);
  if (!was || !mine || !theirs || !merged) return false;
  return [...was, ...mine, ...theirs].every((key) => merged.has(key) === (was.has(key) ? mine.has(key) && theirs.has(key) : true));
};
const keepsKeys = ({ input, outcome }: Merge): boolean => {
  const [was, mine, theirs, merged] = [input.was, input.mine.value, input.theirs.value, outcome.value].map(object);
  return Object.keys({ ...was, ...mine, ...theirs }).every((key) =>
    jsonEqual(merged?.[key], jsonEqual(mine?.[key], was?.[key]) ? theirs?.[key] : mine?.[key]),
  );
};
const ids = (value: Json | undefined): Json[] => array(value).map((item) => object(item).id ?? null);
const keepsItems = (merge: Merge): boolean => {
  const { was, mine, theirs } = merge.input;
  const merged = ids(merge.outcome.value);
  const added = [...ids(mine.value), ...ids(theirs.value)].filter((id) => !ids(was).includes(id));
  return new Set(merged).size === merged.length && added.every((id) => merged.includes(id));
};
/** Of two intervals that a side closed, no time is missing, unless it only stood where a merge had cut it. */
const keepsTime = ({ input, outcome }: Merge): boolean => {
  const merged = timeline(outcome.value);
  const seen = new Set(timeline(input.was).map(({ start }) => start));
  const added = [...timeline(input.mine.value), ...timeline(input.theirs.value)].filter(
    ({ start, end }) => end !== undefined && !seen.has(start),
  );
  const total = rules.elapsedTime(merged, 100);
  const running = merged.filter(({ end }) => end === undefined).length;
  return running <= 1 && rules.elapsedTime([...merged, ...added], 100) === total;
};
const keepsLines = ({ input, outcome }: Merge): boolean => {
  const was = lines(input.was);
  const added = [...lines(input.mine.value), ...lines(input.theirs.value)].filter((line) => !was.includes(line));
  return added.every((line) => lines(outcome.value).includes(line));
};

const write: Change = (_seen, n) => `v${n}`;
const clear: Change = () => undefined;
const count: Change = (_seen, n) => n;
const toggle: Change = (seen, n) => {
  const list = array(seen);
  const last = timeline(seen).at(-1);
  if (last === undefined || last.end !== undefined) return [...list, { start: n * 10 }];
  return [...list.slice(0, -1), { start: last.start, end: Math.max(last.start, n * 10 + 5) }];
};
const item = (n: number): Json => ({ id: `i${n}`, order: `${n}V` });

const scenarios: Scenario[] = [
  { rule: rules.last(), first: 'v0', changes: [write, clear] },
  { rule: rules.review(), first: 'v0', changes: [write, clear] },
  { rule: rules.newest(), first: 'v0', changes: [write], same: (value) => value ?? null },
  { rule: rules.max(), first: 3, changes: [count, clear, (_seen, n) => 7 - n], same: (value) => value ?? null },
  { rule: rules.min(), first: 3, changes: [count, clear, (_seen, n) => 7 - n], same: (value) => value ?? null },
  { rule: rules.newestBy('at'), first: 'v0', changes: [write, () => 'same'], same: (value) => value ?? null },
  { rule: rules.once(), first: undefined, changes: [write, clear] },
  {
    rule: rules.counter(),
    first: 5,
    changes: [(seen, n) => number(seen) + n, (seen) => number(seen) - 1],
    keeps: ({ input, outcome }) => outcome.value === number(input.theirs.value) + number(input.mine.value) - number(input.was),
    same: number,
  },
  {
    rule: rules.set(),
    first: ['a', 'b'],
    changes: [(seen, n) => [...array(seen), n], (seen) => array(seen).filter((element) => element !== 'a')],
    keeps: keepsElements,
    same: sorted,
  },
  {
    rule: rules.map(),
    first: { a: 0, __proto__: null },
    changes: [(seen, n) => ({ ...object(seen), [`k${n}`]: n }), (seen, n) => ({ ...object(seen), a: n })],
    keeps: keepsKeys,
  },
  {
    rule: rules.list(),
    first: [item(0)],
    changes: [
      (seen, n) => [...array(seen), item(n)],
      (seen) => array(seen).slice(1),
      (seen, n) => array(seen).map((one) => ({ ...object(one), n })),
    ],
    keeps: keepsItems,
  },
  { rule: rules.intervals(), first: [], changes: [toggle, (seen) => (array(seen).length > 2 ? [] : seen)], keeps: keepsTime },
  {
    rule: rules.text(),
    first: 'a\nb\nc',
    changes: [(seen, n) => `${n}\n${String(seen)}`, (seen, n) => `${String(seen)}\n${n}`],
    keeps: keepsLines,
  },
];

const CLIENTS = ['a', 'b'] as const;
const EDITS = 6;

/** The 20 orders in which two clients make three edits each. */
const ORDERS = Array.from({ length: 2 ** EDITS }, (_, bits) => Array.from({ length: EDITS }, (_unused, i) => (bits >> i) & 1)).filter(
  (order) => order.reduce((sum, client) => sum + client, 0) === EDITS / 2,
);

/** The number of an edit: its place among all if each client's clock goes on by two (a: 1, 3, 5; b: 2, 4, 6). */
const numberOf = (client: number, made: number): number => made * 2 + client + 1;

const checkMerge = ({ rule, keeps }: Scenario, merge: Merge): void => {
  const { input, outcome } = merge;
  if (rule.when === 'always') {
    if (outcome.dropped !== 'none') throw new Error(`${rule.name} raised a conflict`);
    return;
  }
  const names = (side: 'mine' | 'theirs') => outcome.dropped === side || outcome.dropped === 'both';
  const unsaid =
    !rule.combines && (['mine', 'theirs'] as const).some((side) => !jsonEqual(outcome.value, input[side].value) !== names(side));
  const lost = rule.combines && outcome.dropped === 'none' && keeps !== undefined && !keeps(merge);
  if (unsaid || lost) throw new Error(`${rule.name} dropped something unsaid: ${JSON.stringify(merge)}`);
};

/** One run: `pulls` and `choices` have a bit, or a digit, for each edit of each client. Answers the value all agree on. */
const run = (scenario: Scenario, order: readonly number[], pulls: number, choices: readonly number[]): Json | undefined => {
  const server = openFieldServer(scenario.rule);
  server.push({ clientId: 'first', at: 0, was: undefined, value: scenario.first, base: 0 });
  const replicas = CLIENTS.map((clientId) => openReplica(server, clientId));
  for (const replica of replicas) replica.pull();
  const made = [0, 0];
  for (const client of order) {
    const nth = made[client] ?? 0;
    made[client] = nth + 1;
    const n = numberOf(client, nth);
    const replica = replicas[client];
    const change = scenario.changes[choices[n - 1] ?? 0];
    if (replica === undefined || change === undefined) throw new Error('no such client or change');
    if ((pulls >> (n - 1)) & 1) replica.pull();
    const edit: FieldEdit = replica.edit(n, (seen) => change(seen, n));
    if (jsonEqual(edit.was, edit.value)) continue;
    const merge = server.push(edit);
    if (merge !== undefined) checkMerge(scenario, merge);
  }
  for (const replica of replicas) {
    replica.pull();
    if (!jsonEqual(replica.view(), server.now().value)) throw new Error('a replica differs');
  }
  return server.now().value;
};

const digits = (value: number, base: number): number[] => Array.from({ length: EDITS }, (_, i) => Math.floor(value / base ** i) % base);

describe.each(scenarios.map((scenario) => [scenario.rule.name, scenario] as const))('%s', (_name, scenario) => {
  const alphabet = scenario.changes.length;

  test('all interleavings of 2 clients × 3 edits converge, and nothing is dropped unsaid', () => {
    let runs = 0;
    // Three changes make 729 choices of six: of those every fifth, which still has each change at each place.
    const step = alphabet > 2 ? 5 : 1;
    for (const order of ORDERS) {
      for (let pulls = 0; pulls < 2 ** EDITS; pulls += 1) {
        for (let choice = 0; choice < alphabet ** EDITS; choice += step) {
          run(scenario, order, pulls, digits(choice, alphabet));
          runs += 1;
        }
      }
    }
    expect(ORDERS.length).toBe(20);
    expect(runs).toBe(20 * 64 * Math.ceil(alphabet ** EDITS / step));
  }, 60_000);

  if (scenario.same !== undefined) {
    const { same } = scenario;
    test('clients that never saw each other end alike in every order of arrival', () => {
      for (let choice = 0; choice < alphabet ** EDITS; choice += 1) {
        const ends = ORDERS.map((order) => canonicalJson(same(run(scenario, order, 0, digits(choice, alphabet)))));
        expect(new Set(ends).size, `${choice}: ${ends.join(' ')}`).toBe(1);
      }
    });
  }
});

test('intervals: two clients that start, pause and start apart have tracked exactly the union, in every order of arrival', () => {
  const scenario: Scenario = { rule: rules.intervals(), first: [], changes: [toggle] };
  for (const order of ORDERS) {
    const tracked = timeline(run(scenario, order, 0, digits(0, 1)));
    // a: 10 to 35 and from 50 on; b: 20 to 45 and from 60 on.
    expect(rules.elapsedTime(tracked, 100), String(order)).toBe(85);
    expect(tracked.filter(({ end }) => end === undefined).length).toBe(1);
  }
});
