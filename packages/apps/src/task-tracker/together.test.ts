import type { JsonObject } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { openTaskServer, STORAGES, type TaskServer } from './task-server.suite.ts';

// REST callers beside native clients, on one space.

interface Edit {
  readonly op: 'put' | 'patch' | 'delete';
  readonly id: string;
  readonly base: number;
  readonly fields?: JsonObject;
  readonly was?: JsonObject;
}

const push = async ({ call }: TaskServer, clientId: string, n: number, edit: Edit) => {
  const mutation = { mutationId: `${clientId}-${n}`, n, collection: 'tasks', at: 1_700_000_000_000, ...edit };
  const answer = await call('POST', '/sync/push', { protocolVersion: 1, clientId, schemaVersion: 1, mutations: [{ ...mutation }] });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};

const pull = async ({ call }: TaskServer, clientId: string): Promise<readonly JsonObject[]> => {
  const { body } = await call('POST', '/sync/pull', { clientId });
  return Array.isArray(body.changes) ? body.changes.filter((one): one is JsonObject => typeof one === 'object' && one !== null) : [];
};

describe.each(STORAGES)('REST and native clients on %s', (kind) => {
  test('one task made by REST, edited offline, moved in bulk and deleted elsewhere ends the same, and its history names each', async () => {
    const server = await openTaskServer(kind);
    const { call } = server;
    const work = await server.category('Work');
    const task = await server.task({ title: 'Buy milk' });
    const id = String(task.taskId);
    const seen = (await pull(server, 'phone')).find((change) => change.id === id);
    expect(seen).toMatchObject({ fields: { title: 'Buy milk', priorityRank: 0 } });
    const base = Number(seen?.seq);
    // Offline: the phone renames it. Meanwhile it is moved in bulk.
    expect((await call('POST', '/tasks/bulk', { action: 'move', ids: [id], categoryId: work })).data.succeeded).toEqual([id]);
    await push(server, 'phone', 1, { op: 'patch', id, base, fields: { title: 'Buy oat milk' }, was: { title: 'Buy milk' } });
    expect((await call('GET', `/tasks/${id}`)).data).toMatchObject({ title: 'Buy oat milk', categoryId: work, version: 3 });
    expect((await call('GET', '/tasks?q=oat')).list).toMatchObject([{ taskId: id }]);
    const current = (await pull(server, 'tablet')).find((change) => change.id === id);
    await push(server, 'tablet', 1, { op: 'delete', id, base: Number(current?.seq) });
    expect((await call('GET', `/tasks/${id}`)).refusal).toBe('404 RESOURCE_NOT_FOUND');
    expect((await call('GET', '/tasks')).list).toEqual([]);
    expect(await pull(server, 'phone')).toEqual(await pull(server, 'tablet'));
    const history = await call('GET', `/sync/history?collection=tasks&id=${id}`);
    const authors = Array.isArray(history.body.entries) ? history.body.entries : [];
    expect(authors).toMatchObject([
      { clientId: 'tablet', deleted: true },
      { clientId: 'phone', fields: { title: 'Buy oat milk' } },
      { clientId: '$http', fields: { categoryId: work } },
      { clientId: '$http', revision: 1 },
    ]);
  });

  test('an edit by REST of what a phone changes offline at the same time leaves the lost value in the inbox', async () => {
    const server = await openTaskServer(kind);
    const { taskId } = await server.task({ title: 'First' });
    const id = String(taskId);
    await server.call('PATCH', `/tasks/${id}`, { title: 'By REST' });
    const answer = await push(server, 'phone', 1, { op: 'patch', id, base: 1, fields: { title: 'By phone' }, was: { title: 'First' } });
    expect(answer).toMatchObject({ accepted: [{ status: 'conflict' }] });
    expect((await server.call('GET', `/tasks/${id}`)).data.title).toBe('By phone');
    const open = await server.call('GET', '/sync/conflicts');
    expect(open.body.conflicts).toMatchObject([{ field: 'title', theirs: 'By REST', mine: 'By phone' }]);
  });
});

test('two clients page through 10,000 tasks while a third writes: none twice, none skipped', { timeout: 240_000 }, async () => {
  const server = await openTaskServer('sqlite');
  const { call, engine, space } = server;
  const put = (i: number) => ({
    mutationId: `m${i}`,
    n: 1,
    collection: 'tasks',
    id: `t${i}`,
    op: 'put' as const,
    base: 0,
    at: 0,
    fields: { title: `t${i % 97}`, completed: i % 2 === 0, priority: 'low', createdAt: '2026-01-01T00:00:00.000Z' },
  });
  for (let from = 0; from < 10_000; from += 2_500) {
    await engine.apply(space, { clientId: 'phone', schemaVersion: 1, mutations: Array.from({ length: 2_500 }, (_, i) => put(from + i)) });
  }
  const touched = new Set<string>();
  let next = 0;
  // The third client: after each page of either reader it moves, deletes and creates.
  const write = async () => {
    for (const kind of ['move', 'move', 'delete'] as const) {
      const id = `t${next}`;
      next = (next + 1_237) % 10_000;
      touched.add(id);
      if (kind === 'delete') await call('DELETE', `/tasks/${id}`);
      else await call('PATCH', `/tasks/${id}`, { title: next % 2 === 0 ? `a${next}` : `z${next}`, completed: next % 3 === 0 });
    }
    await call('POST', '/tasks', { title: 'new', priority: 'low' });
  };
  const reader = async (sort: string) => {
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await call('GET', `/tasks?sort=${sort}&limit=200${cursor}`);
      seen.push(...page.list.map((task) => String(task.taskId)));
      await write();
      if (page.body.nextCursor === null) return seen;
      cursor = `&cursor=${String(page.body.nextCursor)}`;
    }
  };
  const lists = await Promise.all([reader('updatedAt'), reader('title')]);
  expect(touched.size).toBeGreaterThan(200);
  const untouched = Array.from({ length: 10_000 }, (_, i) => `t${i}`).filter((id) => !touched.has(id));
  for (const seen of lists) {
    const once = new Set(seen);
    expect(once.size).toBe(seen.length);
    expect(untouched.filter((id) => !once.has(id))).toEqual([]);
  }
});

describe.each(STORAGES)('categories and native clients on %s', (kind) => {
  test('a task that names a category that is gone, or of somebody else, is stored without one, and a conflict says so', async () => {
    const server = await openTaskServer(kind);
    const { call } = server;
    const fields = { title: 'Offline', completed: false, priority: 'low', createdAt: '2026-01-01T00:00:00.000Z' };
    const gone = await server.category('Gone');
    await call('DELETE', `/categories/${gone}`);
    const eves = String((await call('POST', '/categories', { name: 'Hers' }, { Authorization: 'Bearer eve' })).data.categoryId);
    for (const [i, categoryId] of [gone, eves].entries()) {
      const answer = await push(server, 'phone', i + 1, { op: 'put', id: `t${i}`, base: 0, fields: { ...fields, categoryId } });
      expect(answer).toMatchObject({ accepted: [{ status: 'conflict', record: { fields } }] });
      expect((await call('GET', `/tasks/t${i}`)).data).not.toHaveProperty('categoryId');
    }
    const { conflicts } = (await call('GET', '/sync/conflicts')).body;
    expect(conflicts).toHaveLength(2);
    const raised = [gone, eves].map((mine) => expect.objectContaining({ field: 'categoryId', mine, rule: 'refersTo', outcome: 'theirs' }));
    expect(conflicts).toEqual(expect.arrayContaining(raised));
  });

  test('a deleted category leaves no task behind, also one that is put into it meanwhile', async () => {
    const server = await openTaskServer(kind);
    const { call } = server;
    const home = await server.category('Home');
    for (let i = 0; i < 25; i += 1) await server.task({ categoryId: home });
    const path = `/categories/${home}?tasks=keep`;
    const create = () => call('POST', '/tasks', { title: 'late', priority: 'low', categoryId: home });
    const [deleted, ...late] = await Promise.all([call('DELETE', path), create(), create(), create()]);
    expect(deleted.status).toBe(204);
    for (const { status } of late) expect([201, 400]).toContain(status);
    expect((await call('GET', `/tasks?categoryId=${home}`)).list).toEqual([]);
    const history = await call('GET', `/sync/history?collection=categories&id=${home}`);
    const { entries } = history.body;
    expect(entries).toMatchObject([{ deleted: true }, {}]);
  });
});
