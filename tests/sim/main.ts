import { parseArgs } from 'node:util';
import { realTime } from './platform/node.ts';
import { type Report, run } from './run.ts';

const HELP = `npm run sim -- [--seed N] [--runs N] [--minutes M] [--events N]

Plays the real client against the real server in virtual time, on a network, disks and clocks that fail.

  --seed N      the first seed (default 1); alone: that seed only, played twice to compare the traces
  --runs N      how many seeds
  --minutes M   seeds until so much real time has gone by
  --events N    lines of the log that a failed run prints (default 60)

Exit code 1 where an invariant was violated; the seed is printed with the command that plays it again.`;

interface Totals {
  runs: number;
  mutations: number;
  virtualMs: number;
  readonly faults: Map<string, number>;
  readonly sometimes: Map<string, number>;
  readonly failed: Report[];
}

const add = (into: Map<string, number>, from: ReadonlyMap<string, number>): void => {
  for (const [name, count] of from) into.set(name, (into.get(name) ?? 0) + count);
};

const table = (title: string, counts: ReadonlyMap<string, number>): string =>
  [title, ...[...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`)].join('\n');

const describeFailure = (report: Report, lines: number): string => {
  const { seed, violations, recent, profile } = report;
  const on = Object.entries(profile.faults).filter(([, strength]) => strength > 0);
  return [
    `seed ${seed} FAILED`,
    ...violations.slice(0, 5).map(({ invariant, what, at }) => `  ${invariant} at ${(at / 1000).toFixed(1)} s: ${what}`),
    `  profile: ${JSON.stringify({ ...profile, faults: Object.fromEntries(on) })}`,
    ...recent.slice(-lines).map((line) => `    ${line}`),
    `  again: npm run sim -- --seed ${seed}`,
  ].join('\n');
};

const seconds = (ms: number): string => (ms / 1000).toFixed(0);

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const playTwice = async (seed: number, lines: number): Promise<boolean> => {
  const first = await run(seed);
  const second = await run(seed);
  if (first.violations.length > 0) print(describeFailure(first, lines));
  else print(`seed ${seed} passed: ${first.mutations} mutations, ${first.steps} steps, ${seconds(first.virtualMs)} virtual s`);
  if (first.traceHash !== second.traceHash) print(`seed ${seed} is not deterministic: ${first.traceHash}, then ${second.traceHash}`);
  else print(`trace ${first.traceHash}, both times`);
  return first.violations.length === 0 && first.traceHash === second.traceHash;
};

const playMany = async (firstSeed: number, more: (runs: number) => boolean, lines: number): Promise<Totals> => {
  const totals: Totals = { runs: 0, mutations: 0, virtualMs: 0, faults: new Map(), sometimes: new Map(), failed: [] };
  for (let seed = firstSeed; more(totals.runs); seed += 1) {
    const report = await run(seed);
    totals.runs += 1;
    totals.mutations += report.mutations;
    totals.virtualMs += report.virtualMs;
    add(totals.faults, report.faults);
    add(totals.sometimes, report.sometimes);
    if (report.violations.length === 0) continue;
    totals.failed.push(report);
    print(describeFailure(report, lines));
  }
  return totals;
};

const inShort = ({ seed, violations: [first] }: Report): string => `${seed} (${first?.invariant ?? ''})`;

const summary = (totals: Totals, realMs: number): string => {
  const faults = [...totals.faults.values()].reduce((sum, count) => sum + count, 0);
  const hours = (totals.virtualMs / 3_600_000).toFixed(1);
  const speed = ((totals.runs * 60_000) / realMs).toFixed(0);
  return [
    table('situations met', totals.sometimes),
    table('faults injected', totals.faults),
    `${totals.runs} runs, ${totals.mutations} mutations, ${faults} faults, ${hours} virtual hours, ${speed} runs a minute`,
    totals.failed.length === 0 ? 'no violation' : `${totals.failed.length} FAILED: ${totals.failed.map(inShort).join(', ')}`,
  ].join('\n');
};

const number = (text: string | undefined, otherwise: number): number => (text === undefined ? otherwise : Number(text));

const main = async (): Promise<boolean> => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { seed: text, runs: text, minutes: text, events: text, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    print(HELP);
    return true;
  }
  const lines = number(values.events, 60);
  const seed = number(values.seed, 1);
  const isOne = values.seed !== undefined && values.runs === undefined && values.minutes === undefined;
  if (isOne) return playTwice(seed, lines);
  const began = realTime();
  const runs = number(values.runs, values.minutes === undefined ? 100 : Number.MAX_SAFE_INTEGER);
  const limitMs = number(values.minutes, Number.MAX_SAFE_INTEGER) * 60_000;
  const totals = await playMany(seed, (done) => done < runs && realTime() - began < limitMs, lines);
  print(summary(totals, realTime() - began));
  return totals.failed.length === 0;
};

if (!(await main())) process.exitCode = 1;
