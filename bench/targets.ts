import type { Measured } from './workload.ts';

/** What a workload must reach. `of`: the figure itself, or its share of the floor measured in the same run. */
export interface Target {
  readonly of: 'value' | 'ratio';
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly text: string;
}

/** The targets, for two cores. By the id of what is measured; what has none is told for its own sake. */
export const TARGETS: { readonly [id: string]: Target } = {
  W1: { of: 'ratio', atLeast: 0.4, text: '≥ 0.4 of the floor (wish: 0.5)' },
  W2: { of: 'value', atLeast: 100_000, text: '≥ 100,000 records/s' },
  'W3 p50': { of: 'value', atMost: 1, text: '≤ 1 ms' },
  'W3 p99': { of: 'value', atMost: 5, text: '≤ 5 ms' },
  W4: { of: 'ratio', atLeast: 0.3, text: '≥ 0.3 of the floor (wish: 0.5)' },
  'W4 spaces': { of: 'ratio', atLeast: 0.3, text: '≥ 0.3 of the floor (wish: 0.5)' },
  W5: { of: 'value', atMost: 130, text: '≤ 130 MiB' },
  'W5 live': { of: 'value', atMost: 25, text: '≤ 25 MiB' },
  W6: { of: 'value', atMost: 14_000, text: '≤ 14,000 bytes' },
  'W6 words': { of: 'value', atMost: 0, text: 'none' },
  W7: { of: 'value', atMost: 2, text: '≤ 2 ms' },
  'W7 bytes': { of: 'value', atMost: 700, text: '≤ 700 bytes' },
  'W8 growth': { of: 'value', atMost: 1.3, text: '≤ 1.3×' },
  'R create': { of: 'ratio', atLeast: 0.6, text: '≥ 0.6 of the floor' },
  'R get': { of: 'ratio', atLeast: 0.8, text: '≥ 0.8 of the floor' },
  'R page': { of: 'ratio', atLeast: 0.7, text: '≥ 0.7 of the floor' },
  'R page p99': { of: 'value', atMost: 10, text: '< 10 ms' },
  'R search p99': { of: 'value', atMost: 20, text: '< 20 ms' },
  'R csv': { of: 'value', atLeast: 50_000, text: '≥ 50,000 rows/s' },
  'R csv memory': { of: 'value', atMost: 32, text: '≤ 32 MiB' },
  'B ingest': { of: 'value', atLeast: 20_000, text: '≥ 20,000 visits/s' },
  'B daily': { of: 'value', atMost: 50, text: '< 50 ms' },
  'B weekly': { of: 'value', atMost: 50, text: '< 50 ms' },
  'B hours': { of: 'value', atMost: 50, text: '< 50 ms' },
  'B top-sites': { of: 'value', atMost: 50, text: '< 50 ms' },
  'P idle': { of: 'value', atMost: 150, text: '< 150 ms' },
  'P idle p99': { of: 'value', atMost: 150, text: '< 150 ms' },
  W9: { of: 'value', atMost: 1_000, text: '< 1 s' },
};

export const ratioOf = ({ value, floor }: Measured): number | undefined => (floor === undefined ? undefined : value / floor);

/** Undefined where nothing is asked for. */
export const isMet = (measured: Measured): boolean | undefined => {
  const target = TARGETS[measured.id];
  if (target === undefined) return undefined;
  const figure = target.of === 'value' ? measured.value : (ratioOf(measured) ?? Number.NaN);
  return figure >= (target.atLeast ?? Number.NEGATIVE_INFINITY) && figure <= (target.atMost ?? Number.POSITIVE_INFINITY);
};
