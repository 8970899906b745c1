import { describe, expect, test } from 'vitest';
import { openTaskServer, STORAGES } from './task-server.suite.ts';

describe.each(STORAGES)('tasks on %s', (kind) => {
  test('a task is created, read, changed and deleted', async () => {
    const { call } = await openTaskServer(kind);
    const created = await call('POST', '/tasks', {
      title: 'Buy milk',
      priority: 'high',
      dueDate: '2026-12-01T10:00:00+02:00',
      userId: 'eve',
    });
    expect(created.status, created.text).toBe(201);
    const { taskId, createdAt, updatedAt, ...rest } = created.data;
    expect(rest).toEqual({ title: 'Buy milk', priority: 'high', completed: false, dueDate: '2026-12-01T08:00:00.000Z', version: 1 });
    expect(created.headers.get('Location')).toBe(`/tasks/${taskId}`);
    expect(created.headers.get('ETag')).toBe('"1"');
    expect(Date.parse(String(createdAt))).toBeLessThanOrEqual(Date.parse(String(updatedAt)));
    const read = await call('GET', `/tasks/${taskId}`);
    expect(read.data).toEqual(created.data);
    expect((await call('GET', `/tasks/${taskId}`, undefined, { 'If-None-Match': '"1"' })).status).toBe(304);
    const changed = await call('PUT', `/tasks/${taskId}`, { title: 'Buy oat milk', completed: true }, { 'If-Match': '"1"' });
    expect(changed.data).toMatchObject({ title: 'Buy oat milk', completed: true, priority: 'high', version: 2 });
    const patched = await call('PATCH', `/tasks/${taskId}`, { dueDate: null });
    expect(patched.data).not.toHaveProperty('dueDate');
    expect(patched.headers.get('ETag')).toBe('"3"');
    expect((await call('DELETE', `/tasks/${taskId}`)).status).toBe(204);
    expect((await call('GET', `/tasks/${taskId}`)).refusal).toBe('404 RESOURCE_NOT_FOUND');
    expect((await call('DELETE', `/tasks/${taskId}`)).refusal).toBe('404 RESOURCE_NOT_FOUND');
    expect((await call('PUT', `/tasks/${taskId}`, { title: 'x' })).refusal).toBe('404 RESOURCE_NOT_FOUND');
  });
});
