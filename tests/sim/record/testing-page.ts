import { type Hunt, PLANTED_BUGS } from '../planted/hunt.ts';
import { readFolder, readText, writeText } from '../platform/files.ts';
import { asRegression, type Regression } from '../replay/regression.ts';
import { SITUATIONS } from '../sometimes.ts';
import { COVERED, INVARIANTS, NOT_COVERED } from './testing-words.ts';
import { sumOf, type Totals } from './totals.ts';

/** A campaign as `--record` writes it. */
export type CampaignRecord = Totals & { readonly firstSeed: number; readonly realMs: number };

/** Figures of another kind of test (processes, fuzz, mutation score …), as its own runner records them in docs/testing. */
export interface OtherRecord {
  readonly title: string;
  readonly text: string;
  readonly rows: readonly (readonly [what: string, figure: string | number])[];
}

export interface TestingRecords {
  readonly campaign: CampaignRecord;
  readonly hunts: readonly Hunt[];
  readonly regressions: readonly (readonly [file: string, Regression])[];
  readonly others: readonly OtherRecord[];
}

const number = (count: number): string => count.toLocaleString('en-US');

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const campaignPart = ({ runs, mutations, faults, failed, twice, onSqlite, virtualMs, realMs, firstSeed }: CampaignRecord): string =>
  table(
    ['Simulated worlds', ''],
    [
      ['runs (seeds)', `${number(runs)}, from ${firstSeed} on; ${number(onSqlite)} on SQLite, the others on the memory storage`],
      ['mutations', number(mutations)],
      ['faults injected', number(sumOf(faults))],
      ['virtual time', `${number(Math.round(virtualMs / 3_600_000))} hours`],
      ['real time', `${number(Math.round(realMs / 60_000))} minutes in two processes`],
      ['played twice, with equal traces', number(twice)],
      ['runs that violated an invariant', number(failed.length)],
    ],
  );

const huntPart = (hunts: readonly Hunt[]): string => {
  const rows = hunts.map(({ name, kind, seeds, seedsMax, invariant }) => [name, kind, seeds ?? '**not found**', seedsMax, invariant]);
  return table(['Planted bug', 'Class', 'Found by seed no.', 'Must be found within', 'Invariant'], rows);
};

const counts = (of: { readonly [name: string]: number }, names: readonly string[]): string =>
  table(
    ['What', 'Times'],
    names.map((name) => [name, number(of[name] ?? 0)]),
  );

const regressionPart = (regressions: TestingRecords['regressions']): string =>
  regressions.length === 0
    ? 'None yet.'
    : regressions.map(([file, { note, invariant }]) => `- \`${file}\` (${invariant}): ${note}`).join('\n');

/** The text of docs/TESTING.md. */
export const testingPage = ({ campaign, hunts, regressions, others }: TestingRecords): string => {
  const found = hunts.filter(({ seeds }) => seeds !== null).length;
  return [
    '# What was tested, and how to do it again',
    'Made from the records in `docs/testing` by `npm run sim -- page`; no figure on this page is typed.',
    COVERED,
    '## What was run',
    campaignPart(campaign),
    ...others.map(({ title, text, rows }) => `### ${title}\n\n${text}\n\n${table(['What', 'Figure'], rows)}`),
    '## What is checked',
    INVARIANTS,
    '## The checker is checked: planted bugs',
    `Each is an exact replacement in the sources of a test build (\`tests/sim/planted\`).
${found} of ${PLANTED_BUGS.length} are recorded as found within their number of seeds; no hunt is recorded for the others yet.`,
    huntPart(hunts),
    '## Situations that every campaign must meet',
    `${SITUATIONS.length} of them; \`npm run sim -- --all\` fails where one is at zero.`,
    counts(campaign.sometimes, SITUATIONS),
    '## Faults injected',
    counts(campaign.faults, Object.keys(campaign.faults).sort()),
    '## Failures that were found, kept as regressions',
    regressionPart(regressions),
    '## What is not covered',
    NOT_COVERED,
    '',
  ].join('\n\n');
};

const FOLDER = 'docs/testing';
export const TESTING_PAGE = 'docs/TESTING.md';
const CAMPAIGN = 'campaign.json';
const PLANTED = 'planted.json';

/** Reads the records of docs/testing and the regressions. */
export const readRecords = async (): Promise<TestingRecords> => {
  const campaign: CampaignRecord = JSON.parse(await readText(`${FOLDER}/${CAMPAIGN}`));
  const hunts: Hunt[] = JSON.parse(await readText(`${FOLDER}/${PLANTED}`));
  const files = await readFolder(FOLDER);
  const others = files
    .filter(([name]) => name !== CAMPAIGN && name !== PLANTED)
    .map(([, text]) => {
      const other: OtherRecord = JSON.parse(text);
      return other;
    });
  const regressions = (await readFolder('tests/sim/regressions')).map(([file, text]) => [file, asRegression(text)] as const);
  return { campaign, hunts, regressions, others };
};

export const writeTestingPage = async (): Promise<boolean> => {
  await writeText(TESTING_PAGE, testingPage(await readRecords()));
  return true;
};
