import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from './options.ts';
import { freshFolder } from './platform/process.ts';
import { benchIn, closeWorktree, HERE, openWorktree } from './platform/worktree.ts';
import { figure, printTable } from './report.ts';
import { median } from './statistics.ts';
import { ratioOf } from './targets.ts';
import type { Measured } from './workload.ts';

/** How often each of the two is run, in turn: what the machine does meanwhile then meets both. */
const ROUNDS = 3;

/** The medians of several runs of one tree, by the id of what was measured, in the order of the first run. */
const mediansOf = (runs: readonly (readonly Measured[])[]): readonly Measured[] =>
  (runs[0] ?? []).map((first) => {
    const all = runs.flatMap((run) => run.filter(({ id }) => id === first.id));
    const floors = all.flatMap(({ floor }) => (floor === undefined ? [] : [floor]));
    const value = median(all.map((one) => one.value));
    return floors.length === 0 ? { ...first, value } : { ...first, value, floor: median(floors) };
  });

const ratioText = (measured: Measured | undefined): string => (measured && ratioOf(measured))?.toFixed(2) ?? '';

/** One line each: the figure and its share of the floor in both, and the second by the first. */
export const printComparison = (base: readonly Measured[], here: readonly Measured[], name: string): string => {
  const rows = here.map((one) => {
    const before = base.find(({ id }) => id === one.id);
    return [
      one.id,
      one.what,
      before === undefined ? '' : figure(before.value),
      ratioText(before),
      figure(one.value),
      ratioText(one),
      before === undefined || before.value === 0 ? '' : `${(one.value / before.value).toFixed(2)}×`,
      one.unit,
    ];
  });
  return printTable([['', 'workload', name, 'of floor', 'this tree', 'of floor', '', 'unit'], ...rows]);
};

const runOnce = async (folder: string, { only, quick }: Options): Promise<readonly Measured[]> => {
  const file = join(freshFolder(), 'figures.json');
  const args = ['--json', file, ...(quick ? ['--quick'] : []), ...(only.length > 0 ? ['--only', only.join(',')] : [])];
  await benchIn(folder, args);
  const { measured }: { measured: readonly Measured[] } = JSON.parse(readFileSync(file, 'utf8'));
  return measured;
};

/** Runs the bench on a commit and on this tree in turn, three times each; answers a table of the medians. */
export const compare = async (commit: string, options: Options): Promise<string> => {
  const folder = await openWorktree(commit);
  try {
    const base: (readonly Measured[])[] = [];
    const here: (readonly Measured[])[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      base.push(await runOnce(folder, options));
      here.push(await runOnce(HERE, options));
    }
    return printComparison(mediansOf(base), mediansOf(here), commit);
  } finally {
    await closeWorktree(folder);
  }
};
