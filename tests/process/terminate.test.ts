import { expect, test } from 'vitest';
import { auditLog } from './audit.ts';
import { callerOf } from './platform/http.ts';
import { moment } from './platform/moment.ts';
import { freshFolder, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from './seeded-random.ts';
import { createWriter } from './writer.ts';

const STOPS = 5;

test('SIGTERM and SIGINT under load: what is under way is finished, nothing acknowledged is lost', async () => {
  const seed = chooseSeed();
  const random = seededRandom(seed);
  const data = await freshFolder();
  const token = await tokenOf(data, 'demo');
  const writers = ['anna', 'bert', 'cleo', 'dora'].map((name) => createWriter(name, seededRandom(Math.floor(random() * 2 ** 32))));
  for (let stop = 0; stop < STOPS; stop += 1) {
    const server = await serve(['--data', data]);
    const caller = callerOf(server.url, token);
    const writing = Promise.all(writers.map((writer) => writer.write(caller, () => false)));
    await moment(50 + random() * 150);
    expect(await server.end(stop % 2 === 0 ? 'SIGTERM' : 'SIGINT'), `seed ${seed}`).toMatchObject({ code: 0, signal: null });
    await writing;
  }
  const server = await serve(['--data', data]);
  const caller = callerOf(server.url, token);
  for (const writer of writers) await writer.flush(caller);
  const { changes } = await auditLog(caller, writers);
  expect((await server.end('SIGTERM')).code).toBe(0);
  expect(await tidemark(['doctor', '--data', data])).toMatchObject({ code: 0 });
  console.log(`seed ${seed}: ${STOPS} stops, ${changes} changes`);
});
