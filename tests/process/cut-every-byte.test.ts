import { expect, test } from 'vitest';
import { auditLog } from './audit.ts';
import { type Caller, callerOf } from './platform/http.ts';
import { noteRecord } from './platform/record.ts';
import { type Damage, openProxy } from './platform/tcp-proxy.ts';
import { freshFolder, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from './seeded-random.ts';
import { createWriter, type Writer } from './writer.ts';

const ALL = process.env.TIDEMARK_SWEEP === 'all';
/** A push is cut after each of its bytes with TIDEMARK_SWEEP=all; otherwise after every so manieth, from one that the seed draws. */
const EVERY = ALL ? 1 : 23;
const timeout = ALL ? 600_000 : 60_000;
const PER_PUSH = 3;

/** Draws PER_PUSH mutations of one record each time, so that all pushes are of about one size. */
const steady = (): number => 0.5;

interface Server {
  readonly port: number;
  readonly token: string;
}

/**
 * Sends push after push, each cut `EVERY` bytes later than the one before, until one gets through; what was cut off is sent again past the
 * proxy. Answers how many pushes were cut, and how many of those the server had stored all the same.
 */
const cutPushes = async ({ port, token }: Server, writer: Writer, way: Damage['way'], first: number) => {
  const proxy = await openProxy(port);
  const cutting = callerOf(proxy.url, token);
  const direct: Caller = callerOf(`http://127.0.0.1:${port}`, token);
  const duplicates = (): number => [...writer.acknowledged.values()].filter(({ status }) => status === 'duplicate').length;
  const before = duplicates();
  let cut = 0;
  for (let afterBytes = first; ; afterBytes += EVERY) {
    proxy.damage = () => ({ kind: 'cut', way, afterBytes });
    const done = proxy.done.cut;
    let pushes = 0;
    await writer.write(cutting, () => pushes++ > 0);
    if (proxy.done.cut === done) break;
    // Behind its last byte an answer has arrived all the same.
    if (writer.acknowledged.size < writer.sent.size) cut += 1;
    await writer.flush(direct);
  }
  return { cut, stored: (duplicates() - before) / PER_PUSH };
};

test('a push that is cut after any byte of it, or of its answer, is stored whole or not at all, and once', { timeout }, async () => {
  const seed = chooseSeed();
  const random = seededRandom(seed);
  const first = (): number => (ALL ? 1 : 1 + Math.floor(random() * EVERY));
  const data = await freshFolder();
  const token = await tokenOf(data, 'demo');
  const server = await serve(['--data', data]);
  const at = { port: Number(new URL(server.url).port), token };
  const writer = createWriter('anna', steady, { grouped: true });
  await writer.write(callerOf(server.url, token), () => writer.sent.size > 0);
  const requests = await cutPushes(at, writer, 'request', first());
  const answers = await cutPushes(at, writer, 'answer', first());
  // Only the cut that came just behind its last byte can leave a request whole.
  expect(requests.cut).toBeGreaterThan(500 / EVERY);
  expect([0, 1]).toContain(requests.stored);
  // No byte of an answer is sent before what it acknowledges is stored.
  expect(answers.cut).toBeGreaterThan(300 / EVERY);
  expect(answers.stored).toBe(answers.cut);
  await auditLog(callerOf(server.url, token), [writer]);
  await server.end('SIGTERM');
  expect(await tidemark(['doctor', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringContaining('no problems') });
  console.log(`seed ${seed}: ${requests.cut} requests and ${answers.cut} answers cut`);
  noteRecord({ test: 'requests and answers cut after a byte', seed, all: ALL, cuts: requests.cut + answers.cut });
});
