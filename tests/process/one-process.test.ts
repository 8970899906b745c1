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
