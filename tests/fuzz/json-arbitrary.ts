import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import * as z from 'zod';

/** Likely values for members of a name, so that many messages are right up to the planner. */
export type Hints = { readonly [name: string]: fc.Arbitrary<Json> };

const anyJson: fc.Arbitrary<Json> = fc.json({ maxDepth: 3 }).map((text): Json => JSON.parse(text));

const membersOf = (schema: JsonObject, key: string): readonly JsonObject[] => {
  const list = schema[key];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
};

const objectArbitrary = (schema: JsonObject, hints: Hints): fc.Arbitrary<Json> => {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const members = Object.entries(properties).map(([name, member]) => {
    const arbitrary = hints[name] ?? fromJsonSchema(isJsonObject(member) ? member : {}, hints);
    return [name, arbitrary] as const;
  });
  return fc.record(Object.fromEntries(members), { requiredKeys: required.filter((name) => name in properties), noNullPrototype: true });
};

const dateTime: fc.Arbitrary<Json> = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
  .map((date) => date.toISOString());

/** Values that a JSON Schema, as zod prints it, allows; a word it does not know is passed over. */
export const fromJsonSchema = (schema: JsonObject, hints: Hints): fc.Arbitrary<Json> => {
  const alternatives = [...membersOf(schema, 'anyOf'), ...membersOf(schema, 'oneOf')];
  if (alternatives.length > 0) return fc.oneof(...alternatives.map((one) => fromJsonSchema(one, hints)));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => fromJsonSchema({ ...schema, type }, hints)));
  switch (schema.type) {
    case 'object':
      return objectArbitrary(schema, hints);
    case 'array':
      return fc.array(fromJsonSchema(isJsonObject(schema.items) ? schema.items : {}, hints), { maxLength: 5 });
    case 'null':
      return fc.constant(null);
    case 'string':
      if (schema.format === 'uuid') return fc.uuid();
      if (schema.format === 'date-time') return dateTime;
      return fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    case 'integer':
      return fc.integer({ min: 0, max: 100 });
    case 'number':
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'boolean':
      return fc.boolean();
    default:
      return anyJson;
  }
};

/** Messages that a zod schema allows, as they are before the schema has changed anything. */
export const arbitraryOf = (schema: z.ZodType, hints: Hints): fc.Arbitrary<Json> => {
  const printed: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })));
  return fromJsonSchema(isJsonObject(printed) ? printed : {}, hints);
};

const deep = (levels: number): Json => {
  let value: Json = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Values made to upset whoever prints, compares or walks them. */
const HOSTILE: readonly Json[] = [
  null,
  true,
  -1,
  0.5,
  2 ** 53,
  1e308,
  '',
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  'x'.repeat(10_000),
  '\u202e\ufeff💥',
  '9007199254740993',
  [],
  {},
  [[], [null]],
  { length: { toString: null } },
  { length: 1e9 },
  { toString: null, valueOf: null },
  JSON.parse('{"then":{"then":1}}'),
  JSON.parse('{"__proto__":{"polluted":true}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
  deep(40),
  deep(2_000),
  Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`k${index}`, index])),
];

const hostile: fc.Arbitrary<Json> = fc.oneof(fc.constantFrom(...HOSTILE), anyJson);

/** Where to change a message: at each level the so manieth member. */
const pathArbitrary = fc.array(fc.nat(20), { maxLength: 5 });

/** The value with one place replaced, removed or added to; a path that ends early changes the place it ends at. */
const mutate = (value: Json, [step, ...rest]: readonly number[], how: 'replace' | 'remove' | 'add', by: Json): Json => {
  if (Array.isArray(value) && step !== undefined && value.length > 0) {
    const at = step % value.length;
    if (how === 'remove' && rest.length === 0) return value.filter((_, index) => index !== at);
    return value.map((item, index) => (index === at ? mutate(item, rest, how, by) : item));
  }
  if (!isJsonObject(value) || step === undefined) return how === 'add' && isJsonObject(value) ? { ...value, unknown: by } : by;
  const entries = Object.entries(value);
  if (entries.length === 0) return { unknown: by };
  const at = step % entries.length;
  if (how === 'remove' && rest.length === 0) return Object.fromEntries(entries.filter((_, index) => index !== at));
  return Object.fromEntries(entries.map(([name, member], index) => [name, index === at ? mutate(member, rest, how, by) : member]));
};

/** Mostly the messages themselves, else some with one to three places spoilt. */
export const nearlyValid = (valid: fc.Arbitrary<Json>): fc.Arbitrary<Json> => {
  const change = fc.record({ path: pathArbitrary, how: fc.constantFrom('replace', 'remove', 'add'), by: hostile });
  const spoilt = fc
    .tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([message, changes]) => changes.reduce((now, { path, how, by }) => mutate(now, path, how, by), message));
  return fc.oneof({ weight: 3, arbitrary: valid }, { weight: 4, arbitrary: spoilt }, { weight: 1, arbitrary: hostile });
};

/** Text for a query parameter or a path. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e3',
    '9'.repeat(400),
    '%',
    '%00',
    '%ff',
    '../..',
    '__proto__',
    'null',
    '\u0000',
    "'; --",
    '💥',
    'a'.repeat(3_000),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
