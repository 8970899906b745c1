import type { JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTaskServer, STORAGES, type TaskServer } from './task-server.suite.ts';

const titles = (list: readonly JsonObject[]) => list.map(({ title }) => title);

const pagesOf = async ({ call }: TaskServer, query: string, limit: number): Promise<JsonObject[]> => {
  const all: JsonObject[] = [];
  for (let cursor = ''; ; ) {
    const page = await call('GET', `/tasks?${query}&limit=${limit}${cursor}`);
    expect(page.status, page.text).toBe(200);
    all.push(...page.list);
    if (page.body.nextCursor === null) return all;
    cursor = `&cursor=${String(page.body.nextCursor)}`;
  }
};

describe.each(STORAGES)('lists on %s', (kind) => {
  test('search finds every word by its beginning, whatever case and accents, in title and description', async () => {
    const server = await openTaskServer(kind);
    await server.task({ title: 'Crème brûlée backen' });
    await server.task({ title: 'Buy cream', description: 'for the BRÛLÉE' });
    await server.task({ title: 'Nothing' });
    const found = async (q: string) => titles((await server.call('GET', `/tasks?q=${encodeURIComponent(q)}`)).list);
    expect(await found('brulee')).toEqual(['Crème brûlée backen', 'Buy cream']);
    expect(await found('CRE brü')).toEqual(['Crème brûlée backen', 'Buy cream']);
    expect(await found('brulee for')).toEqual(['Buy cream']);
    expect(await found('rulee')).toEqual([]);
    expect(await found('…')).toHaveLength(3);
  });

  test('sorts: priorities by rank, titles without case, what has no due date last, what was changed last', async () => {
    const server = await openTaskServer(kind);
    await server.task({ title: 'b', priority: 'high', dueDate: '2026-12-02T00:00:00Z' });
    await server.task({ title: 'A', priority: 'low' });
    const { taskId } = await server.task({ title: 'c', priority: 'medium', dueDate: '2026-12-02T00:30:00+01:00' });
    await server.task({ title: 'Ä', priority: 'medium' });
    const sorted = async (query: string) => titles(await pagesOf(server, query, 3)).join('');
    expect(await sorted('sort=createdAt')).toBe('bAcÄ');
    expect(await sorted('sort=createdAt&order=desc')).toBe('ÄcAb');
    expect((await sorted('sort=title')).slice(2)).toBe('bc');
    expect(await sorted('sort=priority&order=asc')).toMatch(/^A(cÄ|Äc)b$/);
    expect(await sorted('sort=dueDate')).toMatch(/^cb(AÄ|ÄA)$/);
    expect(await sorted('sort=dueDate&order=desc')).toMatch(/^bc(AÄ|ÄA)$/);
    await server.call('PATCH', `/tasks/${String(taskId)}`, { description: 'now' });
    expect(await sorted('sort=updatedAt&order=desc')).toBe('cÄAb');
    expect(await sorted('dueTo=2026-12-01T23:45:00Z')).toBe('c');
    expect(await sorted('dueFrom=2026-12-01T23:45:00Z&sort=title')).toBe('b');
  });

  test('a list answers 304 until anything changes', async () => {
    const { call, task } = await openTaskServer(kind);
    await task();
    const etag = (await call('GET', '/tasks')).headers.get('ETag') ?? '';
    expect(etag).toMatch(/^W\/"/);
    expect((await call('GET', '/tasks?completed=true', undefined, { 'If-None-Match': etag })).status).toBe(304);
    expect((await call('GET', '/categories', undefined, { 'If-None-Match': etag })).status).toBe(304);
    await task();
    expect((await call('GET', '/tasks', undefined, { 'If-None-Match': etag })).status).toBe(200);
  });

  test('every combination of filters, sort and order answers what looking at all tasks would', { timeout: 60_000 }, async () => {
    const server = await openTaskServer(kind);
    const [home, work] = [await server.category('Home'), await server.category('Work')];
    const all: JsonObject[] = [];
    for (let i = 0; i < 40; i += 1) {
      const due = i % 3 === 0 ? {} : { dueDate: `2026-12-${String(1 + (i % 9)).padStart(2, '0')}T00:00:00.000Z` };
      const category = i % 4 === 0 ? {} : { categoryId: i % 4 === 1 ? home : work };
      const fields = { title: `t${i % 7}`, description: i % 5 === 0 ? 'ebb' : 'flow', priority: ['low', 'medium', 'high'][i % 3] ?? 'low' };
      const task = await server.task({ ...fields, ...due, ...category });
      const path = `/tasks/${String(task.taskId)}`;
      all.push(i % 2 === 0 ? (await server.call('PATCH', path, { completed: true })).data : task);
    }
    const filters = fc.record(
      {
        categoryId: fc.constantFrom(home, work),
        completed: fc.constantFrom('true', 'false'),
        priority: fc.constantFrom('low', 'high'),
        dueFrom: fc.constant('2026-12-03T00:00:00.000Z'),
        dueTo: fc.constant('2026-12-06T00:00:00.000Z'),
        q: fc.constantFrom('eb', 'flow t'),
      },
      { requiredKeys: [] },
    );
    const sorts = fc.constantFrom('createdAt', 'dueDate', 'priority', 'updatedAt', 'title');
    const rank = (task: JsonObject, sort: string): string =>
      sort === 'priority' ? String(['low', 'medium', 'high'].indexOf(String(task.priority))) : String(task[sort] ?? '');
    await fc.assert(
      fc.asyncProperty(
        filters,
        sorts,
        fc.constantFrom('asc', 'desc'),
        fc.integer({ min: 3, max: 50 }),
        async (filter, sort, order, limit) => {
          const wanted = all.filter(
            (task) =>
              (filter.categoryId ?? task.categoryId) === task.categoryId &&
              (filter.completed ?? String(task.completed)) === String(task.completed) &&
              (filter.priority ?? task.priority) === task.priority &&
              (filter.dueFrom === undefined || String(task.dueDate ?? '') >= filter.dueFrom) &&
              (filter.dueTo === undefined || (task.dueDate !== undefined && String(task.dueDate) <= filter.dueTo)) &&
              (filter.q === undefined || task.description === (filter.q === 'eb' ? 'ebb' : 'flow')),
          );
          const got = await pagesOf(server, new URLSearchParams({ ...filter, sort, order }).toString(), limit);
          expect(got.map((task) => task.taskId).sort()).toEqual(wanted.map((task) => task.taskId).sort());
          const present = got.filter((task) => task[sort] !== undefined);
          expect(got.slice(0, present.length)).toEqual(present);
          const ranks = present.map((task) => rank(task, sort));
          const sorted = [...ranks].sort();
          expect(ranks).toEqual(order === 'asc' ? sorted : sorted.reverse());
        },
      ),
      { numRuns: 60 },
    );
  });
});
