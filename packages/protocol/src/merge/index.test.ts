import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, jsonEqual } from '../canonical.ts';
import * as rules from './index.ts';
import { inputOf, json, maybe, mergeOf, RUNS } from './merge-inputs.suite.ts';
import type { MergeRule } from './merge-rule.ts';

const all: MergeRule[] = [
  rules.last(),
  rules.newest(),
  rules.max(),
  rules.min(),
  rules.newestBy('at'),
  rules.once(),
  rules.counter(),
  rules.set(),
  rules.map(),
  rules.map(rules.map(rules.max())),
  rules.list(),
  rules.list({ fields: { a: rules.counter(), b: rules.newestBy('a') }, orderBy: 'a' }),
  rules.intervals(),
  rules.text(),
  rules.review(),
];

/** Of these, equal values are two edits that add up. */
const counts = new Set(all.filter(({ name }) => name === 'counter' || name === 'list'));

const any = maybe(json);
const record = fc.dictionary(fc.constantFrom('at', 'a', '__proto__'), json);

describe.each(all.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
  test('is total on any JSON, pure, and touches neither its input nor a prototype', () => {
    const at = fc.integer();
    fc.assert(
      fc.property(any, any, any, record, record, at, at, (was, mine, theirs, mineRecord, theirsRecord, mineAt, theirsAt) => {
        const input = inputOf(was, mine, theirs, { mineRecord, theirsRecord, mineAt, theirsAt });
        const before = JSON.stringify(input);
        const outcome = rule.merge(input);
        expect(rule.merge(input)).toEqual(outcome);
        expect(JSON.stringify(input)).toBe(before);
        if (outcome.value !== undefined) expect(jsonEqual(JSON.parse(JSON.stringify(outcome.value)), outcome.value)).toBe(true);
        expect(Object.keys(Object.prototype)).toEqual([]);
        expect(['none', 'mine', 'theirs', 'both']).toContain(outcome.dropped);
      }),
      RUNS,
    );
  });

  test('equal values raise no conflict', () => {
    fc.assert(
      fc.property(any, any, (was, both) => {
        const outcome = mergeOf(rule, was, both, structuredClone(both));
        expect(outcome.dropped).toBe('none');
        if (!counts.has(rule)) expect(jsonEqual(outcome.value, both)).toBe(true);
      }),
      RUNS,
    );
  });

  if (rule.when === 'concurrent') {
    test('an edit of one side only stands as it is', () => {
      fc.assert(
        fc.property(any, any, (was, edited) => {
          expect(mergeOf(rule, was, structuredClone(was), edited)).toEqual({ value: edited, dropped: 'none' });
          expect(mergeOf(rule, was, edited, structuredClone(was))).toEqual({ value: edited, dropped: 'none' });
        }),
        RUNS,
      );
    });
  }

  test('drops nothing unsaid where it picks a side', () => {
    if (rule.combines || rule.when === 'always') return;
    fc.assert(
      fc.property(any, any, any, (was, mine, theirs) => {
        fc.pre(!jsonEqual(mine, theirs) && !jsonEqual(mine, was) && !jsonEqual(theirs, was));
        const { value, dropped } = mergeOf(rule, was, mine, theirs);
        expect(dropped).toBe(jsonEqual(value, mine) ? 'theirs' : 'mine');
      }),
      RUNS,
    );
  });
});

test('a rule that does not understand a value behaves as last', () => {
  for (const rule of [rules.counter(), rules.set(), rules.map(), rules.list(), rules.intervals(), rules.text()]) {
    for (const strange of [true, [1, { id: 1 }, 'x'], { id: 'x', start: 0 }, 'x', 7]) {
      const outcome = rule.merge(inputOf(null, strange, [[{}]]));
      if (outcome.dropped === 'none') expect(['set', 'counter']).toContain(rule.name);
      else expect(outcome).toEqual({ value: strange, dropped: 'theirs' });
    }
  }
});

test('names are those of the design, each once', () => {
  const names = [...new Set(all.map(({ name }) => name))];
  expect(canonicalJson(names)).toBe(
    '["last","newest","max","min","newestBy","once","counter","set","map","list","intervals","text","review"]',
  );
});

test('a rule says of itself whether it holds for every write, and whether it combines', () => {
  const namesOf = (rules: readonly MergeRule[]) => [...new Set(rules.map(({ name }) => name))];
  expect(namesOf(all.filter(({ when }) => when === 'always'))).toEqual(['max', 'min', 'newestBy', 'once']);
  expect(namesOf(all.filter(({ combines }) => combines))).toEqual(['counter', 'set', 'map', 'list', 'intervals', 'text']);
});
