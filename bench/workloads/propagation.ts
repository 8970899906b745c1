import { type BenchClient, openBenchClient, untilStatus } from '../bench-client.ts';
import { now, within } from '../platform/clock.ts';
import { connect, openStream } from '../platform/http.ts';
import { median, quantile } from '../statistics.ts';
import { taskFields } from '../tasks.ts';
import { startTidemark } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';

const WARM_UP = 50;
const WAIT_MS_MAX = 10_000;

/** Milliseconds from the call that writes in one client until the other client's live query answers with it. */
const propagate = async (from: BenchClient, to: BenchClient, i: number): Promise<number> => {
  const title = `edit ${i}`;
  let end = () => {};
  const seen = new Promise<number>((resolve) => {
    end = to.collection('tasks').live({}, (tasks) => {
      if (tasks[0]?.title === title) resolve(now());
    });
  });
  const began = now();
  const written = await from.collection('tasks').patch('shared', { title });
  if (!written.ok) throw new Error(written.error.message);
  const at = await within(WAIT_MS_MAX, `propagation of ${title}`, seen);
  end();
  // Nothing of this edit may still be under way when the next one begins: its pull would hold that one up.
  await untilStatus(from, 'rest', ({ state }) => state === 'synced');
  return at - began;
};

const realSample = async (count: number, profile: string | undefined): Promise<readonly number[]> => {
  const server = await startTidemark(profile === undefined ? {} : { profile });
  const from = await openBenchClient(server, 'w3', true);
  await from.collection('tasks').put(taskFields(0), 'shared');
  await untilStatus(from, 'first push', ({ pending, state }) => pending === 0 && state === 'synced');
  const to = await openBenchClient(server, 'w3', true);
  await untilStatus(to, 'first sync', ({ state }) => state === 'synced');
  const sample: number[] = [];
  for (let i = 0; i < WARM_UP + count; i += 1) sample.push(await propagate(from, to, i));
  await from.close();
  await to.close();
  await server.stop();
  return sample.slice(WARM_UP);
};

/** A POST that the server echoes into an open event stream. */
const echoSample = async (url: string, count: number): Promise<readonly number[]> => {
  let heard: (text: string) => void = () => {};
  const stream = await openStream(`${url}/stream`, {}, (text) => heard(text));
  const connection = connect(url);
  const sample: number[] = [];
  for (let i = 0; i < WARM_UP + count; i += 1) {
    const echoed = new Promise<number>((resolve) => {
      heard = (text) => text.includes(`edit ${i}\n`) && resolve(now());
    });
    const began = now();
    const answered = connection.call('POST', '/echo', `edit ${i}`);
    sample.push((await within(WAIT_MS_MAX, 'echo', echoed)) - began);
    await answered;
  }
  stream.close();
  connection.close();
  return sample.slice(WARM_UP);
};

const run = async ({ quick, profile, floors }: Bench): Promise<readonly Measured[]> => {
  const count = quick ? 100 : 500;
  const floor = await floors();
  const echo = await echoSample(floor.url, count);
  const real = await realSample(count, profile);
  return [
    { id: 'W3 p50', what: 'propagation between two live clients', unit: 'ms', value: median(real), floor: median(echo) },
    { id: 'W3 p99', what: 'the same', unit: 'ms', value: quantile(real, 0.99), floor: quantile(echo, 0.99) },
  ];
};

export const propagation: Workload = { id: 'W3', title: 'propagation between two live clients, debounce 0', run };
