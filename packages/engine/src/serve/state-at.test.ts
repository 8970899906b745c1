import { defineApp, defineCollection } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { createBench } from '../test-engine.suite.ts';

const notes = defineCollection({ name: 'notes', fields: { title: { schema: z.string() } } });
const app = defineApp({ name: 'notes', schemaVersion: 1, collections: { notes } });

test('a state of the past costs the records of its page and their changes since, never the log', async () => {
  const inner = createMemoryStorage();
  let rows = 0;
  const counting = {
    ...inner,
    readLog: async (...of: Parameters<typeof inner.readLog>) => {
      const found = await inner.readLog(...of);
      rows += found.length;
      return found;
    },
    readHistory: async (...of: Parameters<typeof inner.readHistory>) => {
      const found = await inner.readHistory(...of);
      rows += found.length;
      return found;
    },
  };
  const { engine, space, client } = createBench(app, counting);
  const phone = client('phone');
  const write = (id: string, title: string, base: number) => phone.push({ op: 'put', id, fields: { title }, base });
  for (let i = 0; i < 300; i++) await write(`n${i % 30}`, `first ${i}`, i < 30 ? 0 : i - 29);
  for (let i = 0; i < 5; i++) await write('n7', `later ${i}`, 300);
  await phone.push({ op: 'delete', id: 'n8', base: 279 });
  await write('new', 'later', 0);
  rows = 0;
  const pages: { id: string; title: unknown }[] = [];
  for (let after: string | undefined; ; ) {
    const page = await engine.stateAt(space, { seq: 300, limit: 7, ...(after === undefined ? {} : { after }) });
    if (!page.ok) throw new Error(page.error.message);
    pages.push(...page.value.records.map(({ id, fields }) => ({ id, title: fields?.title })));
    after = page.value.nextAfter;
    if (after === undefined) break;
  }
  const wanted = Array.from({ length: 30 }, (_, i) => ({ id: `n${i}`, title: `first ${270 + i}` }));
  expect(pages).toEqual(wanted.sort((a, b) => (a.id < b.id ? -1 : 1)));
  expect(rows).toBeLessThanOrEqual(20);
  rows = 0;
  expect(await engine.restore(space, { seq: 300, collection: 'notes', id: 'n8' })).toMatchObject({ ok: true, value: { restored: 1 } });
  expect(rows).toBeLessThanOrEqual(10);
  expect(await engine.stateAt(space, { seq: 300, after: 'notes' })).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
});
