import { canonicalJson, defineCollection, type JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { itemPrinter } from './print-item.ts';
import type { Resource } from './resource.ts';

const NAMES = ['title', 'done', 'title_key', 'rank', 'note'] as const;
const collection = defineCollection({
  name: 'things',
  fields: {
    title: { schema: z.json().optional() },
    title_key: { schema: z.json().optional() },
    note: { schema: z.json().optional() },
    done: { schema: z.boolean().optional() },
    rank: { schema: z.json().optional(), derived: true },
  },
  derive: () => ({}),
});
const resource: Resource = { name: 'thing', path: '/things', collection, idName: 'thingId', onCreate: () => ({}), filters: {}, sorts: {} };
const print = itemPrinter(resource);

test('prints what parsing the fields and printing those that are shown would', () => {
  const names = fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom('unknown', 'zz', 'Title', 'a"\\'));
  const values = fc.oneof(
    fc.jsonValue({ stringUnit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', '\\', ',', '}', '{', '[', ':', 'rank', 'ü', ' ') }),
  );
  fc.assert(
    fc.property(fc.dictionary(names, values), fc.string(), fc.nat(), fc.nat(), (given, id, updatedAt, revision) => {
      const fields: JsonObject = JSON.parse(JSON.stringify(given));
      const shown = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'rank' && NAMES.some((one) => one === name)));
      expect(JSON.parse(print({ id, fieldsJson: canonicalJson(fields), updatedAt, revision }))).toEqual({
        thingId: id,
        ...shown,
        updatedAt: new Date(updatedAt).toISOString(),
        version: revision,
      });
    }),
    { numRuns: 500 },
  );
});
