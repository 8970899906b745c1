import { copyFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { createDisk, type Loss } from './disk.ts';
import { noteRecord } from './platform/record.ts';
import { type FileEvent, readRecording } from './platform/recording.ts';
import { mayTrace, underRecording } from './platform/strace.ts';
import { freshFolder } from './platform/tidemark-process.ts';
import { auditFolder } from './reopened.ts';
import { createSigner, type Played, playScript, type Signer } from './scripted-run.ts';
import { chooseSeed, seededRandom } from './seeded-random.ts';

/** A power loss after every call, in every way, with TIDEMARK_SWEEP=all; otherwise so many of them, drawn by the seed. */
const ALL = process.env.TIDEMARK_SWEEP === 'all';
const IMAGES = 120;
const timeout = ALL ? 3_600_000 : 120_000;

const traceable = await mayTrace();
if (!traceable) console.warn('strace is missing or may not trace here: no power loss is rebuilt.');

/** The ways in which what was not synced is lost. */
const losses = (random: () => number): readonly Loss[] => [
  { sector: 4096, survives: () => false },
  { sector: 4096, survives: () => true },
  { sector: 4096, survives: () => random() < 0.5 },
  { sector: 512, survives: () => random() < 0.5 },
  { sector: 512, survives: () => random() < 0.9 },
];

interface Recorded extends Played {
  readonly signer: Signer;
  readonly events: readonly FileEvent[];
}

const recordRun = async (): Promise<Recorded> => {
  const signer = await createSigner();
  const prefix = `${await freshFolder()}/calls`;
  const played = await playScript(signer, underRecording(prefix));
  expect(played.finished.code).toBe(0);
  return { ...played, signer, events: await readRecording(prefix, played.folder) };
};

/** The power fails just before the call at `index`: what is then on the disk is opened and audited. */
const auditLoss = async ({ events, writers, signer }: Recorded, index: number, loss: Loss): Promise<number> => {
  const disk = createDisk();
  for (const event of events.slice(0, index)) disk.apply(event);
  const folder = await freshFolder();
  for (const [path, bytes] of disk.afterLoss(loss)) {
    // Nobody reads the index of the write-ahead log after a crash; it is made anew.
    if (!path.endsWith('-shm')) await writeFile(join(folder, basename(path)), bytes);
  }
  await copyFile(join(signer.folder, 'development-key.json'), join(folder, 'development-key.json'));
  const time = events[index]?.at ?? Number.POSITIVE_INFINITY;
  const senders = writers.map((writer) => writer.asOf(time));
  const acknowledged = senders.reduce((sum, sender) => sum + sender.acknowledged.size, 0);
  await auditFolder(folder, senders, signer.token);
  return acknowledged;
};

test.skipIf(!traceable)('what was acknowledged is there after a power loss, whatever was not synced', { timeout }, async () => {
  const seed = chooseSeed();
  const random = seededRandom(seed);
  const recorded = await recordRun();
  const ways = losses(random);
  const all = recorded.events.flatMap((_, index) => ways.map((loss, way) => ({ index: index + 1, loss, way })));
  const chosen = ALL ? all : Array.from({ length: IMAGES }, () => Math.floor(random() * all.length)).flatMap((at) => all.slice(at, at + 1));
  let acknowledged = 0;
  for (const { index, loss, way } of chosen) {
    try {
      acknowledged += await auditLoss(recorded, index, loss);
    } catch (fault) {
      throw new Error(`seed ${seed}: after ${index} of ${recorded.events.length} calls, loss ${way}`, { cause: fault });
    }
  }
  expect(acknowledged).toBeGreaterThan(0);
  console.log(
    `seed ${seed}: ${chosen.length} images from ${recorded.events.length} calls, ${acknowledged} acknowledged mutations found again`,
  );
  noteRecord({ test: 'power loss', seed, all: ALL, images: chosen.length, calls: recorded.events.length, acknowledged });
});

test.skipIf(!traceable)('the same check finds a server that does not sync its log', { timeout }, async () => {
  const recorded = await recordRun();
  const events = recorded.events.filter(({ call, path }) => !(call.endsWith('sync') && path.endsWith('-wal')));
  const lastPush = events.findLastIndex(({ call, path }) => call === 'pwrite64' && path.endsWith('-wal'));
  await expect(auditLoss({ ...recorded, events }, lastPush, { sector: 4096, survives: () => false })).rejects.toThrow(/(anna|bert)-m\d+/);
});
