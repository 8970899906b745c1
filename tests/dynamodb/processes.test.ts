import { expect, inject, onTestFinished, test } from 'vitest';
import { auditLog } from '../process/audit.ts';
import { type Caller, callerOf } from '../process/platform/http.ts';
import { moment } from '../process/platform/moment.ts';
import { freshFolder, type RunningServer, serve, tidemark, tokenOf } from '../process/platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from '../process/seeded-random.ts';
import { createWriter, type Writer } from '../process/writer.ts';
import { freshTable } from './fresh-table.ts';

const CLIENTS = 3;
const KILLS = 2;
const PAUSE_MS_MAX = 300;

/** Two servers over one table and one folder of keys. */
const openServers = async () => {
  const table = await freshTable(inject('dynamoEndpoint'));
  onTestFinished(() => table.drop());
  const data = await freshFolder();
  const token = await tokenOf(data, 'anna');
  const start = () => serve(['--data', data, '--storage', table.url]);
  const running: RunningServer[] = [await start(), await start()];
  return { running, start, token, callerTo: (place: number) => callerOf(running[place]?.url ?? '', token) };
};

type Servers = Awaited<ReturnType<typeof openServers>>;

/** Waits until a live stream of one server shows what another one took. */
const seeAcross = async ({ running, token, callerTo }: Servers): Promise<Writer> => {
  const url = `${running[1]?.url}/apps/time-tracker/sync/live?clientId=phone`;
  const stream = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const reader = (stream.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  let read = '';
  const until = async (text: string): Promise<void> => {
    while (!read.includes(text)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`The stream ended without ${text}: ${read}`);
      read += decoder.decode(value, { stream: true });
    }
  };
  await until('event: page');
  const writer = createWriter('tablet', seededRandom(1));
  await writer.write(callerTo(0), () => writer.acknowledged.size > 0);
  await until('tablet 1');
  await reader.cancel();
  return writer;
};

test('two servers over one table show each other what they took, and lose nothing when they are killed', { timeout: 120_000 }, async () => {
  const seed = chooseSeed();
  const random = seededRandom(seed);
  const servers = await openServers();
  const tablet = await seeAcross(servers);
  const hopping = (): Caller => servers.callerTo(Math.floor(random() * 2));
  const caller: Caller = { post: (route, body) => hopping().post(route, body), get: (route) => hopping().get(route) };
  const others = Array.from({ length: CLIENTS }, (_, i) => createWriter(`anna${i}`, seededRandom(Math.floor(random() * 2 ** 32))));
  const writers = [tablet, ...others];
  let ending = false;
  const writing = writers.map(async (writer) => {
    while (!ending) {
      await writer.write(caller, () => ending);
      await moment(random() * PAUSE_MS_MAX);
    }
  });
  for (let kill = 0; kill < KILLS; kill += 1) {
    await moment(random() * PAUSE_MS_MAX);
    const place = Math.floor(random() * 2);
    await servers.running[place]?.end('SIGKILL');
    servers.running[place] = await servers.start();
  }
  ending = true;
  await Promise.all(writing);
  for (const writer of writers) await writer.flush(servers.callerTo(0));
  const { changes } = await auditLog(servers.callerTo(1), writers);
  console.log(`seed ${seed}: ${KILLS} kills, ${changes} changes`);
  for (const server of servers.running) await server.end('SIGTERM');
});

test('storage create makes a table, and what cannot be served is one sentence', { timeout: 60_000 }, async () => {
  const data = await freshFolder();
  const url = `dynamodb://created-${process.pid}?endpoint=${encodeURIComponent(inject('dynamoEndpoint'))}`;
  const missing = await tidemark(['serve', '--port', '0', '--data', data, '--storage', url]);
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The table is not there: make it with tidemark storage create'),
  });
  expect(await tidemark(['storage', 'create', url])).toMatchObject({ code: 0, stdout: 'The table is made.\n' });
  expect(await tidemark(['storage', 'create', url])).toMatchObject({
    code: 0,
    stdout: 'The table was there before; nothing was changed.\n',
  });
  expect(await tidemark(['storage', 'create', 'dynamodb://x'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('dynamodb://TABLE?region='),
  });
  expect(await tidemark(['doctor', '--data', data, '--storage', url])).toMatchObject({ code: 0, stdout: '0 spaces, no problems.\n' });
});
