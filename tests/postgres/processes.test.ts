import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { auditLog } from '../process/audit.ts';
import { type Caller, callerOf } from '../process/platform/http.ts';
import { moment } from '../process/platform/moment.ts';
import { freshFolder, type RunningServer, serve, tidemark, tokenOf } from '../process/platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from '../process/seeded-random.ts';
import { createWriter, type Writer } from '../process/writer.ts';
import { freshDatabase } from './fresh-database.ts';

const SERVERS = 3;
const USERS = ['anna', 'bert', 'cleo'];
const CLIENTS_EACH = 10;
const KILLS = 8;
const CUTS_BETWEEN_KILLS = 3;
const PAUSE_MS_MAX = 150;

/** Three servers over one database and one folder of keys, of which any may be killed and started again. */
const openServers = async (database: string) => {
  const data = await freshFolder();
  const start = () => serve(['--data', data], { variables: { DATABASE_URL: database } });
  const tokens = new Map<string, string>();
  for (const user of USERS) tokens.set(user, await tokenOf(data, user));
  const running: RunningServer[] = [];
  for (let i = 0; i < SERVERS; i += 1) running.push(await start());
  return {
    all: running,
    /** Calls each time on another server, as behind a load balancer without stickiness. */
    caller: (user: string, random: () => number): Caller => {
      const any = () => callerOf(running[Math.floor(random() * SERVERS)]?.url ?? '', tokens.get(user) ?? '');
      return { post: (route, body) => any().post(route, body), get: (route) => any().get(route) };
    },
    killAndRestart: async (place: number) => {
      await running[place]?.end('SIGKILL');
      running[place] = await start();
    },
    tokenOf: (user: string) => tokens.get(user) ?? '',
  };
};

/** Ends the connections of all servers to the database, in whatever they are doing. */
const cutConnections = async (database: string): Promise<number> => {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const cut = await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'tidemark%' AND datname = current_database()",
    );
    return cut.rowCount ?? 0;
  } finally {
    await client.end();
  }
};

const flushAll = async (writers: readonly Writer[], caller: Caller): Promise<void> => {
  for (const writer of writers) await writer.flush(caller);
};

test('clients that hop between three servers which die, on connections that are cut, lose nothing', { timeout: 240_000 }, async () => {
  const seed = chooseSeed();
  const random = seededRandom(seed);
  const database = await freshDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  const servers = await openServers(database.url);
  const people = USERS.map((user) => ({
    user,
    writers: Array.from({ length: CLIENTS_EACH }, (_, i) => createWriter(`${user}${i}`, seededRandom(Math.floor(random() * 2 ** 32)))),
  }));
  let ending = false;
  const writing = people.flatMap(({ user, writers }) =>
    writers.map(async (writer) => {
      const caller = servers.caller(user, random);
      while (!ending) {
        await writer.write(caller, () => ending);
        await moment(random() * PAUSE_MS_MAX);
      }
    }),
  );
  let cuts = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    for (let cut = 0; cut < CUTS_BETWEEN_KILLS; cut += 1) {
      await moment(random() * PAUSE_MS_MAX);
      cuts += await cutConnections(database.url);
    }
    await servers.killAndRestart(Math.floor(random() * SERVERS));
  }
  ending = true;
  await Promise.all(writing);
  let changes = 0;
  for (const { user, writers } of people) {
    const caller = callerOf(servers.all[0]?.url ?? '', servers.tokenOf(user));
    await flushAll(writers, caller);
    changes += (await auditLog(caller, writers)).changes;
  }
  console.log(`seed ${seed}: ${KILLS} kills, ${cuts} connections cut, ${changes} changes`);
  expect(cuts).toBeGreaterThan(0);
  for (const server of servers.all) await server.end('SIGTERM');
});

test('a live stream of one server shows what another one took', { timeout: 60_000 }, async () => {
  const database = await freshDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  const servers = await openServers(database.url);
  const [here, there] = servers.all;
  const token = servers.tokenOf('anna');
  const stream = await fetch(`${there?.url}/apps/time-tracker/sync/live?clientId=phone`, { headers: { authorization: `Bearer ${token}` } });
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
  await writer.write(callerOf(here?.url ?? '', token), () => writer.acknowledged.size > 0);
  await until('tablet 1');
  await reader.cancel();
  for (const server of servers.all) await server.end('SIGTERM');
});

test('what cannot be served is one clear sentence at the start', { timeout: 60_000 }, async () => {
  const data = await freshFolder();
  const run = (storage: string) => tidemark(['serve', '--port', '0', '--data', data, '--storage', storage]);
  const [noServer, noDatabase, nonsense] = await Promise.all([
    run('postgres://ann:secret-word@127.0.0.1:1/none'),
    run(`${inject('postgresUrl')}/not_there`),
    run('mysql://127.0.0.1/none'),
  ]);
  expect(noServer).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/postgres:\/\/127\.0\.0\.1:1\/none cannot be used: .*ECONNREFUSED/u),
  });
  expect(noServer.stderr + noServer.stdout).not.toContain('secret-word');
  expect(noDatabase).toMatchObject({ code: 1, stderr: expect.stringContaining('"not_there" does not exist') });
  expect(nonsense).toMatchObject({ code: 2, stderr: expect.stringContaining('postgres://user:password@host:5432/database') });
});
