import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Batch, Played } from '../campaign.ts';
import { runWorkers } from '../platform/workers.ts';
import { run } from '../run.ts';
import { createProfile, type Fault } from '../world/profile.ts';
import { CLIENT_BUGS } from './client-bugs.ts';
import { type PlantedBug, plant } from './planted-bug.ts';
import { SERVER_BUGS } from './server-bugs.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [...CLIENT_BUGS, ...SERVER_BUGS];

/** What came of the hunt for one bug. */
export interface Hunt {
  readonly name: string;
  readonly kind: string;
  readonly seedsMax: number;
  /** Seeds until it was found, without those on which the sources as they are fail too; null where it was not. */
  readonly seeds: number | null;
  /** The seed that found it. */
  readonly seed: number | null;
  /** The invariant that it violated. */
  readonly invariant: string;
}

const FOLDER = 'node_modules/.cache/tidemark-sim';

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

/** Builds the simulator with the bug in it. */
const buildWith = async (bug: PlantedBug): Promise<string> => {
  await mkdir(FOLDER, { recursive: true });
  const outfile = resolve(`${FOLDER}/planted-${PLANTED_BUGS.indexOf(bug)}.mjs`);
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
  return outfile;
};

// One run at a time: two in one process would share the real loop.
let turn: Promise<unknown> = Promise.resolve();

/** Do the sources as they are pass this seed? */
const passesClean = async (seed: number, focus: readonly Fault[]): Promise<boolean> => {
  const report = turn.then(() => run(seed, createProfile(seed, focus)));
  turn = report.catch(() => undefined);
  return (await report).violations.length === 0;
};

interface Catch {
  readonly seed: number;
  readonly invariant: string;
}

/** Plays the seeds with the bug, up to the first that fails. */
const firstFailure = async (script: string, seeds: readonly number[], focus: readonly Fault[]): Promise<Catch | undefined> => {
  const waiting = [...seeds];
  let playing = 0;
  let caught: Catch | undefined;
  const next = (): Batch | undefined => {
    const seed = caught === undefined ? waiting.shift() : undefined;
    if (seed === undefined) return undefined;
    playing = seed;
    return { first: seed, runs: 1, focus };
  };
  const tell = ({ totals }: Played): void => {
    const [failed] = totals.failed;
    if (failed !== undefined) caught = { seed: failed.seed, invariant: failed.violations[0]?.invariant ?? '' };
  };
  try {
    await runWorkers(next, 1, tell, script);
  } catch {
    // A bug that ends the process of the simulator is found, too.
    caught = { seed: playing, invariant: 'crash' };
  }
  return caught;
};

/**
 * Looks for the first of the seeds that finds the bug: the run with it fails, and the run of the sources as they are does
 * not. `knownSeed`, where there is one, is tried before 1, 2, 3 … up to `seedsMax`.
 */
export const hunt = async (bug: PlantedBug, knownSeed: number | null): Promise<Hunt> => {
  const { name, kind, seedsMax, focus = [] } = bug;
  const script = await buildWith(bug);
  const all = Array.from({ length: seedsMax }, (_, i) => i + 1);
  let waiting = knownSeed === null ? all : [knownSeed, ...all];
  let unfit = 0;
  for (;;) {
    const caught = await firstFailure(script, waiting, focus);
    if (caught === undefined) return { name, kind, seedsMax, seeds: null, seed: null, invariant: '' };
    const { seed, invariant } = caught;
    if (await passesClean(seed, focus)) return { name, kind, seedsMax, seeds: seed - unfit, seed, invariant };
    unfit += 1;
    waiting = waiting.slice(waiting.indexOf(seed) + 1);
  }
};
