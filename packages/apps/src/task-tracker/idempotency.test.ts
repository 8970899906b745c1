import { describe, expect, test } from 'vitest';
import { openTaskServer, STORAGES } from './task-server.suite.ts';

const body = { title: 'Buy milk', priority: 'low' };
const key = (name: string) => ({ 'Idempotency-Key': name });

describe.each(STORAGES)('Idempotency-Key on %s', (kind) => {
  test('a repeat gets the same answer, also after the task was edited, and creates nothing', async () => {
    const { call } = await openTaskServer(kind);
    const first = await call('POST', '/tasks', body, key('k-1'));
    await call('PATCH', `/tasks/${String(first.data.taskId)}`, { title: 'Buy oat milk' });
    const again = await call('POST', '/tasks', { priority: 'low', title: 'Buy milk' }, key('k-1'));
    expect([again.status, again.text, again.headers.get('ETag'), again.headers.get('Location')]).toEqual([
      first.status,
      first.text,
      first.headers.get('ETag'),
      first.headers.get('Location'),
    ]);
    expect((await call('GET', '/tasks')).list).toHaveLength(1);
  });

  test('the same key for something else is refused', async () => {
    const { call } = await openTaskServer(kind);
    await call('POST', '/tasks', body, key('k-1'));
    expect((await call('POST', '/tasks', { ...body, title: 'Else' }, key('k-1'))).refusal).toBe('422 IDEMPOTENCY_KEY_REUSED');
    expect((await call('POST', '/categories', { name: 'Else' }, key('k-1'))).refusal).toBe('422 IDEMPOTENCY_KEY_REUSED');
    expect((await call('POST', '/tasks', body, { ...key('k-1'), Authorization: 'Bearer eve' })).status).toBe(201);
    expect((await call('POST', '/tasks', body, key('x'.repeat(129)))).refusal).toBe('400 VALIDATION_ERROR');
  });

  test('two at once make one task; the second is told to wait or gets the same', async () => {
    const { call } = await openTaskServer(kind);
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/tasks', body, key('k-1'))));
    expect(answers.map(({ status }) => status).filter((status) => status === 201).length).toBeGreaterThan(0);
    for (const answer of answers) if (answer.status !== 201) expect(answer.refusal).toBe('409 IDEMPOTENCY_IN_PROGRESS');
    expect((await call('GET', '/tasks')).list).toHaveLength(1);
  });

  test('two processes on one storage make one task', async () => {
    const { call, alsoServed } = await openTaskServer(kind);
    const other = alsoServed();
    const [mine, theirs] = await Promise.all([call('POST', '/tasks', body, key('k-1')), other('POST', '/tasks', body, key('k-1'))]);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.text).toBe(mine.text);
  });

  test('what was refused leaves the key free', async () => {
    const { call } = await openTaskServer(kind);
    const missing = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
    for (const wrong of [{ title: '' }, { title: 'a\u0000b' }, { title: '\ud800' }, { categoryId: missing }]) {
      for (let i = 0; i < 2; i += 1) {
        expect((await call('POST', '/tasks', { ...body, ...wrong }, key('k-1'))).refusal).toBe('400 VALIDATION_ERROR');
      }
    }
    expect((await call('POST', '/tasks', body, key('k-1'))).status).toBe(201);
  });
});
