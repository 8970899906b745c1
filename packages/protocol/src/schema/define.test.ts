import { describe, expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import type { Json } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { newest } from '../merge/index.ts';
import type { Query } from '../query/query.ts';
import { defineApp, defineCollection } from './define.ts';
import type { AppDefinition, CollectionDefinition, FieldDefinitions, FieldsOf, PatchOf, RecordOf } from './definition.ts';

const tasks = defineCollection({
  name: 'tasks',
  fields: {
    title: { schema: z.string().min(1), merge: newest() },
    done: { schema: z.boolean() },
    note: { schema: z.string().optional() },
    due: { schema: z.number().nullable() },
    version: { schema: z.number().int(), derived: true },
  },
  indexes: [['done', 'title']],
  search: ['title'],
  derive: (previous) => ({ version: Number(previous?.version ?? 0) + 1 }),
});
const lists = defineCollection({ name: 'lists', fields: { name: { schema: z.string() } } });
const app = defineApp({ name: 'demo', schemaVersion: 2, collections: { tasks, lists } });

const field = { schema: z.string() };
const define = (input: object) => () => defineCollection({ name: 'things', fields: { a: field }, ...input });

describe('defineCollection', () => {
  test('fills in the defaults', () => {
    expect(lists).toEqual({
      name: 'lists',
      fields: lists.fields,
      onDelete: 'deleteWins',
      indexes: [],
      search: [],
      recordBytesMax: LIMITS.recordBytesMax,
      upcasts: {},
    });
    expect(tasks.fields.title.merge.name).toBe('newest');
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a name with a capital', define({ name: 'Tasks' }), /collection Tasks: a name is/],
    ['a system name', define({ name: '$conflicts' }), /a name is/],
    ['an empty name', define({ name: '' }), /a name is/],
    ['a long name', define({ name: 'a'.repeat(65) }), /at most 64/],
    ['__proto__ as a field', define({ fields: JSON.parse('{"__proto__":{}}') }), /field __proto__: this name is not possible/],
    ['constructor as a field', define({ fields: { constructor: field } }), /field constructor: this name is not possible/],
    ['id as a field', define({ fields: { id: field } }), /has its id beside/],
    ['the sign for the whole record', define({ fields: { '*': field } }), /field \*: a name is/],
    ['an unknown field in an index', define({ indexes: [['a'], ['b']] }), /names b, which is not a field/],
    ['an inherited name in an index', define({ indexes: [['toString']] }), /names toString/],
    ['an unknown field in search', define({ search: ['b'] }), /names b/],
    ['an empty index', define({ indexes: [[]] }), /at least one field/],
    ['an index with a field twice', define({ indexes: [['a', 'a']] }), /each once/],
    ['a derived field without derive', define({ fields: { a: { ...field, derived: true } } }), /has no derive/],
    ['a derive without a derived field', define({ derive: () => ({}) }), /no derived field/],
    ['too large a record', define({ recordBytesMax: LIMITS.recordBytesMax + 1 }), /recordBytesMax/],
    ['an up-caster from 0', define({ upcasts: { 0: () => ({}) } }), /up-caster 0/],
    ['a schema with a default', define({ fields: { a: { schema: z.string().default('x') } } }), /field a: its schema has a default/],
    ['a schema that swallows what is wrong', define({ fields: { a: { schema: z.string().catch('x') } } }), /default or catch/],
    ['an asynchronous schema', define({ fields: { a: { schema: z.any().refine(async () => true) } } }), /asynchronous/],
  ])('throws on %s', (_, work, message) => expect(work).toThrow(message));
});

describe('defineApp', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['schemaVersion 0', () => defineApp({ name: 'demo', schemaVersion: 0, collections: {} }), /app demo: schemaVersion/],
    ['a fraction', () => defineApp({ name: 'demo', schemaVersion: 1.5, collections: {} }), /schemaVersion/],
    ['a name with a slash', () => defineApp({ name: 'a/b', schemaVersion: 1, collections: {} }), /a name is/],
    [
      'a wrong key',
      () => defineApp({ name: 'demo', schemaVersion: 1, collections: { items: tasks } }),
      /tasks stands under the name items/,
    ],
    [
      'an up-caster beyond its version',
      () =>
        defineApp({
          name: 'demo',
          schemaVersion: 2,
          collections: { t: defineCollection({ name: 't', fields: { a: field }, upcasts: { 2: (f) => f } }) },
        }),
      /from 2 leads beyond/,
    ],
  ])('throws on %s', (_, work, message) => expect(work).toThrow(message));
});

describe('types', () => {
  test('follow from the definition', () => {
    expectTypeOf<FieldsOf<typeof tasks>>().toEqualTypeOf<{
      readonly title: string;
      readonly done: boolean;
      readonly due: number | null;
      readonly version: number;
      readonly note?: string;
    }>();
    expectTypeOf<RecordOf<typeof lists>>().toEqualTypeOf<{ readonly id: string; readonly name: string }>();
    expectTypeOf<PatchOf<typeof tasks>>().toEqualTypeOf<{
      readonly title?: string;
      readonly done?: boolean;
      readonly due?: number | null;
      readonly version?: number;
      readonly note?: string | null;
    }>();
    expectTypeOf<RecordOf<(typeof app)['collections']['tasks']>['title']>().toEqualTypeOf<string>();
    expectTypeOf<NonNullable<Query<RecordOf<typeof tasks>>['where']>['done']>().not.toBeAny();
  });

  test('definitions fit where any definition is asked for', () => {
    expectTypeOf(tasks).toExtend<CollectionDefinition>();
    expectTypeOf(app).toExtend<AppDefinition>();
    expectTypeOf<FieldsOf<CollectionDefinition<FieldDefinitions>>>().not.toBeAny();
    expectTypeOf<FieldsOf<typeof tasks>>().toExtend<{ readonly [field: string]: Json }>();
  });
});
