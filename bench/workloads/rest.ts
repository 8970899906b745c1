import { startRestFloor } from '../floors/floor-server.ts';
import { now, timed } from '../platform/clock.ts';
import { type Connection, connect } from '../platform/http.ts';
import { median, quantile } from '../statistics.ts';
import { startTidemark, type TidemarkServer } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';

const APP = 'task-tracker';
const CONNECTIONS = 50;
const FILL_CHUNK = 2_000;
/** Rounds of floor and server in turn; the median counts. */
const ROUNDS = 5;
const PRIORITIES = ['low', 'medium', 'high'];
const WORDS = [
  'harbour',
  'invoice',
  'garden',
  'review',
  'draft',
  'meeting',
  'planning',
  'research',
  'travel',
  'budget',
  'kitchen',
  'archive',
];
const FILTER = '/tasks?completed=false&priority=high&limit=50';

const bodyOf = (i: number) => ({
  title: `${WORDS[i % 12] ?? ''} ${WORDS[(i * 7 + 3) % 12] ?? ''} number ${i}`,
  description: `The ${WORDS[(i * 5) % 12] ?? ''} of week ${i % 53}`,
  completed: i % 2 === 0,
  priority: PRIORITIES[i % 3] ?? 'low',
  dueDate: `2026-${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}T12:00:00.000Z`,
});

type Side = readonly Connection[];

type Call = (connection: Connection, i: number) => Promise<unknown>;

/** Each connection does `each` calls, one after the other; answers calls per second over all. */
const rate = async (side: Side, each: number, call: Call): Promise<number> => {
  const ms = await timed(() =>
    Promise.all(
      side.map(async (connection, k) => {
        for (let i = 0; i < each; i += 1) await call(connection, k * each + i);
      }),
    ),
  );
  return ((side.length * each) / ms) * 1_000;
};

const create = async (connection: Connection, i: number): Promise<string> => {
  const { data }: { data: { id?: string; taskId?: string } } = JSON.parse(
    await connection.call('POST', '/tasks', JSON.stringify(bodyOf(i))),
  );
  return data.taskId ?? data.id ?? '';
};

/** 70 % reads, 30 % writes, as an everyday client has them. */
const mixed =
  (ids: readonly string[]) =>
  async (connection: Connection, i: number): Promise<unknown> => {
    const path = `/tasks/${ids[i % ids.length] ?? ''}`;
    if (i % 10 < 4) return connection.call('GET', path);
    if (i % 10 < 7) return connection.call('GET', FILTER);
    return i % 10 < 9 ? create(connection, i) : connection.call('PATCH', path, '{"completed":true}');
  };

const fillTidemark = async (connection: Connection, count: number): Promise<void> => {
  for (let from = 0; from < count; from += FILL_CHUNK) {
    const mutations = Array.from({ length: Math.min(FILL_CHUNK, count - from) }, (_, k) => ({
      mutationId: `fill-${from + k}`,
      n: from + k + 1,
      collection: 'tasks',
      id: `task-${from + k}`,
      op: 'put',
      base: 0,
      at: 0,
      fields: { ...bodyOf(from + k), createdAt: `2026-01-01T00:00:00.${String((from + k) % 1_000).padStart(3, '0')}Z` },
    }));
    await connection.call('POST', '/sync/push', JSON.stringify({ protocolVersion: 1, clientId: 'fill', schemaVersion: 1, mutations }));
  }
};

const latencies = async (times: number, call: (i: number) => Promise<unknown>): Promise<number[]> => {
  const all: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const began = now();
    await call(i);
    all.push(now() - began);
  }
  return all;
};

/** Rates with many connections, each a user of its own. */
const rates = async (floor: Side, ours: Side, each: number): Promise<Measured[]> => {
  const ids = await Promise.all([floor, ours].map((side) => Promise.all(side.map((connection, i) => create(connection, i)))));
  const [floorIds = [], ourIds = []] = ids;
  const idAt = (all: readonly string[], i: number) => all[Math.floor(i / each)] ?? '';
  const get = (all: readonly string[]) => (connection: Connection, i: number) => connection.call('GET', `/tasks/${idAt(all, i)}`);
  const mix = (all: readonly string[]) => (connection: Connection, i: number) => mixed([idAt(all, i)])(connection, i);
  const unit = 'requests/s';
  const of = (what: string) => `${what}, ${CONNECTIONS} connections`;
  const inTurn = async (theirs: Call, mine: Call): Promise<Pick<Measured, 'floor' | 'value'>> => {
    const rounds: { readonly floor: number; readonly value: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ floor: await rate(floor, each, theirs), value: await rate(ours, each, mine) });
    }
    return { floor: median(rounds.map((one) => one.floor)), value: median(rounds.map((one) => one.value)) };
  };
  return [
    { id: 'R create', what: of('create'), unit, ...(await inTurn(create, create)) },
    { id: 'R get', what: of('get'), unit, ...(await inTurn(get(floorIds), get(ourIds))) },
    { id: 'R mixed', what: of('70 % reads, 30 % writes'), unit, ...(await inTurn(mix(floorIds), mix(ourIds))) },
  ];
};

const mebibytes = async (server: TidemarkServer): Promise<number> => (await server.metric('process_resident_memory_bytes')) / 2 ** 20;

/** The table as CSV: how fast it comes, and, asked for again, by how much the server's memory grows at most meanwhile. */
const exportTable = async (server: TidemarkServer, reader: Connection, tasks: number): Promise<readonly Measured[]> => {
  let [rows, isDone] = [0, false];
  const ms = await timed(async () => {
    rows = (await reader.call('GET', '/tasks/export.csv')).split('\r\n').length - 2;
  });
  // The first has brought the heap to where exports take it; what grows with the table would grow in the second too.
  const before = await mebibytes(server);
  let highest = before;
  const again = reader.call('GET', '/tasks/export.csv').finally(() => {
    isDone = true;
  });
  while (!isDone) highest = Math.max(highest, await mebibytes(server));
  await again;
  const from = `of ${tasks.toLocaleString('en')} tasks`;
  return [
    { id: 'R csv', what: `CSV ${from}`, unit: 'rows/s', value: (rows / ms) * 1_000 },
    { id: 'R csv memory', what: `CSV ${from}: growth of the server (RSS) in a second one`, unit: 'MiB', value: highest - before },
  ];
};

const run = async ({ quick }: Bench): Promise<readonly Measured[]> => {
  const tasks = quick ? 20_000 : 100_000;
  const each = quick ? 20 : 100;
  const [floorServer, server] = [await startRestFloor(), await startTidemark()];
  const url = `${server.url}/apps/${APP}`;
  const open = async (user: string) => connect(url, { authorization: `Bearer ${await server.tokenOf(user, APP)}` });
  const floor = Array.from({ length: CONNECTIONS }, () => connect(floorServer.url));
  const ours = await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => open(`user-${i}`)));
  const measured = await rates(floor, ours, each);
  for (const connection of [...floor, ...ours]) connection.close();
  // A connection for each phase: servers close those that are idle for seconds.
  const floorFiller = connect(floorServer.url);
  for (let from = 0; from < tasks; from += FILL_CHUNK) {
    await floorFiller.call('POST', '/fill', JSON.stringify(Array.from({ length: FILL_CHUNK }, (_, k) => bodyOf(from + k))));
  }
  floorFiller.close();
  const filler = await open('big');
  await fillTidemark(filler, tasks);
  filler.close();
  const [leastReader, reader] = [connect(floorServer.url), await open('big')];
  const times = quick ? 100 : 500;
  const pageAfter = (i: number) => `${FILTER}&createdFrom=2026-01-01T00:00:00.${String(i % 900).padStart(3, '0')}Z`;
  await reader.call('GET', FILTER);
  const least: number[] = [];
  const page: number[] = [];
  // In turn, so that whatever else the machine does falls on both.
  for (let i = 0; i < times; i += 1) {
    least.push(await timed(() => leastReader.call('GET', FILTER)));
    page.push(await timed(() => reader.call('GET', FILTER)));
  }
  const spread = await latencies(times, (i) => reader.call('GET', pageAfter(i)));
  const search = await latencies(times, (i) => reader.call('GET', `/tasks?q=${(WORDS[i % 12] ?? '').slice(0, 2 + (i % 6))}+week&limit=50`));
  const table = await exportTable(server, reader, tasks);
  for (const connection of [leastReader, reader]) connection.close();
  for (const one of [floorServer, server]) await one.stop();
  const from = `of ${tasks.toLocaleString('en')} tasks`;
  return [
    ...measured,
    { id: 'R page', what: `filtered page of 50 ${from}`, unit: 'requests/s', floor: 1_000 / median(least), value: 1_000 / median(page) },
    { id: 'R page p99', what: `the same, p99, from anywhere`, unit: 'ms', value: quantile(spread, 0.99) },
    { id: 'R search p99', what: `search ${from}, p99`, unit: 'ms', value: quantile(search, 0.99) },
    ...table,
  ];
};

export const rest: Workload = { id: 'R', title: 'the REST API of the task tracker', run };
