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

/** What the tests below count, as the page names it. */
const COUNTED: { readonly [member: string]: string } = {
  points: 'points',
  images: 'images of a disk',
  cuts: 'connections cut, stalled or half closed',
};

/** One row for each test, with the sum of its lines. */
const countRows = (lines: readonly Line[]): OtherRecord['rows'] =>
  [...new Set(lines.map(({ test }) => String(test)))].flatMap((test) => {
    const own = lines.filter((line) => line.test === test);
    const isAll = own.length === 1 && own[0]?.all === true;
    return Object.entries(COUNTED)
      .filter(([member]) => own.some((line) => line[member] !== undefined))
      .map(([member, name]) => [test, `${sum(own, member)} ${name}${isAll ? ', all there are' : ''}`] as const);
  });

/** What the lines of the tests that let single calls and single connections fail come to. */
const sweepOf = (lines: readonly Line[]): OtherRecord => ({
  title: 'Real processes: crash points, failing disks, power loss, cut connections',
  text: `Under strace (\`tests/process/crash-sweep.test.ts\`) a server is killed at, or its disk fails at, each single write or sync of a
scripted run; with "from then on" every later one fails as well. \`power-loss.test.ts\` rebuilds what a disk may hold after any of
these calls, \`cut-every-byte.test.ts\` cuts pushes and their answers after any byte, and \`cut-connections.test.ts\` has real clients
edit through a proxy that cuts, stalls and half closes, while their server is killed.`,
  rows: [...countRows(lines), ['at commit', commitsOf(lines)]],
});

/** What the lines of packages/client/src/sync/small-scope.test.ts come to; of each number of faults the newest. */
const smallScopeOf = (lines: readonly Line[]): OtherRecord => {
  const newest = [...new Map(lines.map((line) => [Number(line.faults), line])).values()];
  return {
    title: 'Small scope: every interleaving',
    text: `\`packages/client/src/sync/small-scope.test.ts\`: two devices with two edits each on the real client, planner and server. Every
order of their requests, every moment of the second edit, and every fault of each request that fate decides over: the request or
its answer is lost, the device dies before or after the server has it, or the server is put back to what it was before the run.
Later requests pass, in a fixed order. Each run ends with both devices equal, nothing lost and nothing done twice. CI plays those
with up to one fault; \`TIDEMARK_SWEEP=all npx vitest run --project unit packages/client/src/sync/small-scope.test.ts\` plays all.`,
    head: ['Faults in a run, at most', 'Requests that fate decides over', 'Interleavings', 'Seconds', 'At commit'],
    rows: newest.map(({ faults, decided, interleavings, seconds, commit }) => [
      Number(faults),
      Number(decided),
      Number(interleavings).toLocaleString('en-US'),
      Number(seconds),
      String(commit),
    ]),
  };
};

/** Writes the small records of docs/testing from the lines that long runs have left in a folder; those that are there. */
export const writeSummary = async (folder: string): Promise<boolean> => {
  const put = (name: string, value: object): Promise<void> => writeText(`${FOLDER}/${name}`, `${JSON.stringify(value, null, 2)}\n`);
  if ((await readTextIfThere(`${folder}/record.jsonl`)) !== undefined)
    await put('campaign.json', await campaignOf(`${folder}/record.jsonl`));
  const kills = await readTextIfThere(`${folder}/kill.jsonl`);
  if (kills !== undefined) await put('kill-9.json', killsOf(linesOf(kills)));
  const sweeps = await readTextIfThere(`${folder}/sweep.jsonl`);
  if (sweeps !== undefined) await put('crash-sweep.json', sweepOf(linesOf(sweeps)));
  const small = await readTextIfThere(`${folder}/small.jsonl`);
  if (small !== undefined) await put('small-scope.json', smallScopeOf(linesOf(small)));
  print(`written to ${FOLDER}; \`npm run sim -- page\` makes the page of it`);
  return true;
};
