import { appendOf, changeRow, spaceRow } from '@tidemark/engine/conformance';
import { type Append, StorageFailure } from '@tidemark/engine/storage';
import type { PostgresStorage } from '@tidemark/storage/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { opened } from './opened.ts';

let database: FreshDatabase;
let one: PostgresStorage;
let other: PostgresStorage;
beforeAll(async () => {
  database = await freshDatabase(inject('postgresUrl'));
  [one, other] = [await opened(database.url), await opened(database.url)];
});
afterAll(async () => {
  await one.close();
  await other.close();
  await database.drop();
});

const onServer = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** The append of change `seq` to a space; who wrote it stands in its mutation id. */
const appendTo = (key: string, seq: number, writer: string): Append =>
  appendOf(seq - 1, [changeRow(seq, { mutationId: `${writer}-${seq}` })], {
    records: [],
    row: spaceRow({ key, appends: seq, head: seq, hash: `h${seq}` }),
  });

/** Appends `count` changes to a space that others write too, as the engine does: where the head has moved, it looks again. */
const write = async (storage: PostgresStorage, key: string, writer: string, count: number): Promise<string[]> => {
  const stored: string[] = [];
  while (stored.length < count) {
    const seq = ((await storage.readSpace(key))?.appends ?? 0) + 1;
    if ((await storage.append(appendTo(key, seq, writer))) === 'stored') stored.push(`${writer}-${seq}`);
  }
  return stored;
};

const logOf = (storage: PostgresStorage, key: string) => storage.readLog(key, { after: 0, limit: 100_000, bytesMax: 100_000_000 });

describe('several processes over one database', () => {
  test('of two appends with the same expectation exactly one is stored', async () => {
    const key = 'app/pair';
    for (let seq = 1; seq <= 100; seq++) {
      const answers = await Promise.all([one.append(appendTo(key, seq, 'one')), other.append(appendTo(key, seq, 'other'))]);
      expect(answers.sort()).toEqual(['head_moved', 'stored']);
    }
    expect((await logOf(one, key)).map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  test('groups that hold the same spaces in another order all get through', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `app/crossing-${i}`);
    const stored = await Promise.all([
      ...keys.map((key) => write(one, key, 'one', 10)),
      ...[...keys].reverse().map((key) => write(other, key, 'other', 10)),
    ]);
    const logs = await Promise.all(keys.map((key) => logOf(one, key)));
    expect(logs.map(({ length }) => length)).toEqual(keys.map(() => 20));
    expect(new Set(logs.flat().map(({ mutationId }) => mutationId)).size).toBe(new Set(stored.flat()).size);
  });

  test('no reader sees a change before the one that comes before it', async () => {
    const key = 'app/readers';
    let writing = true;
    const writers = Promise.all([write(one, key, 'one', 150), write(other, key, 'other', 150)]).finally(() => {
      writing = false;
    });
    let cursor = 0;
    while (writing || cursor < 300) {
      const page = await other.readLog(key, { after: cursor, limit: 1_000, bytesMax: 1_000_000 });
      for (const { seq } of page) expect(seq).toBe(++cursor);
      const space = await one.readSpace(key);
      expect(space?.head ?? 0).toBeGreaterThanOrEqual(cursor);
    }
    await writers;
    expect(cursor).toBe(300);
  });

  test('a naive log, numbered by a sequence, does show the later change first', async () => {
    await onServer((client) => client.query('CREATE TABLE naive (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text)'));
    await onServer((slow) =>
      onServer(async (quick) => {
        await slow.query('BEGIN');
        await slow.query("INSERT INTO naive (text) VALUES ('first')");
        await quick.query("INSERT INTO naive (text) VALUES ('second')");
        const seen = await quick.query<{ readonly seq: string }>('SELECT seq FROM naive');
        expect(seen.rows.map(({ seq }) => seq)).toEqual(['2']);
        await slow.query('COMMIT');
      }),
    );
  });
});

test('connections that are cut: what was acknowledged is there, what failed for sure is not', async () => {
  const key = 'app/cut';
  const stored = new Set<string>();
  const failed = new Set<string>();
  let unknown = 0;
  let cuts = 0;
  let writing = true;
  const writer = async (storage: PostgresStorage, name: string): Promise<void> => {
    for (let n = 1; n <= 150; n++) {
      const seq = ((await storage.readSpace(key).catch(() => undefined))?.appends ?? 0) + 1;
      const writerOf = `${name}${n}`;
      const id = `${writerOf}-${seq}`;
      try {
        if ((await storage.append(appendTo(key, seq, writerOf))) === 'stored') stored.add(id);
        else failed.add(id);
      } catch (error) {
        if (!(error instanceof StorageFailure)) throw error;
        if (error.outcome === 'nothing') failed.add(id);
        else unknown++;
      }
    }
  };
  const cutter = onServer(async (client) => {
    while (writing) {
      const cut = await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidemark' AND datname = current_database()",
      );
      cuts += cut.rowCount ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  });
  await Promise.all([writer(one, 'one'), writer(other, 'other')]).finally(() => {
    writing = false;
  });
  await cutter;
  const log = await logOf(one, key);
  const found = new Set(log.map(({ mutationId }) => mutationId));
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i + 1));
  expect([...stored].filter((id) => !found.has(id))).toEqual([]);
  expect([...failed].filter((id) => found.has(id))).toEqual([]);
  expect(cuts).toBeGreaterThan(10);
  expect(found.size).toBeLessThanOrEqual(stored.size + unknown);
});

describe('pokes', () => {
  const waitFor = async (condition: () => boolean): Promise<void> => {
    for (const end = Date.now() + 20_000; !condition(); ) {
      if (Date.now() > end) throw new Error('It did not come.');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  test('reach the other process, not the own one, and all subscribers after the connection was cut', async () => {
    const [here, there] = [one.openPokes(), other.openPokes()];
    const heard = { here: 0, there: 0, elsewhere: 0 };
    here.subscribe('app/a b', () => heard.here++);
    there.subscribe('app/a b', () => heard.there++);
    there.subscribe('app/c', () => heard.elsewhere++);
    // Each is poked once as it begins to listen.
    await waitFor(() => heard.here === 1 && heard.there === 1 && heard.elsewhere === 1);
    here.announce('app/a b');
    await waitFor(() => heard.there === 2);
    there.announce('app/a b');
    await waitFor(() => heard.here === 2);
    expect(heard).toEqual({ here: 2, there: 2, elsewhere: 1 });
    await onServer((client) =>
      client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidemark live' AND datname = current_database()",
      ),
    );
    await waitFor(() => heard.here === 3 && heard.there === 3 && heard.elsewhere === 2);
    here.announce('app/c');
    await waitFor(() => heard.elsewhere === 3);
    await Promise.all([here.close(), there.close()]);
  });
});
