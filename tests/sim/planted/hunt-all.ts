import { readText, writeText } from '../platform/files.ts';
import { print } from '../report.ts';
import { type Hunt, hunt, PLANTED_BUGS } from './hunt.ts';

export const PLANTED_RECORD = 'docs/testing/planted.json';

export const readHunts = async (): Promise<readonly Hunt[]> => {
  const hunts: Hunt[] = JSON.parse(await readText(PLANTED_RECORD));
  return hunts;
};

const sentenceOf = ({ name, seeds, seed, seedsMax, invariant }: Hunt): string =>
  seeds === null ? `NOT FOUND in ${seedsMax} seeds: ${name}` : `found by seed ${String(seed)} (${invariant}): ${name}`;

/**
 * Plants each bug whose name holds `only`, and looks for the first seed that finds it, from seed 1 on; with `isMore` only bugs
 * that the record does not have. True where all were found. What was found goes to the record, bug by bug.
 */
export const huntAll = async (only: string, isMore: boolean, workers: number): Promise<boolean> => {
  const names = new Set(PLANTED_BUGS.map(({ name }) => name));
  const hunts = new Map((await readHunts()).filter(({ name }) => names.has(name)).map((one) => [one.name, one]));
  const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(only) && !(isMore && hunts.has(name)));
  // Those that are found soon first.
  const waiting = [...bugs].sort((a, b) => a.seedsMax - b.seedsMax);
  let found = 0;
  const work = async (): Promise<void> => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      const done = await hunt(bug, null);
      if (done.seeds !== null) found += 1;
      hunts.set(bug.name, done);
      print(sentenceOf(done));
      const sorted = [...hunts.values()].sort((a, b) => (a.kind + a.name < b.kind + b.name ? -1 : 1));
      await writeText(PLANTED_RECORD, `${JSON.stringify(sorted, null, 2)}\n`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  print(`${found} of ${bugs.length} planted bugs found`);
  return found === bugs.length;
};
