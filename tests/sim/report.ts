import { type FailedRun, sumOf, type Totals } from './record/totals.ts';
import { SITUATIONS } from './sometimes.ts';

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

const table = (title: string, counts: { readonly [name: string]: number }): string =>
  [title, ...Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`)].join('\n');

const sorted = (counts: { readonly [name: string]: number }): { readonly [name: string]: number } =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

export const failureText = ({ seed, violations, recent, profile, steps }: FailedRun, lines: number): string => {
  const on = Object.entries(profile.faults).filter(([, strength]) => strength > 0);
  return [
    `seed ${seed} FAILED after ${steps} steps`,
    ...violations.slice(0, 5).map(({ invariant, what, at }) => `  ${invariant} at ${(at / 1000).toFixed(1)} s: ${what}`),
    `  profile: ${JSON.stringify({ ...profile, faults: Object.fromEntries(on) })}`,
    ...recent.slice(-lines).map((line) => `    ${line}`),
    `  again: npm run sim -- --seed ${seed}`,
  ].join('\n');
};

/** Situations of the list that a campaign has not met. */
export const unmet = (totals: Totals): readonly string[] => SITUATIONS.filter((name) => (totals.sometimes[name] ?? 0) === 0);

/** What a run has to hold on the average, so that 1,000 runs are what docs/TESTING.md says of them. */
const MUTATIONS_MIN = 400;
const FAULTS_MIN = 250;

/** What a campaign has too little of. */
export const scarce = ({ runs, mutations, faults }: Totals): readonly string[] => [
  ...(mutations < MUTATIONS_MIN * runs ? [`${mutations} mutations in ${runs} runs`] : []),
  ...(sumOf(faults) < FAULTS_MIN * runs ? [`${sumOf(faults)} faults in ${runs} runs`] : []),
];

const inShort = ({ seed, violations: [first] }: FailedRun): string => `${seed} (${first?.invariant ?? ''})`;

export const summary = (totals: Totals, realMs: number): string => {
  const { runs, mutations, failed, virtualMs, twice } = totals;
  const faults = sumOf(totals.faults);
  const missing = unmet(totals);
  const hours = (virtualMs / 3_600_000).toFixed(1);
  const speed = `${((runs * 60_000) / realMs).toFixed(0)} runs a minute`;
  return [
    table('situations met', sorted(totals.sometimes)),
    table('faults injected', sorted(totals.faults)),
    missing.length === 0 ? `all ${SITUATIONS.length} situations met` : `NOT MET: ${missing.join('; ')}`,
    ...scarce(totals).map((what) => `TOO FEW: ${what}`),
    `${runs} runs (${twice} of them twice), ${mutations} mutations, ${faults} faults, ${hours} virtual hours, ${speed}`,
    failed.length === 0 ? 'no violation' : `${failed.length} FAILED: ${failed.map(inShort).join(', ')}`,
  ].join('\n');
};
