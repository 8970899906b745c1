import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { auditLog } from './audit.ts';
import { callerOf } from './platform/http.ts';
import { freshFolder, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from './seeded-random.ts';
import { createWriter } from './writer.ts';

test('a backup beside a server that is being written to holds everything acknowledged before it began, and is sound', async () => {
  const seed = chooseSeed();
  const data = await freshFolder();
  const elsewhere = await freshFolder();
  const token = await tokenOf(data, 'demo');
  const server = await serve(['--data', data]);
  const caller = callerOf(server.url, token);
  const writer = createWriter('anna', seededRandom(seed));
  let stop = false;
  const writing = writer.write(caller, () => stop);
  await expect.poll(() => writer.acknowledged.size).toBeGreaterThan(20);
  const before = [...writer.acknowledged.values()];
  const backup = await tidemark(['backup', `${elsewhere}/tidemark.db`, '--data', data]);
  stop = true;
  await writing;
  expect(backup).toMatchObject({ code: 0, stdout: expect.stringContaining('Backed up') });
  expect(await readdir(elsewhere)).toEqual(['tidemark.db']);
  expect(await tidemark(['doctor', '--data', elsewhere])).toMatchObject({ code: 0 });

  // The server did not mind, and a server on the copy knows every mutation acknowledged before.
  await auditLog(caller, [writer]);
  const copy = await serve(['--data', elsewhere]);
  const { url } = copy;
  const mutations = before.flatMap(({ mutationId }) => writer.sent.get(mutationId) ?? []);
  const answer = await callerOf(url, await tokenOf(elsewhere, 'demo')).post('/sync/push', {
    protocolVersion: 1,
    clientId: 'anna',
    schemaVersion: 1,
    mutations,
  });
  expect(answer).toMatchObject({ status: 200, body: { rejected: [], accepted: before.map(({ seq }) => ({ status: 'duplicate', seq })) } });
});
