import { parseArgs } from 'node:util';
import { playBatch, playCampaign } from './campaign.ts';
import { huntAll } from './planted/hunt-all.ts';
import { appendText, readText } from './platform/files.ts';
import { commitOfTree, realTime } from './platform/node.ts';
import { isWorker, serveParent } from './platform/workers.ts';
import { appendLine, batchesNotIn, lineOf, readRecord, sumOfRecord } from './record/record-file.ts';
import { writeSummary } from './record/summary.ts';
import { writeTestingPage } from './record/testing-page.ts';
import { failedRun } from './record/totals.ts';
import { firstDivergence, sequenceChart } from './replay/chart.ts';
import { asRegression } from './replay/regression.ts';
import { shrink } from './replay/shrink.ts';
import { failureText, print, scarce, summary, unmet } from './report.ts';
import { type Report, run } from './run.ts';
import { createProfile, type Profile } from './world/profile.ts';

const HELP = `npm run sim -- [--seed N] [--runs N] [--minutes M]
npm run sim -- replay FILE
npm run sim -- planted [--only TEXT] [--more]
npm run sim -- summary FOLDER
npm run sim -- page

Plays the real client against the real server in virtual time, on a network, disks and clocks that fail.

  --seed N        the first seed (default 1); alone: that seed only, played twice to compare the traces, shrunk if it fails
  --runs N        how many seeds (default 100)
  --minutes M     seeds until so much real time has gone by
  --workers N     processes (default 2)
  --events N      lines of the log that a failed run prints (default 40)
  --all           exit code 1 also where a situation of the list was not met, or mutations or faults were too few
  --record FILE   appends a line for each batch of seeds that was played to its end; where the file is there already,
                  the seeds that it has are not played again: stop it when you like and start it again with the same words
  --failures FILE appends each failed run, with its profile and the end of its trace
  replay FILE     plays a file of tests/sim/regressions
  planted         plants each known bug and looks for the first seed that finds it; --more: those without a record
  summary FOLDER  writes docs/testing from the records that long runs left there: record.jsonl, kill.jsonl, sweep.jsonl, small.jsonl
  page            writes docs/TESTING.md from the records of docs/testing

Exit code 1 where an invariant was violated; the seed is printed with the command that plays it again.`;

const tellFailure = async (report: Report, lines: number): Promise<void> => {
  print(failureText(failedRun(report), lines));
  print('shrinking …');
  const least = await shrink(report, print);
  print(failureText(failedRun(least), lines));
  print(`\n${sequenceChart(least.recent)}\n`);
  const note = 'say what it was and which commit mended it';
  const file = { note, invariant: least.violations[0]?.invariant ?? '', profile: least.profile };
  const path = `tests/sim/regressions/seed-${report.seed}.json`;
  print(`as a regression (${path}):\n${JSON.stringify(file)}`);
};

/** Plays one profile twice. */
const playTwice = async (profile: Profile, lines: number): Promise<boolean> => {
  const first = await run(profile.seed, profile);
  const second = await run(profile.seed, profile);
  const isSame = first.traceHash === second.traceHash;
  if (first.violations.length > 0) await tellFailure(first, lines);
  else
    print(
      `seed ${profile.seed} passed: ${first.mutations} mutations, ${first.steps} steps, ${(first.virtualMs / 1000).toFixed(0)} virtual s`,
    );
  if (isSame) print(`trace ${first.traceHash}, both times`);
  else
    print(`seed ${profile.seed} is NOT deterministic: ${firstDivergence(first.recent, second.recent) ?? 'before the lines that are kept'}`);
  return first.violations.length === 0 && isSame;
};

interface Many {
  readonly first: number;
  readonly runs: number;
  readonly limitMs: number;
  readonly workers: number;
  readonly lines: number;
  readonly record: string | undefined;
  readonly failures: string | undefined;
  readonly all: boolean;
}

/** Seeds between two lines of a record. */
const BATCH = 25;

/** Plays many seeds; with a record those that it does not have. */
const playMany = async ({ first, runs, limitMs, workers, lines, record, failures, all }: Many): Promise<boolean> => {
  const began = realTime();
  const commit = record === undefined ? '' : commitOfTree();
  const recorded = record === undefined ? [] : await readRecord(record);
  const batches = batchesNotIn(recorded, { first, size: BATCH, runs });
  const next = (): ReturnType<typeof batches> => (realTime() - began < limitMs ? batches() : undefined);
  const totals = await playCampaign(next, workers, (played) => {
    if (record !== undefined) appendLine(record, lineOf(played, commit));
    for (const one of played.totals.failed) {
      print(failureText(one, lines));
      if (failures !== undefined) appendText(failures, `${failureText(one, one.recent.length)}\n${commit}\n\n`);
    }
  });
  print(summary(totals, realTime() - began));
  if (record !== undefined) print(`the record has ${sumOfRecord(await readRecord(record)).runs} runs`);
  return totals.failed.length === 0 && (!all || (unmet(totals).length === 0 && scarce(totals).length === 0));
};

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  seed: text,
  runs: text,
  minutes: text,
  events: text,
  workers: text,
  record: text,
  failures: text,
  only: text,
  all: flag,
  more: flag,
  help: flag,
};

const main = async (): Promise<boolean> => {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const number = (given: string | undefined, otherwise: number): number => (given === undefined ? otherwise : Number(given));
  const lines = number(values.events, 40);
  const seed = number(values.seed, 1);
  const [command, file = ''] = positionals;
  if (values.help) print(HELP);
  if (values.help) return true;
  if (command === 'replay') return playTwice(asRegression(await readText(file)).profile, lines);
  if (command === 'planted') return huntAll(values.only ?? '', values.more ?? false, number(values.workers, 2));
  if (command === 'summary') return writeSummary(file);
  if (command === 'page') return writeTestingPage();
  const isOne = values.seed !== undefined && values.runs === undefined && values.minutes === undefined;
  if (isOne) return playTwice(createProfile(seed), lines);
  return playMany({
    first: seed,
    runs: number(values.runs, values.minutes === undefined ? 100 : 10_000_000),
    limitMs: number(values.minutes, 1e9) * 60_000,
    workers: number(values.workers, 2),
    lines,
    record: values.record,
    failures: values.failures,
    all: values.all ?? false,
  });
};

if (isWorker()) serveParent(playBatch);
else if (!(await main())) process.exitCode = 1;
