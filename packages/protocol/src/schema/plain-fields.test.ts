import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { anyJson } from '../any-json.suite.ts';
import { checkJson } from '../check-json.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { defineCollection } from './define.ts';
import { arePlainFields } from './plain-fields.ts';
import { takenAsIs } from './taken-as-is.ts';
import { validateFields } from './validate.ts';

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** Schemas by what their compiled form does: `plain` are known, of the others zod has to be asked. */
const plain: { readonly [name: string]: z.ZodType } = {
  text: z.string(),
  bounded: z.string().min(2).max(3),
  fourLong: z.string().length(4),
  pattern: z.string().regex(/^[a-c]*$/i),
  day: z.iso.date(),
  uuid: z.uuid(),
  number: z.number(),
  ratio: z.number().min(0).max(1),
  positive: z.number().gt(0).lt(3),
  whole: z.int().min(-1),
  flag: z.boolean(),
  choice: z.enum(['a', 'b']),
  sign: z.literal(['', 0, null]),
  maybe: z.string().max(2).optional(),
  exact: z.number().exactOptional(),
  nothing: z.boolean().nullable(),
  nullish: z.string().nullish(),
  either: z.union([z.string().min(2), z.literal(''), z.number()]),
  list: z.array(z.string().max(2)).min(1).max(2),
  object: z.object({ start: z.number(), end: z.number().optional(), why: z.string().nullish() }),
  objects: z.array(z.object({ a: z.array(z.boolean()) })),
  refined: z.string().refine((text) => text.startsWith('a')),
  strict: z.strictObject({ a: z.string() }),
  changed: z.array(z.number()).transform(sorted),
  maybeChanged: z
    .array(z.number())
    .transform((numbers) => numbers.sort((a, b) => a - b))
    .optional(),
  changedObject: z.object({ start: z.number() }).transform(({ start, ...more }) => ({ ...more, start: Math.max(start, 0) })),
  instant: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text).toISOString())
    .pipe(z.iso.datetime()),
  context: z.string().transform((text, context) => {
    if (text === '') context.issues.push({ code: 'custom', input: text, message: 'empty' });
    return text;
  }),
  failing: z.number().refine((value) => {
    if (value === 0) throw new Error('on purpose');
    return value > 1;
  }),
};
/** Of some values zod has to be asked. */
const partly: { readonly [name: string]: z.ZodType } = { oneOrMany: z.union([z.string(), z.array(z.string().trim())]) };
const others: { readonly [name: string]: z.ZodType } = {
  trimmed: z.string().trim(),
  lower: z.string().toLowerCase(),
  standard: z.number().default(1),
  caught: z.number().catch(1),
  coerced: z.coerce.string(),
  noFields: z
    .array(z.number())
    .transform((numbers) => new Set(numbers))
    .pipe(z.set(z.number())),
  anything: z.json(),
  names: z.record(z.string(), z.number()),
  loose: z.looseObject({ a: z.string() }),
  noted: z.string().superRefine(() => undefined),
  address: z.url(),
  mail: z.email(),
  sticky: z.string().regex(/a/g),
  mixed: z.union([z.string().trim(), z.number()]),
  earlier: z.union([z.string().transform((text) => text.toUpperCase()), z.string()]),
  exactlyOne: z.xor([z.string(), z.literal('a')]),
  codec: z.codec(z.string(), z.string(), { decode: (text) => text.trim(), encode: (text) => text }),
  steps: z.number().multipleOf(2),
  numbered: z.enum({ 0: 'a', a: 0 }),
};

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  -1,
  -0,
  0,
  0.5,
  1,
  2,
  2 ** 53 - 1,
  Number.MAX_VALUE,
  '',
  'a',
  'ab',
  'abc',
  'B ',
  'abcd',
  'x',
  '𐀀',
  '𐀀𐀀',
  'a𐀀',
  'ab𐀀',
  '𐀀𐀀𐀀𐀀',
  '2026-02-28',
  '2026-02-30',
  '2026-02-28T10:00:00.000Z',
  '2026-02-28T10:00:00+01:00',
  '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  [],
  ['a'],
  ['a', 'b', 'c'],
  [3, 1],
  [1, 3],
  {},
  { start: 1 },
  { start: 1, end: 2, why: null },
  { start: 1, more: 1 },
  { start: '1' },
  [{ a: [true] }],
  {
    a: 'b',
  },
];
const likely = fc.oneof(fc.constantFrom(...VALUES), anyJson);
/** Each of them is tried. */
const runs = { numRuns: 300, examples: VALUES.map((value): [unknown] => [value]) };

describe('takenAsIs', () => {
  test.each(Object.entries({ ...plain, ...partly }))('%s: what is taken the schema answers as it is', (_name, schema) => {
    const takes = takenAsIs(schema);
    let taken = 0;
    fc.assert(
      fc.property(likely, (value) => {
        if (takes?.(value) !== true) return;
        taken += 1;
        // An object without a prototype comes back with one.
        expect(schema.safeParse(value)).toEqual({ success: true, data: value });
      }),
      runs,
    );
    expect(taken).toBeGreaterThan(0);
  });
  test.each(Object.entries(plain))('%s: takes all that its schema takes as it is', (_name, schema) => {
    const takes = takenAsIs(schema);
    fc.assert(
      fc.property(likely, (value) => {
        let parsed: unknown;
        try {
          parsed = schema.safeParse(value).data;
        } catch {
          parsed = undefined;
        }
        // Of others zod is asked, which loses nothing but time. Lengths of texts beyond the BMP are left to it.
        const isKnown = JSON.stringify(parsed) === JSON.stringify(value) && !/[\ud800-\udfff]/.test(JSON.stringify(value));
        if (isKnown) expect(takes?.(value)).toBe(true);
      }),
      runs,
    );
  });
  test.each(Object.entries(others))('%s: nothing is known of it', (_name, schema) => expect(takenAsIs(schema)).toBeUndefined());
  test('a transformation that changes what it is given changes nothing here', () => {
    const numbers = [2, 1];
    expect(takenAsIs(plain.maybeChanged ?? z.never())?.(numbers)).toBe(false);
    expect(numbers).toEqual([2, 1]);
  });
  test('members that nobody reads may be there', () => {
    const schema = z.object({ a: z.string() }).refine(({ a }) => a !== 'no');
    const takes = takenAsIs(schema, { othersAllowed: true });
    expect([{ a: 'x', b: 1 }, { a: 'no' }, { b: 1 }, { a: 1 }, null, []].map((value) => takes?.(value))).toEqual([
      true,
      ...Array.from({ length: 5 }, () => false),
    ]);
    expect(takenAsIs(schema)?.({ a: 'x', b: 1 })).toBe(false);
  });
  test('one that holds itself is known as far as it is looked at, and no further', () => {
    const tree = z.object({
      name: z.string(),
      get children() {
        return z.array(tree).optional();
      },
    });
    const takes = takenAsIs(tree);
    expect(takes?.({ name: 'a', children: [{ name: 'b', children: [] }, { name: 'c' }] })).toBe(true);
    expect(takes?.({ name: 'a', children: [{ name: 1 }] })).toBe(false);
    const nested = (depth: number): JsonObject => (depth === 0 ? { name: 'a' } : { name: 'a', children: [nested(depth - 1)] });
    expect(takes?.(nested(1_000))).toBe(false);
  });
  test('a member of which nothing is known may be left out', () => {
    const takes = takenAsIs(z.object({ a: z.string(), more: z.json().nullish() }));
    expect([{ a: 'x' }, { a: 'x', more: 1 }, { a: 'x', more: null }].map((value) => takes?.(value))).toEqual([true, false, false]);
    expect(takenAsIs(z.object({ a: z.string(), more: z.json() }))).toBeUndefined();
  });
});

describe('arePlainFields', () => {
  const asFields = (schemas: { readonly [name: string]: z.ZodType }) =>
    Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, { schema }]));
  const { standard: _default, caught: _catch, coerced: _coerced, ...definable } = others;
  const all = defineCollection({
    name: 'all',
    fields: { ...asFields(plain), ...asFields(partly), ...asFields(definable), made: { schema: z.number(), derived: true } },
    derive: () => ({ made: 1 }),
  });
  const some = defineCollection({
    name: 'some',
    fields: { a: { schema: z.string() }, b: { schema: z.array(z.number()).transform(sorted).optional() } },
  });

  test('what is plain is what validateFields answers', () => {
    let found = 0;
    const names = [...Object.keys(all.fields), 'more', '__proto__', 'toString'];
    const fields = fc.array(fc.tuple(fc.constantFrom(...names), likely), { maxLength: 2 }).map((members) => Object.fromEntries(members));
    fc.assert(
      fc.property(fields, fc.constantFrom('put' as const, 'patch' as const), (value: unknown, mode) => {
        if (!isJsonObject(value) || checkJson(value) !== undefined || !arePlainFields(all, value, mode)) return;
        found += 1;
        expect(validateFields(all, value, mode)).toEqual({ ok: true, value });
      }),
      { numRuns: 2_000 },
    );
    expect(found).toBeGreaterThan(100);
  });
  test.each<[JsonObject, boolean, boolean]>([
    [{ a: 'x' }, true, true],
    [{ a: 'x', b: [1, 2] }, true, true],
    [{ a: 'x', b: [2, 1] }, false, false],
    [{ b: [1] }, false, true],
    [{ a: 'x', c: 1 }, false, false],
    [{ a: 1 }, false, false],
    [{}, false, true],
  ])('%j: as a put %j, as a patch %j', (fields, put, patch) => {
    expect([arePlainFields(some, fields, 'put'), arePlainFields(some, fields, 'patch')]).toEqual([put, patch]);
  });
});
