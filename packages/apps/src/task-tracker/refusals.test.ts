import type { Json } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { openTaskServer } from './task-server.suite.ts';

const ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const good = { title: 'Buy milk', priority: 'low' };

describe('bad input is refused by name and nothing of it is stored', () => {
  test.each<[string, string, string, Json | undefined, string, string]>([
    ['a title of 201 characters', 'POST', '/tasks', { ...good, title: 'x'.repeat(201) }, '400 VALIDATION_ERROR', 'title'],
    ['an empty title', 'POST', '/tasks', { ...good, title: '' }, '400 VALIDATION_ERROR', 'title'],
    ['no priority', 'POST', '/tasks', { title: 'x' }, '400 VALIDATION_ERROR', 'priority'],
    ['a wrong priority', 'POST', '/tasks', { ...good, priority: 'urgent' }, '400 VALIDATION_ERROR', 'priority'],
    ['an unknown field', 'POST', '/tasks', { ...good, colour: 'red' }, '400 VALIDATION_ERROR', 'colour'],
    ['a field of the server', 'POST', '/tasks', { ...good, createdAt: '2026-01-01T00:00:00Z' }, '400 VALIDATION_ERROR', 'createdAt'],
    ['a field that sorts', 'POST', '/tasks', { ...good, priorityRank: 2 }, '400 VALIDATION_ERROR', 'priorityRank'],
    ['a day for a time', 'POST', '/tasks', { ...good, dueDate: '2026-12-01' }, '400 VALIDATION_ERROR', 'dueDate'],
    ['a year beyond four digits', 'POST', '/tasks', { ...good, dueDate: '9999-12-31T23:59:59-01:00' }, '400 VALIDATION_ERROR', 'dueDate'],
    ['a category that is not there', 'POST', '/tasks', { ...good, categoryId: ID }, '400 VALIDATION_ERROR', 'categoryId'],
    ['a description of 10,001', 'POST', '/tasks', { ...good, description: 'x'.repeat(10_001) }, '400 VALIDATION_ERROR', 'description'],
    ['U+0000', 'POST', '/tasks', { ...good, title: 'a\u0000b' }, '400 VALIDATION_ERROR', ''],
    ['half a character', 'POST', '/tasks', { ...good, title: '\ud800' }, '400 VALIDATION_ERROR', ''],
    ['a list', 'POST', '/tasks', [good], '400 VALIDATION_ERROR', ''],
    ['no JSON', 'POST', '/tasks', '{"title":', '400 VALIDATION_ERROR', ''],
    ['limit=0', 'GET', '/tasks?limit=0', undefined, '400 VALIDATION_ERROR', 'limit'],
    ['limit=201', 'GET', '/tasks?limit=201', undefined, '400 VALIDATION_ERROR', 'limit'],
    ['limit=1.5', 'GET', '/tasks?limit=1.5', undefined, '400 VALIDATION_ERROR', 'limit'],
    ['a broken cursor', 'GET', '/tasks?cursor=abc', undefined, '400 VALIDATION_ERROR', ''],
    ['a cursor of nonsense', 'GET', `/tasks?cursor=${btoa('{"step":7}')}`, undefined, '400 VALIDATION_ERROR', ''],
    ['an empty cursor', 'GET', '/tasks?cursor=', undefined, '400 VALIDATION_ERROR', 'cursor'],
    ['q of 50 kB', 'GET', `/tasks?q=${'x'.repeat(50_000)}`, undefined, '400 VALIDATION_ERROR', 'q'],
    ['an unknown filter', 'GET', '/tasks?owner=me', undefined, '400 VALIDATION_ERROR', 'owner'],
    ['an unknown sort', 'GET', '/tasks?sort=colour', undefined, '400 VALIDATION_ERROR', 'sort'],
    ['filters that contradict', 'GET', '/tasks?completed=true&status=open', undefined, '400 VALIDATION_ERROR', 'completed'],
    ['501 ids', 'POST', '/tasks/bulk', { action: 'complete', ids: Array(501).fill(ID) }, '400 VALIDATION_ERROR', ''],
    ['no ids', 'POST', '/tasks/bulk', { action: 'complete', ids: [] }, '400 VALIDATION_ERROR', ''],
    ['ids and a filter', 'POST', '/tasks/bulk', { action: 'complete', ids: [ID], filter: {} }, '400 VALIDATION_ERROR', ''],
    ['an unknown action', 'POST', '/tasks/bulk', { action: 'archive', ids: [ID] }, '400 VALIDATION_ERROR', ''],
    ['a move to nowhere', 'POST', '/tasks/bulk', { action: 'move', ids: [ID] }, '400 VALIDATION_ERROR', ''],
    [
      'a move to what is not there',
      'POST',
      '/tasks/bulk',
      { action: 'move', ids: [ID], categoryId: ID },
      '400 VALIDATION_ERROR',
      'categoryId',
    ],
    ['a colour by name', 'POST', '/categories', { name: 'Home', color: 'red' }, '400 VALIDATION_ERROR', 'color'],
    ['a name of 101', 'POST', '/categories', { name: 'x'.repeat(101) }, '400 VALIDATION_ERROR', 'name'],
    ['no such task', 'GET', `/tasks/${ID}`, undefined, '404 RESOURCE_NOT_FOUND', ''],
    ['an id of another form', 'GET', '/tasks/a%00b', undefined, '404 RESOURCE_NOT_FOUND', ''],
    ['no such category', 'DELETE', `/categories/${ID}`, undefined, '404 RESOURCE_NOT_FOUND', ''],
    ['another method', 'PATCH', '/tasks', {}, '405 METHOD_NOT_ALLOWED', ''],
  ])('%s', async (_, method, path, body, refusal, place) => {
    const { call, engine, space } = await openTaskServer();
    const answer = await call(method, path, body);
    expect(answer.refusal, answer.text).toBe(refusal);
    expect(answer.text).toContain(place);
    expect(answer.body.error).toMatchObject({
      message: expect.stringMatching(/\w/),
      correlationId: answer.headers.get('X-Correlation-Id'),
    });
    expect(await engine.session(space)).toMatchObject({ value: { latestVersion: 0 } });
  });

  test('no token, no right, no JSON type, too much', async () => {
    const { call } = await openTaskServer();
    expect((await call('GET', '/tasks', undefined, { Authorization: '' })).refusal).toBe('401 UNAUTHORIZED');
    expect((await call('POST', '/tasks', good, { Authorization: 'Bearer ada:read' })).refusal).toBe('403 FORBIDDEN');
    expect((await call('GET', '/tasks', undefined, { Authorization: 'Bearer ada:read' })).status).toBe(200);
    expect((await call('POST', '/tasks', good, { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await call('POST', '/tasks', { ...good, description: 'x'.repeat(9 * 1024 * 1024) })).refusal).toBe('413 PAYLOAD_TOO_LARGE');
  });

  test('what another user has is not there', async () => {
    const { call, task, category } = await openTaskServer();
    const { taskId } = await task();
    const mine = await category('Home');
    const eve = { Authorization: 'Bearer eve' };
    expect((await call('GET', `/tasks/${String(taskId)}`, undefined, eve)).refusal).toBe('404 RESOURCE_NOT_FOUND');
    expect((await call('DELETE', `/tasks/${String(taskId)}`, undefined, eve)).refusal).toBe('404 RESOURCE_NOT_FOUND');
    expect((await call('POST', '/tasks', { ...good, categoryId: mine }, eve)).refusal).toBe('400 VALIDATION_ERROR');
    const bulk = await call('POST', '/tasks/bulk', { action: 'delete', ids: [String(taskId)] }, eve);
    expect(bulk.data).toMatchObject({ succeeded: [], failed: [{ id: String(taskId), code: 'RESOURCE_NOT_FOUND' }] });
    expect((await call('GET', '/tasks', undefined, eve)).list).toEqual([]);
  });

  test('an old version, by header and in the body, with the task as it is', async () => {
    const { call, task } = await openTaskServer();
    const { taskId } = await task();
    const path = `/tasks/${String(taskId)}`;
    await call('PATCH', path, { title: 'Second' });
    const stale = await call('PATCH', path, { title: 'Third' }, { 'If-Match': '"1"' });
    expect(stale.refusal).toBe('412 PRECONDITION_FAILED');
    expect(stale.body.error).toMatchObject({ details: { current: { taskId, title: 'Second', version: 2 } } });
    const lower = await call('PUT', path, { title: 'Third', version: 1 });
    expect(lower.refusal).toBe('409 VERSION_CONFLICT');
    expect(lower.body.error).toMatchObject({ details: { current: { version: 2 } } });
    expect((await call('DELETE', path, undefined, { 'If-Match': '"1"' })).refusal).toBe('412 PRECONDITION_FAILED');
    expect((await call('DELETE', path, undefined, { 'If-Match': 'W/"2"' })).refusal).toBe('412 PRECONDITION_FAILED');
    for (const good of ['"2"', '"7", "3"', '*']) {
      expect((await call('PATCH', path, { title: good }, { 'If-Match': good })).status).toBe(200);
    }
    expect((await call('PUT', path, { title: 'Last', version: 4 })).refusal).toBe('409 VERSION_CONFLICT');
    expect((await call('PUT', path, { title: 'Last', version: 5 })).data.version).toBe(6);
  });

  test('problem details on request', async () => {
    const { call } = await openTaskServer();
    const answer = await call('GET', `/tasks/${ID}`, undefined, { Accept: 'application/problem+json' });
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: 404, code: 'RESOURCE_NOT_FOUND' });
  });
});
