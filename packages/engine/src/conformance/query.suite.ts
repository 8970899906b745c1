import {
  canonicalJson,
  defineApp,
  defineCollection,
  type Json,
  type JsonObject,
  type Query,
  runQuery,
  SEQ_FIELD,
} from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { positionOf } from '../serve/page-cursor.ts';
import { planQuery } from '../serve/plan-query.ts';
import type { FoundRecord, QueryPlan, Storage } from '../storage/storage.ts';
import { appendOf, changeRow, type Open, onStorage, SPACE, spaceRow, storeRecords } from './build.ts';

const any = { schema: z.any() };
const things = defineCollection({
  name: 'things',
  fields: { a: any, b: any, title: any, tags: any },
  indexes: [['a'], ['b'], ['a', 'b'], [SEQ_FIELD], ['a', SEQ_FIELD]],
  search: ['title', 'tags'],
});
/** The same name without indexes, in another app: its records are in no index of the first. */
const APPS = [
  defineApp({ name: 'app', schemaVersion: 1, collections: { things } }),
  defineApp({ name: 'other', schemaVersion: 1, collections: { things: defineCollection({ name: 'things', fields: { a: any } }) } }),
];

interface Thing {
  readonly id: string;
  readonly fields: JsonObject;
}

/** Few values, so that many are equal, and all that are near each other in some order. */
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Json>(null, false, true, 0, 1, -1, 10, 9, '', 'a', 'A', 'b', '1', 'true', 'null') },
  fc.constantFrom<Json>(
    -0,
    1e21,
    2 ** 60,
    2 ** 53,
    -5e-324,
    0.1 + 0.2,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    '\uFFFD',
    '\u{1F600}',
    'aé',
    'ae\u0301',
  ),
  fc.constantFrom<Json>([], {}, [1], { a: 1 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary', maxLength: 4 }).map((text) => text.replaceAll('\u0000', '0')),
);
const plain = value.filter((one) => typeof one !== 'object' || one === null);
const id = fc.oneof(fc.constantFrom('a', 'b', 'ab', 'é', '\uFFFD', '\u{1F600}'), fc.uuid());
const text = fc.array(
  fc.constantFrom('red', 'reddish', 'Réd', 'blue', 'blue-green', '42', '4 2', '日本', 'STRASSE', "o'clock", '*', '"', 'AND'),
  { maxLength: 4 },
);
const fields = fc.record<JsonObject>(
  {
    a: value,
    b: value,
    title: fc.oneof(
      text.map((words) => words.join(' ')),
      value,
    ),
    tags: fc.oneof(text, value),
  },
  { requiredKeys: [] },
);
const records = fc.uniqueArray(fc.record({ id, fields }), { selector: (one) => one.id, maxLength: 25 });

const direction = fc.constantFrom('asc' as const, 'desc' as const);
const bounds = fc.dictionary(fc.constantFrom('gt', 'gte', 'lt', 'lte'), plain, { minKeys: 1, maxKeys: 2 });
const ordered = (...names: string[]) => direction.map((one) => names.map((name): [string, 'asc' | 'desc'] => [name, one]));
const search = fc
  .array(fc.constantFrom('red', 'RE', 'blu', 'gre', '4', '42', '日', 'stra', 'x', 'and'), { minLength: 1, maxLength: 2 })
  .map((words) => words.join(' '));
const query: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ orderBy: ordered('id') }),
  fc.record({ where: fc.record({ id: fc.record({ gte: id, lt: id }, { requiredKeys: ['gte'] }) }), orderBy: ordered('id') }),
  fc.record({ where: fc.record({ a: plain }), orderBy: ordered('id') }),
  fc.record({ where: fc.record({ a: plain, id }) }),
  fc.record({ where: fc.record({ a: plain, b: plain }), orderBy: ordered('id') }),
  fc.record({ where: fc.record({ a: plain, id: fc.record({ gt: id }) }), orderBy: ordered('id') }),
  fc.record({ orderBy: ordered('a') }),
  fc.record({ orderBy: ordered('a', 'b') }),
  fc.record({ where: fc.record({ a: bounds }), orderBy: ordered('a') }),
  fc.record({ where: fc.record({ a: bounds }), orderBy: ordered('a', 'b') }),
  fc.record({ where: fc.record({ a: plain, b: bounds }), orderBy: ordered('b') }),
  fc.record({ where: fc.record({ a: plain }), orderBy: ordered('b', 'id') }),
  fc.record({ orderBy: ordered(SEQ_FIELD) }),
  fc.record({ where: fc.record({ a: plain }), orderBy: ordered(SEQ_FIELD) }),
  fc.record({ search }),
  fc.record({ search, orderBy: ordered('id') }),
  fc.record({ search, where: fc.record({ a: plain }), orderBy: ordered('id') }),
  fc.record({ search, orderBy: ordered('a', 'b') }),
  fc.record({ search, where: fc.record({ a: plain, b: bounds }), orderBy: ordered('b') }),
);

/** All ids a query answers, page by page. */
const answerOf = async (storage: Storage, asked: Query, limit: number): Promise<string[]> => {
  const ids: string[] = [];
  const plan = planQuery(things, { ...asked, limit });
  if (!plan.ok) throw new Error(plan.error.message);
  let after: QueryPlan['after'];
  for (;;) {
    const page: FoundRecord[] = await storage.query(SPACE, { ...plan.value, ...(after === undefined ? {} : { after }) });
    expect(page.length).toBeLessThanOrEqual(limit);
    ids.push(...page.map((row) => row.id));
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return ids;
    after = positionOf(plan.value, last);
  }
};

type Stored = { readonly [field: string]: Json; readonly id: string };

const modelAnswer = (stored: readonly Thing[], asked: Query, firstSeq = 1): string[] => {
  const all = stored.map((one, i): Stored => ({ ...one.fields, id: one.id, [SEQ_FIELD]: firstSeq + i }));
  return runQuery<Stored>(all, things, { ...asked }).map((one) => one.id);
};

/** Brings the space from one set of records to another by one change each; what is not in the second is deleted. */
const replaceRecords = async (storage: Storage, before: readonly Thing[], after: readonly Thing[]): Promise<void> => {
  const next = new Map(after.map((one) => [one.id, one]));
  const gone = before.filter((one) => !next.has(one.id));
  const changes = [...after, ...gone].map((one, i) =>
    changeRow(before.length + 1 + i, {
      id: one.id,
      collection: 'things',
      deleted: !next.has(one.id),
      fieldsJson: canonicalJson(one.fields),
    }),
  );
  await storage.append(appendOf(1, changes));
};

const things1 = (stored: readonly Thing[]) => stored.map((one) => ({ ...one, collection: 'things' }));

/** Each run opens a storage and waits for its disk. */
const PROPERTY_MS_MAX = 60_000;

export const querySuite = (open: Open): void => {
  describe('query', () => {
    it('answers as looking at every record would, in pages, both ways', { timeout: PROPERTY_MS_MAX }, async () => {
      await fc.assert(
        fc.asyncProperty(
          records,
          fc.array(query, { minLength: 1, maxLength: 6 }),
          fc.integer({ min: 1, max: 30 }),
          (stored, asked, limit) =>
            onStorage(
              open,
              async (storage) => {
                await storeRecords(storage, things1(stored));
                for (const one of asked) expect(await answerOf(storage, one, limit)).toEqual(modelAnswer(stored, one));
              },
              APPS,
            )(),
        ),
        { numRuns: 60 },
      );
    });

    it('follows edits, deletes and re-creations', { timeout: PROPERTY_MS_MAX }, async () => {
      await fc.assert(
        fc.asyncProperty(records, records, query, (before, after, asked) =>
          onStorage(
            open,
            async (storage) => {
              await storeRecords(storage, things1(before));
              await replaceRecords(storage, before, after);
              expect(await answerOf(storage, asked, 10)).toEqual(modelAnswer(after, asked, before.length + 1));
            },
            APPS,
          )(),
        ),
        { numRuns: 60 },
      );
    });
  });
  isolationSuite(open);
};

const isolationSuite = (open: Open): void => {
  describe('query isolation', () => {
    it(
      'answers of its own space only, and nothing once it is erased',
      onStorage(
        open,
        async (storage) => {
          const fields = { a: 1, b: 1, title: 'red' };
          const all = [{ id: 'r', fields, collection: 'things' }];
          for (const [key, app] of [
            [SPACE, 'app'],
            ['app/bob', 'app'],
            ['other/ann', 'other'],
          ] as const) {
            await storeRecords(
              storage,
              all.map((one) => ({ ...one, fields: { ...fields, of: key } })),
              { key, app },
            );
          }
          const queries: Query[] = [
            {},
            { where: { a: 1 } },
            {
              orderBy: [
                ['a', 'asc'],
                ['b', 'asc'],
              ],
            },
            { search: 're' },
          ];
          const ask = async (key: string) => {
            const answers: string[] = [];
            for (const asked of queries) {
              const plan = planQuery(things, asked);
              if (plan.ok) answers.push(...(await storage.query(key, plan.value)).map((row) => row.fieldsJson));
            }
            return answers;
          };
          expect(await ask(SPACE)).toEqual(queries.map(() => canonicalJson({ ...fields, of: SPACE })));
          expect(await ask('app/nobody')).toEqual([]);
          await storage.erase({ space: spaceRow({ appends: 2 }), expectedAppends: 1 });
          expect(await ask(SPACE)).toEqual([]);
          expect(await ask('app/bob')).toEqual(queries.map(() => canonicalJson({ ...fields, of: 'app/bob' })));
        },
        APPS,
      ),
    );
  });
};
