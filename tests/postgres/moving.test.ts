import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { freshTable } from '../dynamodb/fresh-table.ts';
import { callerOf } from '../process/platform/http.ts';
import { freshFolder, serve, tidemark, tokenOf } from '../process/platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from '../process/seeded-random.ts';
import { createWriter } from '../process/writer.ts';
import { freshDatabase } from './fresh-database.ts';

const OF = ['--app', 'time-tracker', '--user', 'anna'];
const PUSHES = 40;

const run = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await tidemark(args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
};

/** The file but for the manifest's time, which the sum of the whole covers. */
const timeless = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8')).replace(/"exportedAt":[\d.]+/u, '').replace(/"sha256":"[0-9a-f]{64}"\}\n$/u, '');

test('what is exported from SQLite and imported into PostgreSQL, DynamoDB and back is the same, byte for byte', {
  timeout: 120_000,
}, async () => {
  const database = await freshDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  const table = await freshTable(inject('dynamoEndpoint'));
  onTestFinished(() => table.drop());
  const [data, back] = [await freshFolder(), await freshFolder()];
  const token = await tokenOf(data, 'anna');
  const server = await serve(['--data', data]);
  const seed = chooseSeed();
  const writer = createWriter('phone', seededRandom(seed));
  let pushes = 0;
  await writer.write(callerOf(server.url, token), () => pushes++ === PUSHES);
  await server.end('SIGTERM');
  const file = (name: string) => join(back, `${name}.jsonl`);
  await run('export', '--history', '--data', data, ...OF, '-o', file('sqlite'));
  await run('import', '--storage', database.url, ...OF, file('sqlite'));
  await run('export', '--history', '--storage', database.url, ...OF, '-o', file('postgres'));
  await run('import', '--storage', table.url, ...OF, file('postgres'));
  await run('export', '--history', '--storage', table.url, ...OF, '-o', file('dynamodb'));
  await run('import', '--data', back, ...OF, file('dynamodb'));
  await run('export', '--history', '--data', back, ...OF, '-o', file('back'));
  const first = await timeless(file('sqlite'));
  expect(first, `seed ${seed}`).toContain('{"receipt":');
  expect(first).toContain('{"change":');
  for (const name of ['postgres', 'dynamodb', 'back']) expect(await timeless(file(name))).toBe(first);
  for (const url of [database.url, table.url]) {
    expect(await run('import', '--storage', url, ...OF, file('sqlite'))).toMatch(/^Imported \d+ records: 0 written/u);
    expect(await run('doctor', '--storage', url)).toContain('no problems');
  }
});

test('a whole server moves from SQLite to PostgreSQL, DynamoDB and back, and each is the same as the one before', {
  timeout: 120_000,
}, async () => {
  const database = await freshDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  const table = await freshTable(inject('dynamoEndpoint'));
  onTestFinished(() => table.drop());
  const [data, back] = [await freshFolder(), await freshFolder()];
  const token = await tokenOf(data, 'anna');
  const server = await serve(['--data', data]);
  const writer = createWriter('phone', seededRandom(chooseSeed()));
  let pushes = 0;
  await writer.write(callerOf(server.url, token), () => pushes++ === PUSHES);
  await server.end('SIGTERM');
  const places = [`sqlite:${data}`, database.url, table.url, `sqlite:${back}`];
  for (const [at, to] of places.slice(1).entries())
    expect(await run('migrate', '--from', places[at] ?? '', '--to', to)).toMatch(
      /^Moved 1 spaces with \d+ changes .*Both places are the same/u,
    );
  expect(await run('doctor', '--data', back)).toContain('no problems');
});
