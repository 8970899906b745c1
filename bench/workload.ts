import type { Running } from './platform/process.ts';

/** What a workload measured. */
export interface Measured {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly value: number;
  /** The same unit: what the least that could do the work reached, in this run. */
  readonly floor?: number;
}

/** What a run is given. */
export interface Bench {
  /** Less of everything: half a minute instead of minutes. */
  readonly quick: boolean;
  /** Records of W1 and W2. */
  readonly records: number;
  /** Measured repetitions, after one that is not. */
  readonly repetitions: number;
  /** Records of the big database of W8 and W9. */
  readonly bigRecords: number;
  /** A folder for CPU profiles of the servers. */
  readonly profile?: string;
  floors(): Promise<Running>;
}

export interface Workload {
  readonly id: string;
  readonly title: string;
  run(bench: Bench): Promise<readonly Measured[]>;
}
