import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { anyJson } from '../any-json.suite.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { Result } from '../result.ts';
import { defineCollection } from './define.ts';
import { validateFields } from './validate.ts';

const tasks = defineCollection({
  name: 'tasks',
  fields: {
    title: { schema: z.string().trim().min(1).max(20) },
    done: { schema: z.boolean() },
    note: { schema: z.string().optional() },
    due: { schema: z.number().nullable() },
    size: { schema: z.number().nullish() },
    intervals: { schema: z.array(z.object({ start: z.number(), end: z.number().optional() })).optional() },
    anything: { schema: z.json().optional() },
    version: { schema: z.number().int(), derived: true },
  },
  derive: () => ({ version: 1 }),
});
const whole = { title: 'a', done: false, due: null };
const put = (fields: JsonObject): Result<JsonObject> => validateFields(tasks, fields, 'put');
const patch = (fields: JsonObject): Result<JsonObject> => validateFields(tasks, fields, 'patch');
const pathsOf = (result: Result<JsonObject>): unknown =>
  result.ok || !Array.isArray(result.error.details?.issues)
    ? []
    : result.error.details.issues.filter(isJsonObject).map((issue) => issue.path);
const accepted = (result: Result<JsonObject>): JsonObject | undefined => (result.ok ? result.value : undefined);

describe('put', () => {
  test('takes a whole record, as the schemas normalise it', () => {
    expect(accepted(put({ ...whole, title: '  a ', note: 'n' }))).toEqual({ ...whole, note: 'n' });
  });
  test('needs each required field, but no derived one', () => expect(pathsOf(put({ note: 'n' }))).toEqual(['title', 'done', 'due']));
  test('checks a derived field that is sent', () => expect(pathsOf(put({ ...whole, version: 1.5 }))).toEqual(['version']));
  test.each(['unknown', 'toString', 'constructor', ''])('refuses the unknown field %j', (name) => {
    expect(pathsOf(put({ ...whole, [name]: 1 }))).toEqual([name]);
  });
  test('refuses __proto__ and pollutes nothing', () => {
    expect(pathsOf(put(JSON.parse('{"title":"a","done":true,"due":1,"__proto__":{"polluted":1}}')))).toEqual(['__proto__']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
  test('names the place inside a field', () => {
    expect(pathsOf(put({ ...whole, intervals: [{ start: 1 }, { start: 'x' }] }))).toEqual(['intervals.1.start']);
  });
  test('lists at most 20 issues', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x${i}`, i]));
    expect(pathsOf(put(many))).toHaveLength(20);
  });
});

describe('patch', () => {
  test('needs no field', () => expect(accepted(patch({}))).toEqual({}));
  test('null clears an optional field and stays', () =>
    expect(accepted(patch({ note: null, size: null }))).toEqual({ note: null, size: null }));
  test('null is a value where the schema takes it', () => expect(accepted(patch({ due: null }))).toEqual({ due: null }));
  test('null is refused for a required field', () => expect(pathsOf(patch({ title: null }))).toEqual(['title']));
});

test.each(['{"length":{"toString":null}}', '{"length":{"valueOf":1}}', '{"toString":null,"length":1}', '{"then":{}}'])(
  'a value made to break a schema is refused: %s',
  async (json) => {
    for (const name of Object.keys(tasks.fields)) {
      if (name !== 'anything') expect(pathsOf(patch({ [name]: JSON.parse(json) }))).toContain(name);
    }
    // A rejection that nobody took would fail the test run from here.
    await new Promise((resolve) => setImmediate(resolve));
  },
);

test('what a schema answers holds no undefined members', () => {
  const odd = defineCollection({
    name: 'odd',
    fields: { a: { schema: z.object({ b: z.string() }).transform(({ b }) => ({ b, c: undefined, d: [{ e: undefined }] })) } },
  });
  expect(accepted(validateFields(odd, { a: { b: 'x' } }, 'put'))).toStrictEqual({ a: { b: 'x', d: [{}] } });
});

test('a schema whose answer is not JSON is a bug of the definition', () => {
  const wrong = defineCollection({ name: 'wrong', fields: { at: { schema: z.coerce.date() } } });
  expect(() => validateFields(wrong, { at: 0 }, 'put')).toThrow('not JSON');
});

test('is idempotent, and its answer fits again', () => {
  const fields = fc.record(
    {
      title: fc.oneof(fc.string({ minLength: 1 }), anyJson),
      done: fc.oneof(fc.boolean(), anyJson),
      due: fc.oneof(fc.integer(), fc.constant(null)),
      note: fc.oneof(fc.string(), fc.constant(null)),
      anything: anyJson,
      intervals: fc.array(fc.record({ start: fc.integer(), end: fc.integer() }, { requiredKeys: ['start'], noNullPrototype: true })),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fields, fc.constantFrom<'put' | 'patch'>('put', 'patch'), (input, mode) => {
      const once = validateFields(tasks, input, mode);
      if (once.ok) expect(validateFields(tasks, once.value, mode)).toStrictEqual(once);
      else expect(once.error.code).toBe('VALIDATION_FAILED');
    }),
  );
});
