import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyJson } from './any-json.suite.ts';
import { canonicalJson, jsonEqual, utf8Length } from './canonical.ts';
import { canonicalJsonAtAnyDepth } from './canonical-any-depth.ts';
import type { Json } from './json.ts';
import { printCanonical } from './print-canonical.ts';

const nested = (depth: number): Json => {
  let value: Json = 1;
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { b: value, a: 1 };
  return value;
};

/** The same value with the keys of all objects in the opposite order. */
const turned = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turned);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, child]) => [key, turned(child)]),
  );
};

describe('canonicalJson', () => {
  test('prints what the reference implementation of RFC 8785 prints', () => {
    fc.assert(
      fc.property(anyJson, (value) => canonicalJson(value) === canonicalize(value)),
      { numRuns: 2_000 },
    );
  });

  test('does not depend on the order of keys, and parses back to the same value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
        expect(jsonEqual(JSON.parse(canonicalJson(value)), value)).toBe(true);
      }),
    );
  });

  test.each<[string, Json, string]>([
    ['UTF-16 order, not code points', { '\ufb33': 1, '😀': 2, a: 3 }, '{"a":3,"😀":2,"\ufb33":1}'],
    ['number-like keys', { '10': 1, '9': 2, a: 3 }, '{"10":1,"9":2,"a":3}'],
    ['numbers', [-0, 1e21, 1e-7, 0.1, 9007199254740991, 100], '[0,1e+21,1e-7,0.1,9007199254740991,100]'],
    ['escapes', '\u0007\b\t\n\f\r"\\/\u007f\u2028', '"\\u0007\\b\\t\\n\\f\\r\\"\\\\/\u007f\u2028"'],
    ['an own __proto__', JSON.parse('{"a":1,"__proto__":{"z":1,"y":2}}'), '{"__proto__":{"y":2,"z":1},"a":1}'],
    ['a member called toJSON', { z: 1, toJSON: 'x' }, '{"toJSON":"x","z":1}'],
    ['empty containers', { b: [], a: {} }, '{"a":{},"b":[]}'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
    expect(printCanonical(value)).toBe(text);
  });

  test('prints half a surrogate pair and numbers that are not finite without failing', () => {
    expect(canonicalJson({ b: '\ud800', a: Number.POSITIVE_INFINITY })).toBe('{"a":null,"b":"\\ud800"}');
  });
});

describe('canonicalJsonAtAnyDepth', () => {
  test('prints the same where canonicalJson does', () => {
    fc.assert(fc.property(anyJson, (value) => canonicalJsonAtAnyDepth(value) === canonicalJson(value)));
    for (const depth of [95, 500]) expect(canonicalJsonAtAnyDepth(nested(depth))).toBe(canonicalize(nested(depth)));
  });

  test('takes a depth of 100,000, with the keys in order', () => {
    const open = '{"a":1,"b":['.repeat(50_000);
    expect(canonicalJsonAtAnyDepth(nested(100_000))).toBe(`${open}1${']}'.repeat(50_000)}`);
  });
});

describe('jsonEqual', () => {
  test('agrees with canonical JSON', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (a, b) => jsonEqual(a, b) === (canonicalJson(a) === canonicalJson(b))),
      { numRuns: 1_000 },
    );
  });

  test('tells values of different depth apart', () => {
    expect(jsonEqual(nested(500), turned(nested(500)))).toBe(true);
    expect(jsonEqual(nested(500), nested(502))).toBe(false);
  });

  test('holds for a copy with the keys in another order', () => {
    fc.assert(fc.property(anyJson, (value) => jsonEqual(value, turned(value))));
  });

  test.each<[Json | undefined, Json | undefined, boolean]>([
    [undefined, undefined, true],
    [undefined, null, false],
    [[], {}, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ toString: 1 }, {}, false],
    [JSON.parse('{"__proto__":1}'), { a: 1 }, false],
    [0, -0, true],
    ['1', 1, false],
  ])('%j and %j: %s', (a, b, expected) => expect(jsonEqual(a, b)).toBe(expected));
});

test('utf8Length counts what an encoder writes', () => {
  const tails = fc.constantFrom('', '\ud800', '\udc00', 'é', '\ud83d\ude00');
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), tails, (text, tail) => utf8Length(text + tail) === encoder.encode(text + tail).length),
  );
});
