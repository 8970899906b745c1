import { cpuTime, realTime } from './platform/node.ts';
import { runWorkers } from './platform/workers.ts';
import { addTotals, NO_TOTALS, type Totals, totalsOf } from './record/totals.ts';
import { run } from './run.ts';
import { createProfile, type Fault } from './world/profile.ts';

/** Seeds that one process plays in a row: `first`, `first + 1`, … */
export interface Batch {
  readonly first: number;
  readonly runs: number;
  /** Fault kinds that every run is to have, and no others; empty: as the seed draws them. */
  readonly focus: readonly Fault[];
}

/** A batch that was played to its end. */
export interface Played {
  readonly batch: Batch;
  readonly totals: Totals;
}

/** Every so many runs one is played twice. */
const TWICE_EVERY = 100;

/** Plays one seed, of every hundred also a second time to compare the traces. */
const playSeed = async (seed: number, focus: readonly Fault[]): Promise<Totals> => {
  const report = await run(seed, createProfile(seed, focus));
  const isTwice = seed % TWICE_EVERY === 0;
  const again = isTwice ? await run(seed, report.profile) : report;
  const unequal = { invariant: 'determinism', what: `trace ${report.traceHash}, then ${again.traceHash}`, at: 0 };
  const violations = again.traceHash === report.traceHash ? report.violations : [...report.violations, unequal];
  return totalsOf({ ...report, violations }, isTwice);
};

/** Plays a batch in this process. */
export const playBatch = async (batch: Batch): Promise<Totals> => {
  const [began, beganCpu] = [realTime(), cpuTime()];
  let totals = NO_TOTALS;
  for (let i = 0; i < batch.runs; i += 1) totals = addTotals(totals, await playSeed(batch.first + i, batch.focus));
  return { ...totals, cpuMs: cpuTime() - beganCpu, workerMs: realTime() - began };
};

/** Plays batches until `next` has no more, in so many processes; `tell` hears of each when it is over. */
export const playCampaign = async (next: () => Batch | undefined, workers: number, tell: (played: Played) => void): Promise<Totals> => {
  let totals = NO_TOTALS;
  const hear = (played: Played): void => {
    totals = addTotals(totals, played.totals);
    tell(played);
  };
  if (workers > 1) await runWorkers(next, workers, hear);
  else for (let batch = next(); batch !== undefined; batch = next()) hear({ batch, totals: await playBatch(batch) });
  return totals;
};
