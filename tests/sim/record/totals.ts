import type { Report, Violation } from '../run.ts';
import type { Fault, Profile } from '../world/profile.ts';

/** A run that violated an invariant: enough to play it again and to read what happened. */
export interface FailedRun {
  readonly seed: number;
  readonly profile: Profile;
  readonly violations: readonly Violation[];
  readonly recent: readonly string[];
  readonly steps: number;
}

type Counts = { readonly [name: string]: number };

/** What a number of runs came to; JSON, so that it goes between processes and into files. */
export interface Totals {
  readonly runs: number;
  readonly mutations: number;
  readonly steps: number;
  readonly virtualMs: number;
  /** Runs on real SQLite; the others were on the memory storage. */
  readonly onSqlite: number;
  /** Runs that were played twice, to compare the traces. */
  readonly twice: number;
  /** Processor time and time by the clock, summed over the workers; a worker that is stopped for a while uses only the latter. */
  readonly cpuMs: number;
  readonly workerMs: number;
  readonly faults: Counts;
  readonly sometimes: Counts;
  readonly failed: readonly FailedRun[];
}

export const NO_TOTALS: Totals = {
  runs: 0,
  mutations: 0,
  steps: 0,
  virtualMs: 0,
  onSqlite: 0,
  twice: 0,
  cpuMs: 0,
  workerMs: 0,
  faults: {},
  sometimes: {},
  failed: [],
};

const addCounts = (a: Counts, b: Counts): Counts => {
  const sum: { [name: string]: number } = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};

export const addTotals = (a: Totals, b: Totals): Totals => ({
  runs: a.runs + b.runs,
  mutations: a.mutations + b.mutations,
  steps: a.steps + b.steps,
  virtualMs: a.virtualMs + b.virtualMs,
  onSqlite: a.onSqlite + b.onSqlite,
  twice: a.twice + b.twice,
  cpuMs: a.cpuMs + b.cpuMs,
  workerMs: a.workerMs + b.workerMs,
  faults: addCounts(a.faults, b.faults),
  sometimes: addCounts(a.sometimes, b.sometimes),
  failed: [...a.failed, ...b.failed],
});

export const totalsOf = (report: Report, twice: boolean): Totals => ({
  runs: 1,
  mutations: report.mutations,
  steps: report.steps,
  virtualMs: report.virtualMs,
  onSqlite: report.profile.sqlite ? 1 : 0,
  twice: twice ? 1 : 0,
  cpuMs: 0,
  workerMs: 0,
  faults: Object.fromEntries(report.faults),
  sometimes: Object.fromEntries(report.sometimes),
  failed: report.violations.length === 0 ? [] : [failedRun(report)],
});

export const failedRun = ({ seed, profile, violations, recent, steps }: Report): FailedRun => ({
  seed,
  profile,
  violations,
  recent: recent.slice(-120),
  steps,
});

export const sumOf = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Faults that end a process: a tab of a device, or a server. */
const KILLS: readonly Fault[] = ['clientCrash', 'clientPoint', 'powerLoss', 'serverCrash', 'serverPoint'];

export const killsOf = ({ faults }: Pick<Totals, 'faults'>): number => KILLS.reduce((sum, fault) => sum + (faults[fault] ?? 0), 0);
