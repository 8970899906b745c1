import { readTextIfThere, writeText } from '../platform/files.ts';
import { print } from '../report.ts';
import { readRecord, sumOfRecord } from './record-file.ts';
import type { CampaignRecord, OtherRecord } from './testing-page.ts';

export const FOLDER = 'docs/testing';

type Line = { readonly [name: string]: string | number | boolean };

const linesOf = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((one) => {
      const line: Line = JSON.parse(one);
      return line;
    });

const sum = (lines: readonly Line[], name: string): number => lines.reduce((all, line) => all + Number(line[name] ?? 0), 0);
const commitsOf = (lines: readonly Line[]): string => [...new Set(lines.map(({ commit }) => String(commit)))].join(', ');

/** What the record of a campaign says, small enough for the repository. */
const campaignOf = async (path: string): Promise<CampaignRecord> => {
  const lines = await readRecord(path);
  const { failed, ...totals } = sumOfRecord(lines);
  const commits: { [commit: string]: number } = {};
  for (const {
    commit,
    totals: { runs },
  } of lines)
    commits[commit] = (commits[commit] ?? 0) + runs;
  const seeds = lines.flatMap(({ first, last }) => [first, last]);
  return {
    ...totals,
    firstSeed: Math.min(...seeds),
    lastSeed: Math.max(...seeds),
    commits,
    failed: failed.map(({ seed, violations }) => ({ seed, invariant: violations[0]?.invariant ?? '', what: violations[0]?.what ?? '' })),
  };
};

const CYCLES_WANTED = 5_000;

/** What the lines of tests/process/kill-9.test.ts come to. */
const killsOf = (lines: readonly Line[]): OtherRecord => ({
  title: 'Real processes: kill -9',
  text: `\`tests/process/kill-9.test.ts\`: real servers on SQLite files, killed under three writers; every acknowledged mutation is
there once. Each run of so many cycles goes on with one data folder.`,
  rows: [
    [
      'kill -9 cycles',
      sum(lines, 'cycles') >= CYCLES_WANTED ? sum(lines, 'cycles') : `${sum(lines, 'cycles')} so far, of ${CYCLES_WANTED}`,
    ],
    ['runs', lines.length],
    ['changes that were audited', sum(lines, 'changes')],
    ['at commit', commitsOf(lines)],
  ],
});

/** What the lines of tests/process/crash-sweep.test.ts come to. */
const sweepOf = (lines: readonly Line[]): OtherRecord => ({
  title: 'Real processes: crash points and failing disks',
  text: `\`tests/process/crash-sweep.test.ts\` under strace: a server that is killed at, or whose disk fails at, each single write or
sync of a scripted run; with "from then on" every later one fails as well.`,
  rows: [
    ...lines.map((line) => [String(line.test), `${String(line.points)} points${line.all === true ? ', all there are' : ''}`] as const),
    ['at commit', commitsOf(lines)],
  ],
});

/** Writes the small records of docs/testing from the lines that long runs have left in a folder; those that are there. */
export const writeSummary = async (folder: string): Promise<boolean> => {
  const put = (name: string, value: object): Promise<void> => writeText(`${FOLDER}/${name}`, `${JSON.stringify(value, null, 2)}\n`);
  if ((await readTextIfThere(`${folder}/record.jsonl`)) !== undefined)
    await put('campaign.json', await campaignOf(`${folder}/record.jsonl`));
  const kills = await readTextIfThere(`${folder}/kill.jsonl`);
  if (kills !== undefined) await put('kill-9.json', killsOf(linesOf(kills)));
  const sweeps = await readTextIfThere(`${folder}/sweep.jsonl`);
  if (sweeps !== undefined) await put('crash-sweep.json', sweepOf(linesOf(sweeps)));
  print(`written to ${FOLDER}; \`npm run sim -- page\` makes the page of it`);
  return true;
};
