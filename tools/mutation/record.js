import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path/posix';
import { root } from '../step.js';

const RECORD = `${root}docs/testing/mutation.json`;
const ALL = 'all';

const PAGE = {
  title: 'Mutation score of the merge rules and the planner',
  text: `\`npm run mutation -- merge|plan [FILE…]\` (Stryker) changes the code in every small way there is, but for texts, and runs the
tests of its folder on each (without the longest: tools/mutation/warm-runner.js). A change that they do not notice survived. Each
file is at the commit of its newest run; one that is not in the table has not been measured yet. Most of what survives in the planner
changes nothing that can be seen: a check for what only the compiler takes to be possible (an element of a list that is there), or a
way around work that would come to the same (a size that need not be counted, a text that need not be printed again).`,
  head: ['File', 'Score', 'Killed', 'Survived', 'At commit'],
};

const scoreOf = (killed, survived) => (killed + survived === 0 ? '-' : `${((100 * killed) / (killed + survived)).toFixed(1)} %`);
const rowOf = (file, killed, survived, commit) => [file, scoreOf(killed, survived), killed, survived, commit];

/**
 * The rows of the record after a run: those of its files are new, the others stay; then the sum of each folder and of all.
 * `report` is Stryker's JSON: `{ files: { [path]: { mutants: { status }[] } } }`; it remembers the files of earlier runs, so that
 * those of this one are named (none: all of them).
 */
export const rowsAfter = (rows, report, commit, files = []) => {
  const byFile = new Map(rows.filter(([file]) => file !== ALL && !file.startsWith(`${ALL} `)).map((row) => [row[0], row]));
  for (const [file, { mutants }] of Object.entries(report.files)) {
    if (files.length > 0 && !files.includes(file)) continue;
    const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
    byFile.set(file, rowOf(file, count('Killed', 'Timeout'), count('Survived', 'NoCoverage'), commit));
  }
  const sorted = [...byFile.values()].sort(([a], [b]) => (a < b ? -1 : 1));
  const sumOf = (name, some) => {
    const sum = (column) => some.reduce((total, row) => total + row[column], 0);
    return rowOf(name, sum(2), sum(3), '');
  };
  const folders = [...new Set(sorted.map(([file]) => dirname(file)))];
  const sums = folders.map((folder) =>
    sumOf(
      `${ALL} of ${folder}`,
      sorted.filter(([file]) => dirname(file) === folder),
    ),
  );
  return [...sorted, ...sums, sumOf(ALL, sorted)];
};

/** A row a line, as the formatter has it. */
const print = (rows) => {
  const lineOf = (cells) => `[${cells.map((cell) => JSON.stringify(cell)).join(', ')}]`;
  const { title, text, head } = PAGE;
  const members = [`"title": ${JSON.stringify(title)}`, `"text": ${JSON.stringify(text)}`, `"head": ${lineOf(head)}`];
  return `{\n  ${members.join(',\n  ')},\n  "rows": [\n    ${rows.map(lineOf).join(',\n    ')}\n  ]\n}\n`;
};

/** Brings docs/testing/mutation.json up to date with a report of Stryker about `files`; `npm run sim -- page` makes the page of it. */
export const recordScores = (reportFile, files) => {
  const known = existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')).rows : [];
  const commit = execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12'], { cwd: root, encoding: 'utf8' }).trim();
  const rows = rowsAfter(known, JSON.parse(readFileSync(reportFile, 'utf8')), commit, files);
  writeFileSync(RECORD, print(rows));
};
