import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { writeText } from '../platform/files.ts';
import { startWorkers } from '../platform/workers.ts';
import { addTotals, NO_TOTALS } from '../record/totals.ts';
import { print } from '../report.ts';
import { CLIENT_BUGS } from './client-bugs.ts';
import { type PlantedBug, plant } from './planted-bug.ts';
import { SERVER_BUGS } from './server-bugs.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [...CLIENT_BUGS, ...SERVER_BUGS];

/** What came of the hunt for one bug. */
export interface Hunt {
  readonly name: string;
  readonly kind: string;
  readonly seedsMax: number;
  /** Seeds until it was found; null where it was not. */
  readonly seeds: number | null;
  /** The invariant that it violated. */
  readonly invariant: string;
}

export const PLANTED_RECORD = 'docs/testing/planted.json';
const FOLDER = 'node_modules/.cache/tidemark-sim';
/** One run may use so much real time; a bug that keeps a run from ending is found, too. */
const LIMIT_MS = 600_000;

const withBug = (bug: PlantedBug): Plugin => ({
  name: 'planted bug',
  setup: ({ onLoad, onResolve }) => {
    const path = resolve(bug.file);
    onLoad({ filter: /\.ts$/ }, async (asked) =>
      asked.path === path ? { contents: plant(bug, await readFile(path, 'utf8')), loader: 'ts' } : undefined,
    );
    onResolve({ filter: /^[^./]/ }, (asked) =>
      asked.kind === 'entry-point' || asked.path.startsWith('@tidemark/') ? undefined : { path: asked.path, external: true },
    );
  },
});

const hunt = async (bug: PlantedBug, index: number): Promise<Hunt> => {
  const outfile = resolve(`${FOLDER}/planted-${index}.mjs`);
  await build({
    entryPoints: ['tests/sim/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@tidemark/source'],
    plugins: [withBug(bug)],
    logLevel: 'error',
  });
  let totals = NO_TOTALS;
  const seeds = { first: 1, step: 1, runs: bug.seedsMax, limitMs: LIMIT_MS, focus: bug.focus ?? [], hunt: true };
  await startWorkers(
    [seeds],
    (more) => {
      totals = addTotals(totals, more);
    },
    outfile,
  );
  const [failed] = totals.failed;
  const found = failed === undefined ? null : totals.runs;
  return { name: bug.name, kind: bug.kind, seedsMax: bug.seedsMax, seeds: found, invariant: failed?.violations[0]?.invariant ?? '' };
};

/** Plants each bug whose name holds `only`, and looks for the first seed that finds it. True where all were found. */
export const huntAll = async (only: string, workers: number): Promise<boolean> => {
  await mkdir(FOLDER, { recursive: true });
  const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(only));
  const hunts: Hunt[] = [];
  const waiting = [...bugs.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, bug] = next;
      const done = await hunt(bug, index);
      hunts.push(done);
      print(
        `${done.seeds === null ? `NOT FOUND in ${done.seedsMax} seeds` : `found by seed ${done.seeds} (${done.invariant})`}: ${done.name}`,
      );
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const found = hunts.filter(({ seeds }) => seeds !== null).length;
  print(`${found} of ${bugs.length} planted bugs found`);
  const sorted = hunts.sort((a, b) => (a.kind + a.name < b.kind + b.name ? -1 : 1));
  if (only === '') await writeText(PLANTED_RECORD, `${JSON.stringify(sorted, null, 2)}\n`);
  return found === bugs.length;
};
