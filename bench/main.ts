import { writeFileSync } from 'node:fs';
import { compare } from './compare.ts';
import { startFloors } from './floors/floor-server.ts';
import { HELP, type Options, readOptions } from './options.ts';
import { timed } from './platform/clock.ts';
import { readMachine } from './platform/machine.ts';
import type { Running } from './platform/process.ts';
import { printMachine, printMeasured } from './report.ts';
import { isMet, ratioOf } from './targets.ts';
import type { Bench, Measured, Workload } from './workload.ts';
import { browsing } from './workloads/browsing.ts';
import { bundle } from './workloads/bundle.ts';
import { firstSync } from './workloads/first-sync.ts';
import { idlePull } from './workloads/idle-pull.ts';
import { largeSpace, largeStart } from './workloads/large-space.ts';
import { serverMemory } from './workloads/memory.ts';
import { propagation } from './workloads/propagation.ts';
import { push } from './workloads/push.ts';
import { repertoire } from './workloads/repertoire.ts';
import { rest } from './workloads/rest.ts';
import { singles } from './workloads/single-writes.ts';

const WORKLOADS: readonly Workload[] = [
  push,
  firstSync,
  propagation,
  singles,
  serverMemory,
  bundle,
  idlePull,
  largeSpace,
  largeStart,
  rest,
  browsing,
  repertoire,
];

const chosen = (only: readonly string[]): readonly Workload[] => {
  const unknown = only.find((id) => !WORKLOADS.some((workload) => workload.id === id));
  if (unknown !== undefined) throw new Error(`There is no workload ${unknown}; there are ${WORKLOADS.map(({ id }) => id).join(', ')}.`);
  return WORKLOADS.filter(({ id }) => only.length === 0 || only.includes(id));
};

const sizes = ({ quick, profile }: Options): Omit<Bench, 'floors'> => ({
  quick,
  records: quick ? 2_000 : 10_000,
  repetitions: quick ? 2 : 5,
  bigRecords: quick ? 50_000 : 1_000_000,
  ...(profile === undefined ? {} : { profile }),
});

const runAll = async (options: Options): Promise<readonly Measured[]> => {
  let running: Promise<Running> | undefined;
  const floors = (): Promise<Running> => {
    running ??= startFloors();
    return running;
  };
  const bench: Bench = { ...sizes(options), floors };
  const all: Measured[] = [];
  for (const workload of chosen(options.only)) {
    const ms = await timed(async () => all.push(...(await workload.run(bench))));
    process.stderr.write(`${workload.id} ${workload.title}: ${(ms / 1_000).toFixed(1)} s\n`);
  }
  await (await running)?.stop();
  return all;
};

const main = async (options: Options): Promise<void> => {
  const machine = readMachine();
  const all = await runAll(options);
  const lines = [printMeasured(all), '', printMachine(machine), ''];
  process.stdout.write(`\n${lines.join('\n')}`);
  if (options.json === undefined) return;
  const measured = all.map((one) => ({ ...one, ratio: ratioOf(one), met: isMet(one) }));
  writeFileSync(options.json, `${JSON.stringify({ machine, quick: options.quick, measured }, null, 2)}\n`);
};

const options = readOptions(process.argv.slice(2));
if (options === 'help') process.stdout.write(`${HELP}\n`);
else if (options.compare !== undefined) process.stdout.write(`\n${await compare(options.compare, options)}\n`);
else await main(options);
