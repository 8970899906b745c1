import { canonicalJson, type Json, type JsonObject, jsonEqual } from '@tidemark/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from './in-order.ts';

const object: fc.Arbitrary<JsonObject> = fc
  .dictionary(fc.oneof(fc.constantFrom('b', 'a', '10', '9', '__proto__', 'é', '😀'), fc.string({ maxLength: 3 })), fc.jsonValue(), {
    maxKeys: 6,
    noNullPrototype: true,
  })
  .map((value) => {
    const parsed: JsonObject = JSON.parse(JSON.stringify(value));
    return parsed;
  });

const keysOf = (value: Json): string[] => Object.keys(value ?? {});

test('is the same JSON', () => {
  fc.assert(
    fc.property(object, (value) => {
      const before = JSON.stringify(value);
      expect(jsonEqual(inOrder(value), value)).toBe(true);
      expect(canonicalJson(inOrder(value))).toBe(canonicalJson(value));
      expect(JSON.stringify(value)).toBe(before);
    }),
    { numRuns: 1_000 },
  );
});

test('puts the keys of all objects in order, also those in arrays, and leaves what is so', () => {
  const value = { b: [1, { z: 1, y: [{ d: 1, c: 2 }] }], a: { f: 1, e: 2 } };
  expect(JSON.stringify(inOrder(value))).toBe('{"a":{"e":2,"f":1},"b":[1,{"y":[{"c":2,"d":1}],"z":1}]}');
  const sorted = inOrder(value);
  expect(inOrder(sorted)).toBe(sorted);
});

test('of few keys and of many', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.string({ maxLength: 4 }).map((name) => `_${name}`),
        { maxLength: 60 },
      ),
      (keys) => {
        expect(Object.keys(inOrder(Object.fromEntries(keys.map((key) => [key, 1]))))).toEqual([...keys].sort());
      },
    ),
  );
});

test('looks at each value once, however deep it is', () => {
  let deep: Json = { b: 1, a: 2 };
  for (let i = 0; i < 15; i += 1) deep = { b: [deep], a: 1 };
  expect(JSON.stringify(inOrder({ deep }))).toBe(`{"deep":${canonicalJson(deep)}}`);
});

test('leaves what no record may hold: forbidden keys, any depth', () => {
  const forbidden: JsonObject = JSON.parse('{"b":1,"__proto__":{"x":1},"a":2}');
  expect(inOrder(forbidden)).toBe(forbidden);
  let deep: JsonObject = { b: 1, a: 2 };
  for (let i = 0; i < 100_000; i += 1) deep = { b: deep };
  expect(keysOf(inOrder({ b: deep, a: 1 }))).toEqual(['a', 'b']);
});
