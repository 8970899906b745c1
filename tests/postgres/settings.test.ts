import { createNodeEnv } from '@tidemark/server';
import { openPostgresStorage } from '@tidemark/storage/postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { opened } from './opened.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(inject('postgresUrl'));
});
afterAll(() => database.drop());

const refusalOf = async (url: string): Promise<string> => {
  const result = await openPostgresStorage({ url, env: createNodeEnv() });
  if (!result.ok) return `${result.error.code}: ${result.error.message}`;
  await result.value.close();
  return 'opened';
};

const withSetting = (setting: string): string => `${database.url}?options=${encodeURIComponent(`-c ${setting}`)}`;

test('a database is opened twice, and keeps what was made at first', async () => {
  expect(await refusalOf(database.url)).toBe('opened');
  expect(await refusalOf(database.url)).toBe('opened');
});

test.each([
  ['synchronous_commit=off', /synchronous_commit is off.*before the write is on disk/u],
  ['default_transaction_isolation=serializable', /default_transaction_isolation is serializable.*ALTER ROLE/u],
  ['default_transaction_read_only=on', /transaction_read_only is on.*Name the primary/u],
])('%s is refused by name', async (setting, message) => {
  expect(await refusalOf(withSetting(setting))).toMatch(message);
});

test('a server that is not there, a wrong password and a missing database are one sentence without the password', async () => {
  const server = inject('postgresUrl');
  const refusals = await Promise.all([
    refusalOf('postgres://tidemark:secret-word@127.0.0.1:1/none'),
    refusalOf(`${server.replace('tidemark:tidemark', 'tidemark:secret-word')}/postgres`),
    refusalOf(`${server}/not_there`),
  ]);
  for (const refusal of refusals) {
    expect(refusal).toMatch(/^UNAVAILABLE: postgres:\/\/127\.0\.0\.1:\d+\/\w+ cannot be used: /u);
    expect(refusal).not.toContain('secret-word');
  }
});

test('a database of a newer Tidemark is refused and not touched', async () => {
  const storage = await opened(database.url);
  await storage.close();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query('UPDATE tidemark.storage SET version = 99');
    expect(await refusalOf(database.url)).toMatch(/UNAVAILABLE: The database has storageVersion 99/u);
    await client.query('UPDATE tidemark.storage SET version = 1');
  } finally {
    await client.end();
  }
});

test('two servers that start at once on an empty database both come up', async () => {
  const fresh = await freshDatabase(inject('postgresUrl'));
  const both = await Promise.all([opened(fresh.url), opened(fresh.url)]);
  await Promise.all(both.map((storage) => storage.close()));
  await fresh.drop();
});
