import { now } from '../platform/clock.ts';
import { connect, openStream } from '../platform/http.ts';
import { startTidemark, type TidemarkServer } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';
import { firstSyncMs } from './first-sync.ts';
import { pushTasks } from './push.ts';

const LIVE_CLIENTS = 200;
const OPEN_MS_MAX = 10_000;
const MIB = 1024 * 1024;

const memory = async (server: TidemarkServer): Promise<number> => (await server.metric('process_resident_memory_bytes')) / MIB;

/** Opens idle live streams of fresh clients that are up to date; resolves when the server counts all of them. */
const openLive = async (server: TidemarkServer, user: string): Promise<() => void> => {
  const authorization = `Bearer ${await server.tokenOf(user)}`;
  const connection = connect(server.app, { authorization });
  const answer: { cursor: string } = JSON.parse(await connection.call('GET', '/sync/digest'));
  connection.close();
  const path = (i: number): string => `${server.app}/sync/live?clientId=live-${i}&cursor=${encodeURIComponent(answer.cursor)}`;
  const streams = await Promise.all(Array.from({ length: LIVE_CLIENTS }, (_, i) => openStream(path(i), { authorization }, () => {})));
  const began = now();
  while ((await server.metric('tidemark_live_clients')) < LIVE_CLIENTS) {
    if (now() - began > OPEN_MS_MAX) throw new Error('the live streams did not open');
  }
  return () => {
    for (const stream of streams) stream.close();
  };
};

const run = async ({ records }: Bench): Promise<readonly Measured[]> => {
  const server = await startTidemark();
  await pushTasks(server, 'w5', records);
  await firstSyncMs(server, 'w5', records);
  const before = await memory(server);
  const close = await openLive(server, 'w5');
  const after = await memory(server);
  close();
  await server.stop();
  return [
    { id: 'W5', what: 'server memory (RSS) after one W1 and W2', unit: 'MiB', value: before },
    { id: 'W5 live', what: `more with ${LIVE_CLIENTS} idle live clients`, unit: 'MiB', value: after - before },
  ];
};

export const serverMemory: Workload = { id: 'W5', title: 'server memory', run };
