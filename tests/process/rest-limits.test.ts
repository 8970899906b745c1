import { expect, test } from 'vitest';
import { callerOf, success } from './platform/http.ts';
import { freshFolder, serve, tokenOf } from './platform/tidemark-process.ts';

// What a REST caller may ask of a real process: a table far larger than what it may keep in memory, an address beyond its limit.

const MIB = 1024 * 1024;
const TASKS = 4_000;
const PER_PUSH = 500;
/** Less than the table has: some pages of 2.4 MiB as records, as text and as bytes, and what is not collected yet. */
const GROWTH_MAX = 32 * MIB;

/** Memory of the server's process (RSS), in bytes, as it tells itself. */
const residentOf = async (url: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
};

test('an export of 38 MiB takes the same memory however slowly it is read', { timeout: 180_000 }, async () => {
  const data = await freshFolder();
  const token = await tokenOf(data, 'ann', 'task-tracker');
  const { url } = await serve(['--data', data]);
  const base = `${url}/apps/task-tracker`;
  const caller = callerOf(url, token, '/apps/task-tracker');
  const description = 'A long story. '.repeat(710);
  const put = (i: number) => ({
    mutationId: `m${i}`,
    n: i + 1,
    collection: 'tasks',
    id: `t${i}`,
    op: 'put',
    base: 0,
    at: 0,
    fields: { title: `t${i}`, description, completed: false, priority: 'low', createdAt: '2026-01-01T00:00:00.000Z' },
  });
  for (let from = 0; from < TASKS; from += PER_PUSH) {
    const mutations = Array.from({ length: PER_PUSH }, (_, i) => put(from + i));
    success(await caller.post('/sync/push', { protocolVersion: 1, clientId: 'phone', schemaVersion: 1, mutations }));
  }
  const headers = { 'x-api-key': token };
  // Brings the index up to the log, and the code and the heap to where an export takes them; a leak would show in the second.
  expect((await (await fetch(`${base}/tasks/export.csv`, { headers })).arrayBuffer()).byteLength).toBeGreaterThan(36 * MIB);
  const before = await residentOf(url);
  expect(before).toBeGreaterThan(0);
  const response = await fetch(`${base}/tasks/export.csv`, { headers });
  let [bytes, rows, highest, looked] = [0, 0, before, 0];
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) rows += 1;
    // Meanwhile nothing is read: the server must not read ahead.
    if (bytes - looked < 4 * MIB) continue;
    looked = bytes;
    highest = Math.max(highest, await residentOf(url));
  }
  expect([rows, bytes > 36 * MIB]).toEqual([TASKS + 1, true]);
  expect(highest - before).toBeLessThan(GROWTH_MAX);
});

test('a search of 50 kB is refused by name', async () => {
  const data = await freshFolder();
  const token = await tokenOf(data, 'ann', 'task-tracker');
  const { url } = await serve(['--data', data]);
  const ask = (length: number) => fetch(`${url}/apps/task-tracker/tasks?q=${'x'.repeat(length)}`, { headers: { 'x-api-key': token } });
  const codeOf = async (response: Response): Promise<unknown> => {
    const { error }: { error: { code: string } } = await response.json();
    return [response.status, error.code];
  };
  expect(await codeOf(await ask(50_000))).toEqual([431, 'HEADERS_TOO_LARGE']);
  expect(await codeOf(await ask(5_000))).toEqual([400, 'VALIDATION_ERROR']);
  expect((await ask(500)).status).toBe(200);
});
