import { expect, test } from 'vitest';
import { auditLog } from './audit.ts';
import { callerOf } from './platform/http.ts';
import { moment } from './platform/moment.ts';
import { noteRecord } from './platform/record.ts';
import { freshFolder, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from './seeded-random.ts';
import { createWriter } from './writer.ts';

/** 200 in CI; fewer where a person waits for it. */
const CYCLES = Number(process.env.TIDEMARK_KILL_CYCLES ?? (process.env.CI === undefined ? 25 : 200));
const WRITERS = ['anna', 'bert', 'cleo'];
const WRITE_MS_MIN = 20;
const WRITE_MS_MAX = 80;

/** Measured: 0.7 s a cycle on two busy cores. */
const timeout = 60_000 + CYCLES * 3_000;

test(`kill -9 at ${CYCLES} random moments: every acknowledged mutation is there once`, { timeout }, async () => {
  const seed = chooseSeed();
  const random = seededRandom(seed);
  const data = await freshFolder();
  const token = await tokenOf(data, 'demo');
  const writers = WRITERS.map((name) => createWriter(name, seededRandom(Math.floor(random() * 2 ** 32))));
  const startsMs: number[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const server = await serve(['--data', data]);
    startsMs.push(server.startedInMs);
    const caller = callerOf(server.url, token);
    const writing = Promise.all(writers.map((writer) => writer.write(caller, () => false)));
    await moment(WRITE_MS_MIN + random() * (WRITE_MS_MAX - WRITE_MS_MIN));
    await server.end('SIGKILL');
    await writing;
  }
  const server = await serve(['--data', data]);
  const caller = callerOf(server.url, token);
  for (const writer of writers) await writer.flush(caller);
  const { changes } = await auditLog(caller, writers);
  await server.end('SIGTERM');
  const doctor = await tidemark(['doctor', '--data', data]);
  expect(doctor).toMatchObject({ code: 0, stdout: expect.stringContaining('no problems') });
  const median = startsMs.sort((a, b) => a - b)[Math.floor(startsMs.length / 2)] ?? 0;
  console.log(`seed ${seed}: ${CYCLES} kills, ${changes} changes, ready after ${median.toFixed(0)} ms (median)`);
  noteRecord({ test: 'kill -9', seed, cycles: CYCLES, changes });
});
