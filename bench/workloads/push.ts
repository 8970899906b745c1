import { type BenchClient, openBenchClient, untilStatus } from '../bench-client.ts';
import { timed } from '../platform/clock.ts';
import { connect } from '../platform/http.ts';
import { median } from '../statistics.ts';
import { taskFields, taskId } from '../tasks.ts';
import { startTidemark, type TidemarkServer } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';

/** Writes tasks into an offline client; answers it with its outbox full. */
const fillOutbox = async (server: TidemarkServer, user: string, records: number): Promise<BenchClient> => {
  const client = await openBenchClient(server, user, false);
  await untilStatus(client, 'first sync', ({ state }) => state === 'synced');
  client.setOnline(false);
  const tasks = client.collection('tasks');
  for (let i = 0; i < records; i += 1) {
    const written = await tasks.put(taskFields(i), taskId(i));
    if (!written.ok) throw new Error(written.error.message);
  }
  return client;
};

/** Milliseconds from going online until every mutation of the outbox is acknowledged. */
export const pushTasks = async (
  server: TidemarkServer,
  user: string,
  records: number,
): Promise<{ readonly pushMs: number; readonly queueMs: number }> => {
  let client: BenchClient | undefined;
  const queueMs = await timed(async () => {
    client = await fillOutbox(server, user, records);
  });
  const filled = client;
  if (filled === undefined) throw new Error('no client was opened');
  const pushMs = await timed(async () => {
    filled.setOnline(true);
    await untilStatus(filled, 'push', ({ pending }) => pending === 0);
  });
  await filled.close();
  return { pushMs, queueMs };
};

/** One POST of all records, JSON.parse, one durable transaction of plain rows. */
const pushFloor = (url: string, records: number): Promise<number> => {
  const plain = Array.from({ length: records }, (_, i) => ({ id: taskId(i), fields: taskFields(i) }));
  const connection = connect(url);
  return timed(async () => {
    await connection.call('POST', '/push', JSON.stringify(plain));
    connection.close();
  });
};

const run = async ({ records, repetitions, profile, floors }: Bench): Promise<readonly Measured[]> => {
  const floor = await floors();
  const server = await startTidemark(profile === undefined ? {} : { profile });
  const perSecond = (ms: number): number => (records / ms) * 1_000;
  const reached: { readonly real: number; readonly floor: number; readonly queued: number }[] = [];
  for (let i = 0; i <= repetitions; i += 1) {
    const floorMs = await pushFloor(floor.url, records);
    const { pushMs, queueMs } = await pushTasks(server, `w1-${i}`, records);
    reached.push({ real: perSecond(pushMs), floor: perSecond(floorMs), queued: perSecond(queueMs) });
  }
  await server.stop();
  const warm = reached.slice(1);
  const of = (key: 'real' | 'floor' | 'queued'): number => median(warm.map((one) => one[key]));
  return [
    { id: 'W1', what: `push of ${records} by one client`, unit: 'records/s', value: of('real'), floor: of('floor') },
    { id: 'W1 local', what: 'writes into the client beforehand, offline', unit: 'records/s', value: of('queued') },
  ];
};

export const push: Workload = { id: 'W1', title: 'push by one client until all are acknowledged', run };
