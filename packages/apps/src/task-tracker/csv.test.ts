import { describe, expect, test } from 'vitest';
import { openTaskServer, STORAGES } from './task-server.suite.ts';

/** RFC 4180, as a spreadsheet reads it. */
const cellsOf = (text: string): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
};

describe.each(STORAGES)('GET /tasks/export.csv on %s', (kind) => {
  test('gives every field of every task in RFC 4180, and no spreadsheet a formula', async () => {
    const { call, task, category } = await openTaskServer(kind);
    const categoryId = await category('Home');
    const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '"quoted", with comma', 'two\nlines', 'plain – ü'];
    for (const title of hostile) await task({ title, description: title });
    await task({ title: 'whole', dueDate: '2026-12-01T00:00:00Z', categoryId, priority: 'high' });
    // In the order of the log: two may be made in one millisecond.
    const answer = await call('GET', '/tasks/export.csv?sort=updatedAt');
    expect(answer.headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present');
    const [header, ...rows] = cellsOf(answer.text);
    const names = ['taskId', 'title', 'description', 'completed', 'priority', 'categoryId', 'dueDate', 'createdAt', 'updatedAt', 'version'];
    expect(header).toEqual(names);
    expect(rows.map(([, title]) => title)).toEqual(
      hostile.map((title) => (/^[=+\-@\t\r]/.test(title) ? `'${title}` : title)).concat('whole'),
    );
    expect(rows.map(([, title, description]) => description === title)).toEqual([...hostile.map(() => true), false]);
    const whole = (await call('GET', '/tasks?q=whole')).list[0] ?? {};
    expect(rows.at(-1)).toEqual(names.map((name) => String(whole[name] ?? '')));
    expect(cellsOf((await call('GET', '/tasks/export.csv?priority=high')).text)).toHaveLength(2);
    expect((await call('GET', '/tasks/export.csv?limit=5')).refusal).toBe('400 VALIDATION_ERROR');
  });

  test('streams: what was read first is there before the rest is', { timeout: 60_000 }, async () => {
    const { http, engine, space } = await openTaskServer(kind);
    const mutations = Array.from({ length: 3_500 }, (_, i) => ({
      mutationId: `m${i}`,
      n: 1,
      collection: 'tasks',
      id: `t${i}`,
      op: 'put' as const,
      base: 0,
      at: 0,
      fields: { title: `t${i}`, completed: false, priority: 'low', createdAt: '2026-01-01T00:00:00.000Z' },
    }));
    await engine.apply(space, { clientId: 'phone', schemaVersion: 1, mutations });
    const response = await http.request('/tasks/export.csv', { headers: { Authorization: 'Bearer ada' } });
    const reader = response.body?.getReader();
    if (reader === undefined) throw new Error('There is no body.');
    const chunks: string[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(new TextDecoder().decode(value));
    }
    expect(chunks.length).toBeGreaterThan(3);
    expect(Math.max(...chunks.map((chunk) => chunk.split('\r\n').length))).toBeLessThanOrEqual(1_001);
    expect(cellsOf(chunks.join(''))).toHaveLength(3_501);
  });
});
