import { randomUUID } from 'node:crypto';
import { BIG_USER, bigDatabase } from '../big-database.ts';
import { timed } from '../platform/clock.ts';
import type { Connection } from '../platform/http.ts';
import { median } from '../statistics.ts';
import { pushOfTasks } from '../tasks.ts';
import { startTidemark } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';

const CHANGES = 100;
const SMALL = 1_000;
const STARTS = 3;

/** Makes 100 changes and answers the body of a pull that asks for just them. */
const prepare = async (connection: Connection, records: number): Promise<string> => {
  const { cursor }: { cursor: string } = JSON.parse(await connection.call('GET', '/sync/digest'));
  // Ids beyond the filled ones and a client of its own: the database is used by many runs.
  const clientId = randomUUID();
  const push = pushOfTasks(clientId, records, CHANGES, 1);
  const renamed = push.mutations.map((mutation) => ({ ...mutation, id: `${clientId}-${mutation.n}` }));
  await connection.call('POST', '/sync/push', JSON.stringify({ ...push, mutations: renamed }));
  return JSON.stringify({ clientId: 'reader', cursor });
};

const pullMs = async (connection: Connection, body: string): Promise<number> => {
  let text = '';
  const ms = await timed(async () => {
    text = await connection.call('POST', '/sync/pull', body);
  });
  const { changes }: { changes: readonly unknown[] } = JSON.parse(text);
  if (changes.length !== CHANGES) throw new Error(`${changes.length} changes came instead of ${CHANGES}`);
  return ms;
};

const count = (records: number): string => records.toLocaleString('en');

const run = async ({ quick, bigRecords }: Bench): Promise<readonly Measured[]> => {
  const [small, big] = [await bigDatabase(SMALL), await bigDatabase(bigRecords)];
  const servers = [await startTidemark({ data: small.data }), await startTidemark({ data: big.data })];
  const connections = await Promise.all(servers.map((server) => server.connect(BIG_USER)));
  const bodies = await Promise.all(connections.map((connection) => prepare(connection, bigRecords)));
  const samples: number[][] = servers.map(() => []);
  for (let i = 0; i < (quick ? 60 : 300); i += 1) {
    for (const [which, connection] of connections.entries()) samples[which]?.push(await pullMs(connection, bodies[which] ?? ''));
  }
  for (const connection of connections) connection.close();
  for (const server of servers) await server.stop();
  const [ofSmall = Number.NaN, ofBig = Number.NaN] = samples.map((sample) => median(sample.slice(20)));
  return [
    { id: 'W8', what: `pull of ${CHANGES} changes from ${count(big.records)} records`, unit: 'ms', value: ofBig },
    { id: 'W8 small', what: `the same from ${count(SMALL)}`, unit: 'ms', value: ofSmall },
    { id: 'W8 growth', what: 'the one by the other', unit: '×', value: ofBig / ofSmall },
  ];
};

export const largeSpace: Workload = { id: 'W8', title: 'pull of 100 changes from a small and a large space', run };

const runStart = async ({ bigRecords }: Bench): Promise<readonly Measured[]> => {
  const { data, records } = await bigDatabase(bigRecords);
  const sample: number[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    const server = await startTidemark({ data });
    sample.push(server.startedInMs);
    await server.stop();
  }
  return [{ id: 'W9', what: `start on a database with ${count(records)} records`, unit: 'ms', value: median(sample) }];
};

export const largeStart: Workload = { id: 'W9', title: 'start on a large database', run: runStart };
