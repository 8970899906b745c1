import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../canonical.ts';
import type { Json } from '../json.ts';
import { counter, last, map, max, review, set } from './index.ts';
import { json, mergeOf, RUNS } from './merge-inputs.suite.ts';

describe('counter', () => {
  test('sums what both added; absent is 0; stays finite', () => {
    expect(mergeOf(counter(), 5, 7, 4)).toEqual({ value: 6, dropped: 'none' });
    expect(mergeOf(counter(), undefined, 7, 4).value).toBe(11);
    expect(mergeOf(counter(), 5, null, 8).value).toBe(3);
    expect(mergeOf(counter(), 5, 6, 6)).toEqual({ value: 7, dropped: 'none' });
    expect(mergeOf(map(counter()), { a: 5 }, { a: 6 }, { a: 6, b: 1 }).value).toEqual({ a: 7, b: 1 });
    expect(mergeOf(counter(), -Number.MAX_VALUE, 0, Number.MAX_VALUE).value).toBe(Number.MAX_VALUE);
    expect(mergeOf(counter(), 1, 'x', 2)).toEqual({ value: 'x', dropped: 'theirs' });
  });
  test('commutes for any numbers, and is exact for whole ones', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, number, number, (was, a, b) => {
        const { value } = mergeOf(counter(), was, a, b);
        expect(value).toBe(mergeOf(counter(), was, b, a).value);
        expect(Number.isFinite(value)).toBe(true);
      }),
      RUNS,
    );
    const whole = fc.integer();
    fc.assert(
      fc.property(whole, whole, whole, (was, mine, theirs) => {
        fc.pre(mine !== was && theirs !== was);
        expect(mergeOf(counter(), was, mine, theirs).value).toBe(mine + theirs - was);
      }),
      RUNS,
    );
  });
});

describe('set', () => {
  const elements = fc.array(json, { maxLength: 6 });
  const keys = (value: Json | undefined) => new Set(Array.isArray(value) ? value.map(canonicalJson) : []);

  test('theirs in order, then what mine added; each once', () => {
    expect(mergeOf(set(), ['a', 'b'], ['b', 'm', 'm'], ['t', 'a', 'b'])).toEqual({ value: ['t', 'b', 'm'], dropped: 'none' });
    expect(mergeOf(set(), undefined, ['m'], ['t']).value).toEqual(['t', 'm']);
    expect(mergeOf(set(), [{ x: 1, y: 2 }], [{ y: 2, x: 1 }, 3], []).value).toEqual([3]);
  });
  test('every added element is in, every removed one is out, nothing else; commutes as a set', () => {
    fc.assert(
      fc.property(elements, elements, elements, (was, mine, theirs) => {
        const { value, dropped } = mergeOf(set(), was, mine, theirs);
        const [w, m, t, merged] = [keys(was), keys(mine), keys(theirs), keys(value)];
        for (const key of new Set([...w, ...m, ...t])) expect(merged.has(key)).toBe(w.has(key) ? m.has(key) && t.has(key) : true);
        expect(merged.size).toBeLessThanOrEqual(new Set([...w, ...m, ...t]).size);
        expect(dropped).toBe('none');
        expect(keys(mergeOf(set(), was, theirs, mine).value)).toEqual(merged);
      }),
      RUNS,
    );
  });
});

describe('map', () => {
  test('different keys merge, the same key goes to the nested rule', () => {
    expect(mergeOf(map(), { a: 1, b: 1, c: 1 }, { a: 2, b: 1 }, { a: 1, b: 3, c: 1, d: 4 })).toEqual({
      value: { a: 2, b: 3, d: 4 },
      dropped: 'none',
    });
    expect(mergeOf(map(), { a: 1 }, { a: 2 }, { a: 3 })).toEqual({ value: { a: 2 }, dropped: 'theirs' });
    expect(mergeOf(map(max()), { a: 1 }, { a: 2 }, { a: 3 })).toEqual({ value: { a: 3 }, dropped: 'none' });
    expect(mergeOf(map(max()), { a: 5, b: 1 }, { a: 2, b: 1 }, { a: 5, b: 2 }).value).toEqual({ a: 5, b: 2 });
    expect(mergeOf(map(map()), { a: { x: 1 } }, { a: { x: 1, y: 1 } }, { a: { x: 1, z: 1 } }).value).toEqual({ a: { x: 1, y: 1, z: 1 } });
  });
  test('a removal against a change is decided by the nested rule', () => {
    expect(mergeOf(map(), { a: 1 }, {}, { a: 2 })).toEqual({ value: {}, dropped: 'theirs' });
    expect(mergeOf(map(review()), { a: 1 }, {}, { a: 2 })).toEqual({ value: { a: 2 }, dropped: 'mine' });
    expect(mergeOf(map(last()), { a: 1, b: 1 }, undefined, { a: 2, b: 1 })).toEqual({ value: {}, dropped: 'theirs' });
  });
  test('a key of any name is data', () => {
    const hostile = (text: string): Json => JSON.parse(text);
    const { value } = mergeOf(map(), {}, hostile('{"__proto__":{"polluted":1},"a":1}'), hostile('{"constructor":2,"toString":3}'));
    expect(JSON.stringify(value)).toBe('{"constructor":2,"toString":3,"__proto__":{"polluted":1},"a":1}');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
  test('no key is lost: a key that one side added or changed alone has that value', () => {
    const key = fc.constantFrom('__proto__', 'constructor', 'a', 'b', 'c');
    const object = fc.array(fc.tuple(key, fc.nat(2)), { maxLength: 5 }).map((entries) => new Map(entries));
    fc.assert(
      fc.property(object, object, object, (was, mine, theirs) => {
        const { value, dropped } = mergeOf(map(), Object.fromEntries(was), Object.fromEntries(mine), Object.fromEntries(theirs));
        const merged = new Map(Object.entries(value ?? {}));
        let both = false;
        for (const k of new Set([...was.keys(), ...mine.keys(), ...theirs.keys()])) {
          const [w, m, t] = [was.get(k), mine.get(k), theirs.get(k)];
          both ||= m !== w && t !== w && m !== t;
          expect(merged.get(k)).toBe(m === w ? t : m);
        }
        expect(dropped).toBe(both ? 'theirs' : 'none');
      }),
      RUNS,
    );
  });
});
