import { type Hunt, PLANTED_BUGS } from '../planted/hunt.ts';
import { readFolder, readText, writeText } from '../platform/files.ts';
import { asRegression, type Regression } from '../replay/regression.ts';
import { SITUATIONS } from '../sometimes.ts';
import { FOLDER } from './summary.ts';
import { COVERED, INVARIANTS, NOT_COVERED, PROCESS_TESTS, PROCESSES } from './testing-words.ts';
import { killsOf, sumOf, type Totals } from './totals.ts';

/** What a campaign came to. */
export type CampaignRecord = Omit<Totals, 'failed'> & {
  readonly firstSeed: number;
  readonly lastSeed: number;
  /** How many runs at which commit. */
  readonly commits: { readonly [commit: string]: number };
  readonly failed: readonly { readonly seed: number; readonly invariant: string; readonly what: string }[];
};

/** Figures of another kind of test (processes, fuzz, mutation score …), as its own runner records them in docs/testing. */
export interface OtherRecord {
  readonly title: string;
  readonly text: string;
  /** Of the columns; what and figure where it is left out. */
  readonly head?: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
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

/** What the campaign for the record is to reach. */
const WANTED = { runs: 20_000, mutations: 8_000_000, faults: 5_000_000, minutes: 120 };

const minutesOf = (ms: number): number => Math.round(ms / 60_000);

const isFinished = ({ runs, mutations, faults, cpuMs }: CampaignRecord): boolean =>
  runs >= WANTED.runs && mutations >= WANTED.mutations && sumOf(faults) >= WANTED.faults && minutesOf(cpuMs) >= WANTED.minutes;

const campaignPart = (campaign: CampaignRecord, regressions: TestingRecords['regressions']): string => {
  const { runs, mutations, faults, failed, twice, onSqlite, virtualMs, cpuMs, firstSeed, lastSeed, commits } = campaign;
  const rows: readonly (readonly [string, string, string])[] = [
    ['runs', number(runs), number(WANTED.runs)],
    ['of them on real SQLite files, the others on the memory storage', number(onSqlite), 'half'],
    ['mutations', number(mutations), number(WANTED.mutations)],
    ['faults injected', number(sumOf(faults)), number(WANTED.faults)],
    ['of them tabs and servers that were killed', number(killsOf(campaign)), ''],
    ['minutes of processor time', number(minutesOf(cpuMs)), number(WANTED.minutes)],
    ['virtual hours', number(Math.round(virtualMs / 3_600_000)), ''],
    ['played twice, with equal traces', number(twice), ''],
    ['runs that violated an invariant', number(failed.length), '0'],
  ];
  const at = Object.entries(commits).map(([commit, count]) => `${commit} (${number(count)} runs)`);
  // What became of it: a mended one is played again in every CI run.
  const keptAs = (seed: number): string => {
    const [file] = regressions.find(([, { profile }]) => profile.seed === seed) ?? [];
    return file === undefined ? '' : ` (mended since: \`${file}\`, below)`;
  };
  const failures = failed.map(({ seed, invariant, what }) => `- seed ${seed}: ${invariant}, ${what.slice(0, 200)}${keptAs(seed)}`);
  return [
    ...(isFinished(campaign) ? [] : ['**This campaign is not finished: the figures are those of now, not those that are wanted.**']),
    table(['Simulated worlds', '', 'Wanted'], rows),
    `Seeds ${number(firstSeed)} to ${number(lastSeed)}, none left out, at commit ${at.join(', ')}.`,
    ...(failures.length === 0 ? [] : [failures.join('\n')]),
  ].join('\n\n');
};

const huntPart = (hunts: readonly Hunt[]): string => {
  const rows = hunts.map(({ name, kind, seeds, seedsMax, invariant }) => [name, kind, seeds ?? '**not found**', seedsMax, invariant]);
  return table(['Planted bug', 'Class', 'Seeds until it was found', 'Must be found within', 'By invariant'], rows);
};

const plantedText = (hunts: readonly Hunt[]): string => {
  const found = hunts.filter(({ seeds }) => seeds !== null).length;
  const missed = hunts.length - found;
  const open = PLANTED_BUGS.length - hunts.length;
  return [
    'Each is an exact replacement in the sources of a test build (`tests/sim/planted`). A seed counts only where the sources as',
    'they are pass it.',
    `Of ${PLANTED_BUGS.length}, ${found} were found within their number of seeds; CI plants each of these and plays that seed.`,
    ...(missed === 0
      ? []
      : [`${missed} were not found: other parts of the product make up for them, or the simulator does not look there.`]),
    ...(open === 0 ? [] : [`No hunt is recorded yet for ${open}.`]),
  ].join('\n');
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
  return [
    '# What was tested, and how to do it again',
    'Made from the records in `docs/testing` by `npm run sim -- page`; no figure on this page is typed.',
    COVERED,
    '## What was run',
    campaignPart(campaign, regressions),
    ...others.map(({ title, text, head = ['What', 'Figure'], rows }) => `### ${title}\n\n${text}\n\n${table(head, rows)}`),
    '## What is done to real processes',
    PROCESSES,
    table(['What is done', 'Test', 'What holds afterwards'], PROCESS_TESTS),
    '## What is checked',
    INVARIANTS,
    '## The checker is checked: planted bugs',
    plantedText(hunts),
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
