import { expect, test } from 'vitest';
import { moment } from './platform/moment.ts';
import { freshFolder, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';

const refusal = /tidemark\.db is open in another Tidemark process\. Stop that process/;

test('a second process on one database is refused with a sentence that says what to do', async () => {
  const data = await freshFolder();
  const server = await serve(['--data', data]);
  const second = await tidemark(['serve', '--port', '0', '--data', data]);
  expect(second).toMatchObject({ code: 1, stderr: expect.stringMatching(refusal) });
  expect(second.stdout).not.toContain('ready');
  for (const args of [['doctor'], ['export', '--app', 'time-tracker', '--user', 'demo']]) {
    expect(await tidemark([...args, '--data', data])).toMatchObject({ code: 1, stderr: expect.stringMatching(refusal) });
  }
  expect(await tidemark(['restore', `${data}/tidemark.db-lock`, '--data', data])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(refusal),
  });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('serve waits for a dying process to leave the database', async () => {
  const data = await freshFolder();
  const dying = await serve(['--data', data]);
  const next = serve(['--data', data]);
  // Long enough that the next one finds the database taken, short enough that it still waits.
  await moment(1_500);
  await dying.end('SIGKILL');
  expect((await fetch(`${(await next).url}/readyz`)).status).toBe(200);
});

test('token works beside serve, before and after its start', async () => {
  const data = await freshFolder();
  const before = await tokenOf(data, 'demo');
  const server = await serve(['--data', data]);
  const beside = await tokenOf(data, 'demo');
  for (const token of [before, beside]) {
    const answer = await fetch(`${server.url}/apps/time-tracker/sync/session`, { headers: { authorization: `Bearer ${token}` } });
    expect(await answer.json()).toMatchObject({ app: 'time-tracker', subject: 'demo' });
  }
});

test('backup copies one moment beside a serve that goes on taking writes', async () => {
  const data = await freshFolder();
  const server = await serve(['--data', data]);
  const headers = { authorization: `Bearer ${await tokenOf(data, 'demo')}`, 'content-type': 'application/json' };
  const push = (n: number) => {
    const fields = { title: `task ${n}`, intervals: [], archived: false, tags: [], updatedAt: n, version: 1 };
    const mutation = { mutationId: `m${n}`, n, collection: 'tasks', id: `t${n}`, op: 'put', base: 0, at: n, was: {}, fields };
    const body = JSON.stringify({ protocolVersion: 1, clientId: 'writer', schemaVersion: 1, mutations: [mutation] });
    return fetch(`${server.url}/apps/time-tracker/sync/push`, { method: 'POST', headers, body });
  };
  expect((await push(1)).status).toBe(200);
  const copying = tidemark(['backup', `${data}/copy.db`, '--data', data]);
  for (let n = 2; n <= 50; n += 1) expect((await push(n)).status).toBe(200);
  expect(await copying).toMatchObject({ code: 0 });
  await server.end('SIGTERM');
  expect(await tidemark(['doctor', '--data', data])).toMatchObject({ code: 0 });
  expect(await tidemark(['restore', `${data}/copy.db`, '--data', data])).toMatchObject({ code: 0 });
  expect(await tidemark(['doctor', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringMatching(/task/) });
});
