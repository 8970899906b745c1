import { timed } from '../platform/clock.ts';
import { type Connection, connect } from '../platform/http.ts';
import { median } from '../statistics.ts';
import { pushOfTasks, taskFields, taskId } from '../tasks.ts';
import { startTidemark, type TidemarkServer } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';

const CLIENTS = 50;

/** Every connection sends its bodies one after another, all connections at once; answers writes per second. */
const writeAll = async (connections: readonly Connection[], path: string, bodies: readonly (readonly string[])[]): Promise<number> => {
  const sendAll = async (connection: Connection, own: readonly string[]): Promise<void> => {
    for (const body of own) await connection.call('POST', path, body);
  };
  const ms = await timed(() => Promise.all(connections.map((connection, i) => sendAll(connection, bodies[i] ?? []))));
  const writes = bodies.reduce((sum, own) => sum + own.length, 0);
  for (const connection of connections) connection.close();
  return (writes / ms) * 1_000;
};

const connectAll = (open: (i: number) => Promise<Connection> | Connection): Promise<readonly Connection[]> =>
  Promise.all(Array.from({ length: CLIENTS }, async (_, i) => open(i)));

/** 50 clients, each pushing single mutations over a connection of its own. */
export const singleWrites = async (server: TidemarkServer, userOf: (i: number) => string, run: string, each: number): Promise<number> => {
  const bodies = Array.from({ length: CLIENTS }, (_, i) =>
    Array.from({ length: each }, (__, k) => JSON.stringify(pushOfTasks(`${run}-${i}`, i * each + k, 1, k + 1))),
  );
  return writeAll(await connectAll((i) => server.connect(userOf(i))), '/sync/push', bodies);
};

const floorWrites = async (url: string, each: number): Promise<number> => {
  const bodies = Array.from({ length: CLIENTS }, (_, i) =>
    Array.from({ length: each }, (__, k) => JSON.stringify({ id: taskId(i * each + k), fields: taskFields(i * each + k) })),
  );
  return writeAll(await connectAll(() => connect(url)), '/write', bodies);
};

const run = async ({ quick, repetitions, profile, floors }: Bench): Promise<readonly Measured[]> => {
  const each = quick ? 20 : 80;
  const floor = await floors();
  const server = await startTidemark(profile === undefined ? {} : { profile });
  const reached: { readonly floor: number; readonly one: number; readonly many: number }[] = [];
  for (let i = 0; i <= repetitions; i += 1) {
    reached.push({
      floor: await floorWrites(floor.url, each),
      one: await singleWrites(server, () => `w4-${i}`, `one-${i}`, each),
      many: await singleWrites(server, (client) => `w4-${i}-${client}`, `many-${i}`, each),
    });
  }
  await server.stop();
  const warm = reached.slice(1);
  const least = median(warm.map((one) => one.floor));
  const what = `single durable writes of ${CLIENTS} clients`;
  return [
    { id: 'W4', what: `${what}, one space`, unit: 'writes/s', value: median(warm.map(({ one }) => one)), floor: least },
    { id: 'W4 spaces', what: `${what}, ${CLIENTS} spaces`, unit: 'writes/s', value: median(warm.map(({ many }) => many)), floor: least },
  ];
};

export const singles: Workload = { id: 'W4', title: '50 clients, single durable writes', run };
