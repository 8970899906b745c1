import { openBenchClient, untilStatus } from '../bench-client.ts';
import { timed } from '../platform/clock.ts';
import { connect } from '../platform/http.ts';
import { median } from '../statistics.ts';
import { pushOfTasks, taskFields, taskId } from '../tasks.ts';
import { startTidemark, type TidemarkServer } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';

const PUSH_MAX = 5_000;

/** Fills a user's space by plain pushes. */
export const fillSpace = async (server: TidemarkServer, user: string, records: number): Promise<void> => {
  const connection = await server.connect(user);
  for (let at = 0; at < records; at += PUSH_MAX) {
    const push = pushOfTasks(`filler-${user}`, at, Math.min(PUSH_MAX, records - at), at + 1);
    await connection.call('POST', '/sync/push', JSON.stringify(push));
  }
  connection.close();
};

/** Milliseconds from opening a fresh client until it has everything. */
export const firstSyncMs = async (server: TidemarkServer, user: string, records: number): Promise<number> => {
  let close = async (): Promise<void> => {};
  const ms = await timed(async () => {
    const client = await openBenchClient(server, user, false);
    close = () => client.close();
    await untilStatus(client, 'first sync', ({ lastSyncAt }) => lastSyncAt !== null);
    if (client.collection('tasks').get(taskId(records - 1)) === undefined) throw new Error('the first sync is not complete');
  });
  await close();
  return ms;
};

/** The server prints records it has in memory, the client parses them into a map. */
const pullFloor = async (url: string): Promise<number> => {
  const connection = connect(url);
  const ms = await timed(async () => {
    const records: readonly { readonly id: string; readonly fields: object }[] = JSON.parse(await connection.call('GET', '/pull'));
    return new Map(records.map(({ id, fields }) => [id, fields]));
  });
  connection.close();
  return ms;
};

const run = async ({ records, repetitions, profile, floors }: Bench): Promise<readonly Measured[]> => {
  const floor = await floors();
  const plain = Array.from({ length: records }, (_, i) => ({ id: taskId(i), fields: taskFields(i) }));
  const connection = connect(floor.url);
  await connection.call('POST', '/push', JSON.stringify(plain));
  connection.close();
  const server = await startTidemark(profile === undefined ? {} : { profile });
  await fillSpace(server, 'w2', records);
  const perSecond = (ms: number): number => (records / ms) * 1_000;
  const real: number[] = [];
  const least: number[] = [];
  for (let i = 0; i <= repetitions; i += 1) {
    least.push(perSecond(await pullFloor(floor.url)));
    real.push(perSecond(await firstSyncMs(server, 'w2', records)));
  }
  await server.stop();
  const what = `first sync of ${records} into a memory store`;
  return [{ id: 'W2', what, unit: 'records/s', value: median(real.slice(1)), floor: median(least.slice(1)) }];
};

export const firstSync: Workload = { id: 'W2', title: 'first sync of a fresh client', run };
