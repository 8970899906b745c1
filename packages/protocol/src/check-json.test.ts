import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyJson } from './any-json.suite.ts';
import { checkJson } from './check-json.ts';
import { checkId } from './json-fault.ts';
import { LIMITS } from './limits.ts';

const codeOf = (value: unknown): string | undefined => checkJson(value)?.code;
const nested = (depth: number, open: string, close: string): unknown => JSON.parse(open.repeat(depth) + close.repeat(depth));
const wide = (keys: number): unknown => Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i]));
/** Of this process alone: what else the machine does is no part of a bound. */
const milliseconds = (work: () => void): number => {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
};

describe('checkJson', () => {
  test('takes well-formed JSON', () => {
    const clean = anyJson.filter((value) => !/\\u0000|"constructor"|"prototype"|"__proto__"/.test(JSON.stringify(value)));
    fc.assert(fc.property(clean, (value) => checkJson(value) === undefined));
  });

  test.each<[string, unknown, string]>([
    ['U+0000', { a: 'x\0y' }, 'INVALID_STRING'],
    ['U+0000 in a key', { a: { 'x\0y': 1 } }, 'INVALID_STRING'],
    ['high half alone', { a: 'x\ud83d' }, 'INVALID_STRING'],
    ['low half alone', ['\ude00x'], 'INVALID_STRING'],
    ['halves the wrong way round', ['\ude00\ud83d'], 'INVALID_STRING'],
    ['half in a key', { '\ud83d': 1 }, 'INVALID_STRING'],
    ['NaN', { a: Number.NaN }, 'INVALID_NUMBER'],
    ['1e400', JSON.parse('{"a":1e400}'), 'INVALID_NUMBER'],
    ['2^53', { a: 2 ** 53 }, 'INVALID_NUMBER'],
    ['2^53 + 1', JSON.parse('{"a":[9007199254740993]}'), 'INVALID_NUMBER'],
    ['-(2^53 + 1)', JSON.parse('[-9007199254740993]'), 'INVALID_NUMBER'],
    ['__proto__', JSON.parse('{"__proto__":{"polluted":1}}'), 'INVALID_FIELD_NAME'],
    ['__proto__ deep down', JSON.parse('{"a":[{"b":{"__proto__":1}}]}'), 'INVALID_FIELD_NAME'],
    ['constructor', { a: { constructor: 1 } }, 'INVALID_FIELD_NAME'],
    ['prototype', { prototype: 1 }, 'INVALID_FIELD_NAME'],
    ['depth 33', nested(33, '[', ']'), 'TOO_DEEP'],
    ['1,001 keys', wide(1_001), 'TOO_MANY_KEYS'],
    ['1,001 keys inside', { a: [wide(1_001)] }, 'TOO_MANY_KEYS'],
    ['undefined', { a: undefined }, 'VALIDATION_FAILED'],
    ['a function', { a: () => 1 }, 'VALIDATION_FAILED'],
    ['a bigint', [1n], 'VALIDATION_FAILED'],
    ['a Date', { a: new Date(0) }, 'VALIDATION_FAILED'],
    ['a Map', new Map(), 'VALIDATION_FAILED'],
  ])('refuses %s', (_, value, code) => {
    expect(codeOf(value)).toBe(code);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['pairs', { '😀': '😀' }],
    ['the largest safe integers and small fractions', [2 ** 53 - 1, -(2 ** 53 - 1), 1e-7, -0]],
    ['names that look like methods', { toString: 1, hasOwnProperty: 2, length: 3, '': 4 }],
    ['a key of 10 kB', { ['k'.repeat(10_000)]: 1 }],
    ['depth 32', nested(32, '[', ']')],
    ['1,000 keys', wide(1_000)],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 })],
  ])('takes %s', (_, value) => expect(checkJson(value)).toBeUndefined());

  test('names the member at fault and the limit', () => {
    expect(checkJson({ fine: 1, tags: ['x', '\0'] })).toMatchObject({ code: 'INVALID_STRING', details: { field: 'tags' } });
    expect(checkJson({ fine: 1, tags: nested(32, '[', ']') })).toMatchObject({ details: { field: 'tags', limit: 32 } });
    expect(checkJson(wide(1_001))?.details).toEqual({ limit: 1_000 });
    expect(checkJson([1], { jsonDepthMax: 0, keysPerObjectMax: 1 })?.code).toBe('TOO_DEEP');
  });

  test('ends on a value that holds itself', () => {
    const ring: { self?: unknown; more?: unknown } = {};
    ring.self = ring;
    ring.more = [ring, ring];
    expect(codeOf(ring)).toBe('TOO_DEEP');
  });

  test('is quick on hostile input: depth 100,000, a string of 1 MB, a million items', () => {
    const deepArray = nested(100_000, '[', ']');
    const deepObject = { a: nested(50_000, '[[', ']]') };
    const million = Array.from({ length: 1_000_000 }, (_, i) => i);
    const long = { a: 'é'.repeat(1_000_000) };
    expect(milliseconds(() => expect(codeOf(deepArray)).toBe('TOO_DEEP'))).toBeLessThan(100);
    expect(milliseconds(() => expect(codeOf(deepObject)).toBe('TOO_DEEP'))).toBeLessThan(100);
    expect(milliseconds(() => expect(codeOf(long)).toBeUndefined())).toBeLessThan(100);
    expect(milliseconds(() => expect(codeOf(million)).toBeUndefined())).toBeLessThan(500);
  });

  test('looks at a million keys once: V8 takes most of it, to list them', () => {
    const million = wide(1_000_000);
    const listing = milliseconds(() => Object.keys(Object(million)));
    expect(milliseconds(() => expect(codeOf(million)).toBe('TOO_MANY_KEYS'))).toBeLessThan(100 + 4 * listing);
  });
});

describe('checkId', () => {
  test.each(['a', '__proto__', 'constructor', '😀'.repeat(LIMITS.idLengthMax), 'x'.repeat(128), ' ', 'a/b?c#d', '../..'])(
    'takes %j',
    (id) => expect(checkId(id)).toBeUndefined(),
  );
  test.each(['', 'x'.repeat(129), `${'😀'.repeat(128)}x`, 'x'.repeat(10_000_000), 'a\0', '\ud83d', '\ude00'])('refuses %j', (id) =>
    expect(checkId(id)?.code).toBe('INVALID_ID'),
  );
});
