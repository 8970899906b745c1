import { expect, test } from 'vitest';
import { noteRecord } from './platform/record.ts';
import { readRecording } from './platform/recording.ts';
import { FILE_CALLS, type Injection, mayTrace, underInjection, underRecording, wasInjected } from './platform/strace.ts';
import { freshFolder, tidemark } from './platform/tidemark-process.ts';
import { auditFolder } from './reopened.ts';
import { createSigner, type Played, playScript, type Signer } from './scripted-run.ts';
import { chooseSeed, seededRandom } from './seeded-random.ts';

/** Every point with TIDEMARK_SWEEP=all; otherwise a seeded choice. */
const ALL = process.env.TIDEMARK_SWEEP === 'all';
const KILLS = 16;
const ERRORS = 5;
/** The command `doctor` looks at every so manieth folder as well. */
const DOCTOR_EVERY = 10;
const timeout = ALL ? 7_200_000 : 240_000;

const traceable = await mayTrace();
if (!traceable) console.warn('strace is missing or may not trace here: the crash sweep does not run.');

/** How often each call comes in a run that nothing disturbs. */
const countCalls = async (signer: Signer): Promise<ReadonlyMap<string, number>> => {
  const prefix = `${await freshFolder()}/calls`;
  const { folder, finished } = await playScript(signer, underRecording(prefix));
  expect(finished.code).toBe(0);
  const counts = new Map<string, number>();
  for (const { call } of await readRecording(prefix, folder)) counts.set(call, (counts.get(call) ?? 0) + 1);
  return counts;
};

/** One point of each stretch of equal length, so that start, pushes and stop all have some. */
const choose = (points: readonly Injection[], count: number, random: () => number): readonly Injection[] => {
  if (ALL || points.length <= count) return points;
  const stretch = points.length / count;
  return Array.from({ length: count }, (_, index) => Math.floor((index + random()) * stretch)).flatMap((at) => points.slice(at, at + 1));
};

const pointsOf = (calls: ReadonlyMap<string, number>, what: Injection['what'], onwards = false): readonly Injection[] =>
  FILE_CALLS.flatMap((call) => Array.from({ length: calls.get(call) ?? 0 }, (_, index) => ({ call, at: index + 1, what, onwards })));

const sweep = async (signer: Signer, points: readonly Injection[], check: (played: Played, point: Injection) => void) => {
  const sums = { sent: 0, acknowledged: 0, changes: 0, beforeReady: 0 };
  for (const [index, point] of points.entries()) {
    const log = `${await freshFolder()}/log`;
    const played = await playScript(signer, underInjection(point, log));
    try {
      if (point.what !== 'SIGKILL') expect(await wasInjected(log)).toBe(true);
      check(played, point);
      if (index % DOCTOR_EVERY === 0 && played.writers.some(({ acknowledged }) => acknowledged.size > 0)) {
        expect(await tidemark(['doctor', '--data', played.folder])).toMatchObject({ code: 0 });
      }
      sums.sent += played.writers.reduce((sum, { sent }) => sum + sent.size, 0);
      sums.acknowledged += played.writers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
      sums.changes += (await auditFolder(played.folder, played.writers, signer.token)).changes;
    } catch (fault) {
      throw new Error(`at ${JSON.stringify(point)}: ${played.finished.stderr}`, { cause: fault });
    }
    if (!played.finished.stdout.includes('is ready')) sums.beforeReady += 1;
  }
  return { points: points.length, ...sums };
};

test.skipIf(!traceable)('a server killed at a write or sync keeps what it acknowledged, whole', { timeout }, async () => {
  const seed = chooseSeed();
  const signer = await createSigner();
  const points = choose(pointsOf(await countCalls(signer), 'SIGKILL'), KILLS, seededRandom(seed));
  const sums = await sweep(signer, points, ({ finished }) => expect(finished.signal).toBe('SIGKILL'));
  expect(sums.acknowledged).toBeGreaterThan(0);
  console.log(`seed ${seed}: killed ${JSON.stringify(sums)}`);
  noteRecord({ test: 'sweep SIGKILL', seed, all: ALL, ...sums });
});

test.skipIf(!traceable).each<['EIO' | 'ENOSPC', boolean]>([
  ['EIO', false],
  ['EIO', true],
  ['ENOSPC', false],
  ['ENOSPC', true],
])(
  'a server whose disk fails with %s (from then on: %s) acknowledges nothing that is not stored, and ends well',
  { timeout },
  async (what, onwards) => {
    const seed = chooseSeed();
    const signer = await createSigner();
    const points = choose(pointsOf(await countCalls(signer), what, onwards), ERRORS, seededRandom(seed));
    const sums = await sweep(signer, points, ({ finished: { code, signal, stderr } }) => {
      expect(signal).toBeNull();
      expect([0, 1]).toContain(code);
      // A sentence for a person, not a stack.
      if (code === 1) expect(stderr).not.toMatch(/^\s+at /m);
    });
    console.log(`seed ${seed}: ${what} ${JSON.stringify(sums)}`);
    noteRecord({ test: `sweep ${what}${onwards ? ' from then on' : ''}`, seed, all: ALL, ...sums });
  },
);
