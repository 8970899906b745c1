import { describe, expect, test } from 'vitest';
import { openTaskServer, STORAGES } from './task-server.suite.ts';

describe.each(STORAGES)('bulk and categories on %s', (kind) => {
  test('acts on ids, says what became of each, and may be repeated', async () => {
    const { call, task, category } = await openTaskServer(kind);
    const work = await category('Work');
    const [a, b] = [String((await task()).taskId), String((await task()).taskId)];
    const bulk = (body: { [name: string]: string | string[] | null }) => call('POST', '/tasks/bulk', body);
    const missing = { id: 'gone', code: 'RESOURCE_NOT_FOUND', message: expect.any(String) };
    expect((await bulk({ action: 'complete', ids: [a, 'gone', b, a] })).data).toEqual({ succeeded: [a, b], failed: [missing] });
    expect((await bulk({ action: 'complete', ids: [a] })).data).toEqual({ succeeded: [a], failed: [] });
    expect((await call('GET', `/tasks/${a}`)).data).toMatchObject({ completed: true, version: 2 });
    await bulk({ action: 'move', ids: [a, b], categoryId: work });
    await bulk({ action: 'reopen', ids: [b] });
    expect((await call('GET', `/tasks?categoryId=${work}&status=open`)).list).toMatchObject([{ taskId: b, version: 4 }]);
    await bulk({ action: 'move', ids: [a], categoryId: null });
    expect((await call('GET', `/tasks/${a}`)).data).not.toHaveProperty('categoryId');
    expect((await bulk({ action: 'delete', ids: [a, b] })).data).toMatchObject({ succeeded: [a, b] });
    expect((await bulk({ action: 'delete', ids: [a] })).data).toMatchObject({ succeeded: [], failed: [{ id: a }] });
    expect((await call('GET', '/tasks')).list).toEqual([]);
  });

  test('acts on what a filter finds', async () => {
    const { call, task } = await openTaskServer(kind);
    for (const priority of ['low', 'high', 'low']) await task({ priority });
    const done = await call('POST', '/tasks/bulk', { action: 'complete', filter: { priority: 'low', completed: false } });
    expect(done.data.succeeded).toHaveLength(2);
    expect((await call('GET', '/tasks?completed=false')).list).toMatchObject([{ priority: 'high' }]);
    expect((await call('POST', '/tasks/bulk', { action: 'delete', filter: {} })).data.succeeded).toHaveLength(3);
  });

  test('a category that tasks use stays, unless the request says what becomes of them', async () => {
    const { call, task, category } = await openTaskServer(kind);
    const [home, work] = [await category('Home'), await category('Work')];
    const { taskId } = await task({ categoryId: home });
    await task({ categoryId: home });
    const refused = await call('DELETE', `/categories/${home}`);
    expect(refused.refusal).toBe('409 CATEGORY_IN_USE');
    expect(refused.body.error).toMatchObject({ details: { count: 2 } });
    expect((await call('DELETE', `/categories/${home}?moveTo=${home}`)).refusal).toBe('400 VALIDATION_ERROR');
    expect((await call('DELETE', `/categories/${home}?tasks=drop`)).refusal).toBe('400 VALIDATION_ERROR');
    expect((await call('DELETE', `/categories/${home}?moveTo=${work}`)).status).toBe(204);
    expect((await call('GET', `/tasks?categoryId=${work}`)).list).toHaveLength(2);
    expect((await call('DELETE', `/categories/${work}?tasks=keep`)).status).toBe(204);
    expect((await call('GET', `/tasks/${String(taskId)}`)).data).not.toHaveProperty('categoryId');
    expect((await call('GET', '/categories')).list).toEqual([]);
  });

  test('a category is made, listed and changed', async () => {
    const { call } = await openTaskServer(kind);
    const made = await call('POST', '/categories', { name: 'Home', color: '#00ff7F', icon: 'house' });
    expect(made.data).toMatchObject({ name: 'Home', color: '#00ff7F', icon: 'house', version: 1 });
    const path = `/categories/${String(made.data.categoryId)}`;
    expect((await call('PUT', path, { ...made.data, name: 'House', color: null })).data).toMatchObject({ name: 'House', version: 2 });
    expect((await call('GET', path)).data).not.toHaveProperty('color');
    expect((await call('PUT', path, { ...made.data, name: 'Late' })).refusal).toBe('409 VERSION_CONFLICT');
  });
});

test('a filter that matches more than 5,000 changes nothing', { timeout: 120_000 }, async () => {
  const { call, engine, space } = await openTaskServer('memory');
  const put = (i: number) => ({
    mutationId: `m${i}`,
    n: 1,
    collection: 'tasks',
    id: `t${i}`,
    op: 'put' as const,
    base: 0,
    at: 0,
    fields: { title: 't', completed: false, priority: 'low', createdAt: '2026-01-01T00:00:00.000Z' },
  });
  const apply = (from: number, count: number) =>
    engine.apply(space, { clientId: 'phone', schemaVersion: 1, mutations: Array.from({ length: count }, (_, i) => put(from + i)) });
  await apply(0, 4_000);
  await apply(4_000, 1_001);
  expect((await call('POST', '/tasks/bulk', { action: 'complete', filter: {} })).refusal).toBe('413 PAYLOAD_TOO_LARGE');
  expect((await call('GET', '/tasks?completed=true')).list).toEqual([]);
  expect((await call('DELETE', '/tasks/t0')).status).toBe(204);
  expect((await call('POST', '/tasks/bulk', { action: 'complete', filter: {} })).data.succeeded).toHaveLength(5_000);
});
