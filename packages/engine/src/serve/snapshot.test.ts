import { defineApp, defineCollection } from '@tidemark/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { createBench } from '../test-engine.suite.ts';

const notes = defineCollection({ name: 'notes', fields: { rank: { schema: z.int() } } });
const tags = defineCollection({ name: 'tags', fields: { rank: { schema: z.int() } } });
const app = defineApp({ name: 'demo', schemaVersion: 1, collections: { notes, tags } });

interface Write {
  readonly collection: 'notes' | 'tags';
  readonly id: number;
  readonly rank: number | null;
}
const write = fc.record<Write>({
  collection: fc.constantFrom('notes', 'tags'),
  id: fc.integer({ min: 0, max: 9 }),
  rank: fc.option(fc.integer({ min: 0, max: 9 }), { freq: 3 }),
});

it('shows all records as they stood when it was taken, whatever is written while it is read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 20 }), fc.array(write, { maxLength: 20 }), async (first, meanwhile) => {
      const { engine, client, space } = createBench(app);
      const writer = client('writer');
      const apply = async (writes: readonly Write[]) => {
        for (const { collection, id, rank } of writes) {
          const session = await engine.session(space);
          const base = session.ok ? session.value.latestVersion : 0;
          const edit = rank === null ? { op: 'delete' as const } : { op: 'put' as const, fields: { rank } };
          const known = await engine.get(space, collection, `r${id}`);
          await writer.push({ ...edit, collection, id: `r${id}`, base: known === undefined ? 0 : base });
        }
      };
      const stateAt = async (seq: number) => {
        const state = await engine.stateAt(space, { seq });
        return state.ok ? state.value.records : [];
      };
      await apply(first);
      const taken = await engine.snapshot(space);
      if (!taken.ok) throw new Error(taken.error.code);
      const { seq, counts, pages } = taken.value;
      await apply(meanwhile);
      const found = [];
      for await (const page of pages())
        for (const { fieldsJson, collection, id, revision } of page)
          found.push({ collection, id, revision, fields: JSON.parse(fieldsJson) });
      const expected = await stateAt(seq);
      expect(found).toEqual(expected.map(({ collection, id, revision, fields }) => ({ collection, id, revision, fields })));
      for (const name of ['notes', 'tags']) expect(counts[name] ?? 0).toBe(expected.filter(({ collection }) => collection === name).length);
    }),
    { numRuns: 100 },
  );
});
