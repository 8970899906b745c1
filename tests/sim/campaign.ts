import { realTime } from './platform/node.ts';
import { startWorkers } from './platform/workers.ts';
import { addTotals, NO_TOTALS, type Totals, totalsOf } from './record/totals.ts';
import { run } from './run.ts';
import { createProfile, type Fault } from './world/profile.ts';

/** Which seeds to play: `first`, `first + step`, …, until `runs` are played or the time is over. */
export interface Seeds {
  readonly first: number;
  readonly step: number;
  readonly runs: number;
  readonly limitMs: number;
  /** Fault kinds that every run is to have, and no others; empty: as the seed draws them. */
  readonly focus: readonly Fault[];
  /** Stop at the first run that fails. */
  readonly hunt: boolean;
}

/** Every so many runs one is played twice. */
const TWICE_EVERY = 100;

/** Plays seeds one after the other in this process; `tell` hears of each run. */
export const playSeeds = async (seeds: Seeds, tell: (totals: Totals) => void): Promise<void> => {
  const began = realTime();
  for (let i = 0; i < seeds.runs && realTime() - began < seeds.limitMs; i += 1) {
    const seed = seeds.first + i * seeds.step;
    const report = await run(seed, createProfile(seed, seeds.focus));
    const isTwice = !seeds.hunt && seed % TWICE_EVERY === 0;
    const again = isTwice ? await run(seed, report.profile) : report;
    const unequal = `trace ${report.traceHash}, then ${again.traceHash}`;
    const violations =
      again.traceHash === report.traceHash ? report.violations : [...report.violations, { invariant: 'determinism', what: unequal, at: 0 }];
    tell(totalsOf({ ...report, violations }, isTwice));
    if (seeds.hunt && violations.length > 0) return;
  }
};

/** Plays seeds in as many processes as asked for. */
export const playCampaign = async (seeds: Seeds, workers: number, tell: (totals: Totals) => void): Promise<Totals> => {
  let totals = NO_TOTALS;
  const hear = (more: Totals): void => {
    totals = addTotals(totals, more);
    tell(more);
  };
  if (workers <= 1) await playSeeds(seeds, hear);
  else {
    const share = Math.ceil(seeds.runs / workers);
    const parts = Array.from({ length: workers }, (_, i) => ({ ...seeds, first: seeds.first + i, step: workers, runs: share }));
    await startWorkers(parts, hear);
  }
  return totals;
};
