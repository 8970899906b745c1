import { timed } from '../platform/clock.ts';
import { median } from '../statistics.ts';
import { startTidemark } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';
import { fillSpace } from './first-sync.ts';

const RECORDS = 1_000;

const run = async ({ quick }: Bench): Promise<readonly Measured[]> => {
  const server = await startTidemark();
  await fillSpace(server, 'w7', RECORDS);
  const connection = await server.connect('w7');
  const { cursor }: { cursor: string } = JSON.parse(await connection.call('GET', '/sync/digest'));
  const body = JSON.stringify({ clientId: 'reader', cursor });
  for (let i = 0; i < 100; i += 1) await connection.call('POST', '/sync/pull', body);
  const before = connection.bytes();
  const sample: number[] = [];
  for (let i = 0; i < (quick ? 200 : 1_000); i += 1) sample.push(await timed(() => connection.call('POST', '/sync/pull', body)));
  const after = connection.bytes();
  connection.close();
  await server.stop();
  const each = (which: 'sent' | 'received'): number => (after[which] - before[which]) / sample.length;
  const what = "an up-to-date client's pull";
  return [
    { id: 'W7', what, unit: 'ms', value: median(sample) },
    { id: 'W7 bytes', what: `${what}: the answer with headers`, unit: 'bytes', value: each('received') },
    { id: 'W7 sent', what: `${what}: the request with headers and a token`, unit: 'bytes', value: each('sent') },
  ];
};

export const idlePull: Workload = { id: 'W7', title: "an up-to-date client's pull", run };
