import { readdir } from 'node:fs/promises';
import type { JsonObject } from '@tidemark/protocol';
import type { DigestAnswer, PullAnswer, PushAnswer } from '@tidemark/protocol/messages';
import { expect, test } from 'vitest';
import { type Caller, callerOf, success } from './platform/http.ts';
import { freshFolder, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';

const put = (id: string, n: number) => ({
  mutationId: `m-${n}`,
  n,
  collection: 'tasks',
  id,
  op: 'put',
  base: 0,
  at: n,
  fields: { title: `${id} ${n}`, archived: false, tags: [], intervals: [], updatedAt: n },
});

const pushTasks = async (caller: Caller, clientId: string, ns: readonly number[]): Promise<PushAnswer> => {
  const mutations = ns.map((n) => put(`task-${n}`, n));
  return success(await caller.post<PushAnswer>('/sync/push', { protocolVersion: 1, clientId, schemaVersion: 1, mutations }));
};

/** Pulls to the end: the first answer's reset, all records by id, the last cursor. */
const pullAll = async (caller: Caller, clientId: string, from?: string) => {
  const records = new Map<string, JsonObject>();
  let page = success(await caller.post<PullAnswer>('/sync/pull', { clientId, ...(from === undefined ? {} : { cursor: from }) }));
  const { reset, epoch } = page;
  const keep = (): void => page.changes.forEach(({ id, fields }) => void (fields !== undefined && records.set(id, fields)));
  keep();
  while (page.hasMore) {
    page = success(await caller.post<PullAnswer>('/sync/pull', { clientId, cursor: page.cursor }));
    keep();
  }
  return { reset, epoch, records, cursor: page.cursor };
};

test('a database restored from an older backup: clients are told at their first pull, and nothing forks', async () => {
  const data = await freshFolder();
  const backup = `${data}/backup.db`;
  const token = await tokenOf(data, 'demo');
  const first = await serve(['--data', data]);
  await pushTasks(callerOf(first.url, token), 'writer', [1, 2, 3]);
  const old = await pullAll(callerOf(first.url, token), 'old');
  await first.end('SIGTERM');
  expect(await tidemark(['backup', backup, '--data', data])).toMatchObject({ code: 0 });

  const second = await serve(['--data', data]);
  await pushTasks(callerOf(second.url, token), 'writer', [4, 5]);
  const newer = await pullAll(callerOf(second.url, token), 'newer');
  expect(newer.records.size).toBe(5);
  // Killed, so that the replaced database still has its write-ahead log beside it.
  await second.end('SIGKILL');
  const restored = await tidemark(['restore', backup, '--data', data]);
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('Restored 1 spaces') });
  expect((await readdir(data)).filter((name) => name.includes('draft'))).toEqual([]);

  const third = await serve(['--data', data]);
  const caller = callerOf(third.url, token);
  const pulls = [await pullAll(caller, 'newer', newer.cursor), await pullAll(caller, 'old', old.cursor)];
  for (const pull of pulls) {
    expect(pull.reset).toBe('epoch');
    expect(pull.epoch).not.toBe(newer.epoch);
    expect([...pull.records.keys()].sort()).toEqual(['task-1', 'task-2', 'task-3']);
  }
  // The log goes on where the backup ended, with other changes at the seqs that were lost.
  await pushTasks(caller, 'another', [1]);
  const digest = success(await caller.get<DigestAnswer>('/sync/digest'));
  const onward = await Promise.all(pulls.map(({ cursor }, index) => pullAll(caller, index === 0 ? 'newer' : 'old', cursor)));
  for (const pull of onward) expect([pull.reset, pull.epoch]).toEqual([undefined, digest.epoch]);
  await third.end('SIGTERM');
  expect(await tidemark(['doctor', '--data', data])).toMatchObject({ code: 0 });
});

test('what a restore replaced is whole beside the new database', async () => {
  const data = await freshFolder();
  const token = await tokenOf(data, 'demo');
  const first = await serve(['--data', data]);
  await pushTasks(callerOf(first.url, token), 'writer', [1]);
  await first.end('SIGTERM');
  await tidemark(['backup', `${data}/backup.db`, '--data', data]);
  const second = await serve(['--data', data]);
  await pushTasks(callerOf(second.url, token), 'writer', [2, 3]);
  await second.end('SIGKILL');
  await tidemark(['restore', `${data}/backup.db`, '--data', data]);
  const kept = (await readdir(data)).find((name) => /before-restore-\d+$/.test(name));
  // Restoring the replaced one brings back what the first restore left out.
  expect(await tidemark(['restore', `${data}/${kept}`, '--data', data])).toMatchObject({ code: 0 });
  expect(await tidemark(['doctor', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringContaining('tasks 3') });
});

test('a file that is no sound backup is refused and the database stays as it was', async () => {
  const data = await freshFolder();
  const token = await tokenOf(data, 'demo');
  const server = await serve(['--data', data]);
  await pushTasks(callerOf(server.url, token), 'writer', [1]);
  await server.end('SIGTERM');
  const before = (await readdir(data)).sort();
  expect(await tidemark(['restore', `${data}/development-key.json`, '--data', data])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/cannot be restored: .*not a database/),
  });
  expect(await tidemark(['restore', `${data}/nowhere`, '--data', data])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no file'),
  });
  expect((await readdir(data)).sort()).toEqual(before);
  expect(await tidemark(['doctor', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringContaining('tasks 1') });
});
