import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../canonical.ts';
import { LIMITS } from '../limits.ts';
import {
  type Mutation,
  mutationSchema,
  pullRequestSchema,
  pushRequestSchema,
  renameDeviceSchema,
  resolveRequestSchema,
  restoreRequestSchema,
  syncRequestSchema,
} from './index.ts';
import { mutationContent } from './mutation-content.ts';

const mutation = { mutationId: 'm', n: 1, collection: 'tasks', id: 'a', op: 'put', fields: { title: 'x' }, base: 0, at: 1 } as const;
const push = (...mutations: unknown[]) => ({ protocolVersion: 1, clientId: 'c', schemaVersion: 1, mutations });
const takes = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown): boolean => schema.safeParse(value).success;
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('push', () => {
  test.each<[string, unknown]>([
    ['a mutation', push(mutation)],
    ['nothing', push()],
    ['a void', push({ mutationId: 'm', n: 1, op: 'void' })],
    ['an id that only its own mutation is refused for', push({ ...mutation, id: 'x'.repeat(1_000) })],
    ['fields that only their own mutation is refused for', push({ ...mutation, fields: { a: '\0', b: nested(100_000), c: 2 ** 60 } })],
    ['one more than a push may have, which the engine refuses by name', push(...Array(LIMITS.mutationsPerPushMax + 1).fill(mutation))],
  ])('takes %s', (_, value) => expect(takes(pushRequestSchema, value)).toBe(true));

  test.each<[string, unknown]>([
    ['an unknown member', { ...push(), more: 1 }],
    ['an unknown member of a mutation', push({ ...mutation, more: 1 })],
    ['__proto__ in a mutation', push(JSON.parse(`${JSON.stringify(mutation).slice(0, -1)},"__proto__":{"polluted":1}}`))],
    ['fields that are an array', push({ ...mutation, fields: [] })],
    ['fields of null', push({ ...mutation, fields: null })],
    ['an unknown op', push({ ...mutation, op: 'upsert' })],
    ['n = 0', push({ ...mutation, n: 0 })],
    ['n beyond the safe integers', push({ ...mutation, n: 2 ** 53 })],
    ['a base below 0', push({ ...mutation, base: -1 })],
    ['1e400 as at', push(JSON.parse(JSON.stringify(mutation).replace('"at":1', '"at":1e400')))],
    ['an empty mutationId', push({ ...mutation, mutationId: '' })],
    ['half a surrogate pair in a mutationId', push({ ...mutation, mutationId: '\ud800' })],
    ['U+0000 in a clientId', { ...push(), clientId: 'a\0' }],
    ['half a surrogate pair in a collection', push({ ...mutation, collection: '\ud800' })],
    ['a long group', push({ ...mutation, group: 'g'.repeat(129) })],
    ['null', null],
  ])('refuses %s', (_, value) => {
    expect(takes(pushRequestSchema, value)).toBe(false);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('hands the fields on as they are', () => {
    expect(pushRequestSchema.parse(push(mutation)).mutations[0]).toStrictEqual(mutation);
  });
});

test('the other requests take what they should and no more', () => {
  const pull = { clientId: 'c', limit: LIMITS.pageChangesMax, collections: ['tasks'], clientVersion: 3 };
  expect(takes(pullRequestSchema, pull)).toBe(true);
  expect(takes(pullRequestSchema, { ...pull, limit: LIMITS.pageChangesMax + 1 })).toBe(false);
  expect(takes(pullRequestSchema, { ...pull, limit: 1.5 })).toBe(false);
  expect(takes(pullRequestSchema, { ...pull, cursor: 'x'.repeat(LIMITS.cursorLengthMax + 1) })).toBe(false);
  expect(takes(syncRequestSchema, { ...push(mutation), ...pull })).toBe(true);
  expect(takes(syncRequestSchema, { ...push(mutation), more: 1 })).toBe(false);
  expect(takes(resolveRequestSchema, { choose: 'value', value: { a: [null] } })).toBe(true);
  expect(takes(resolveRequestSchema, { choose: 'value', value: nested(100_000) })).toBe(true);
  expect(takes(resolveRequestSchema, { choose: 'both' })).toBe(false);
  expect(takes(renameDeviceSchema, { name: 'Laptop' })).toBe(true);
  expect(takes(renameDeviceSchema, { name: 'a\0' })).toBe(false);
  expect(takes(restoreRequestSchema, { seq: 1, collection: 'tasks', id: 'a' })).toBe(true);
  expect(takes(restoreRequestSchema, { seq: 1, asOf: 1 })).toBe(false);
  expect(takes(restoreRequestSchema, { seq: 1, id: 'a' })).toBe(false);
});

test('no value in any place makes a schema throw', () => {
  const hostile = ['{"length":{"toString":null}}', '{"toString":null,"valueOf":null}', '[]', '[{}]', 'null', '1e400', '""', '{"then":1}'];
  const requests: [{ safeParse(value: unknown): unknown; shape: object }, object][] = [
    [pushRequestSchema, push(mutation)],
    [syncRequestSchema, push(mutation)],
    [pullRequestSchema, { clientId: 'c' }],
    [mutationSchema, mutation],
    [resolveRequestSchema, { choose: 'value' }],
    [restoreRequestSchema, {}],
    [renameDeviceSchema, {}],
  ];
  for (const [schema, valid] of requests) {
    for (const name of Object.keys(schema.shape)) {
      for (const json of hostile) expect(() => schema.safeParse({ ...valid, [name]: JSON.parse(json) })).not.toThrow();
    }
  }
  for (const json of hostile)
    expect(() => pushRequestSchema.safeParse(push({ ...mutation, op: JSON.parse(json) }, JSON.parse(json)))).not.toThrow();
});

describe('mutationContent', () => {
  const full: Mutation = {
    ...mutation,
    was: { title: null },
    epoch: 'e',
    ifRevision: 2,
    group: 'g',
    schemaVersion: 3,
    healed: { epoch: 'd', seq: 4 },
  };

  test('is the canonical JSON of all members but n and healed', () => {
    expect(Object.keys(full).sort()).toEqual(Object.keys(mutationSchema.shape).sort());
    const { n: _, healed: __, ...rest } = JSON.parse(JSON.stringify(full));
    expect(mutationContent(full)).toBe(canonicalJson(rest));
    expect(mutationContent(mutation)).toBe(
      '{"at":1,"base":0,"collection":"tasks","fields":{"title":"x"},"id":"a","mutationId":"m","op":"put"}',
    );
  });

  test('does not depend on n, healed or the order of keys, but on everything else', () => {
    expect(mutationContent({ ...full, n: 9, healed: undefined, fields: { title: 'x' } })).toBe(mutationContent(full));
    for (const other of [{ at: 2 }, { base: 1 }, { fields: {} }, { was: undefined }, { op: 'patch' as const }, { group: undefined }]) {
      expect(mutationContent({ ...full, ...other })).not.toBe(mutationContent(full));
    }
  });

  test('takes content that is refused later', () => {
    const deep = pushRequestSchema.parse(push({ ...mutation, fields: { a: nested(100_000), b: '\ud800' } })).mutations[0];
    expect(deep && deep.op !== 'void' && mutationContent(deep).length).toBeGreaterThan(200_000);
  });
});
