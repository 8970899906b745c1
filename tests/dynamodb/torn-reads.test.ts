import { createEngine, type Engine } from '@tidemark/engine';
import { defineApp, defineCollection, type JsonObject, max } from '@tidemark/protocol';
import { createNodeEnv } from '@tidemark/server';
import type { DynamoStorage } from '@tidemark/storage/dynamodb';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import * as z from 'zod';
import { chooseSeed, seededRandom } from '../process/seeded-random.ts';
import { type FreshTable, freshTable } from './fresh-table.ts';
import { createTorn } from './torn-calls.ts';

const tallies = defineCollection({
  name: 'tallies',
  fields: { count: { schema: z.number().optional(), merge: max() }, title: { schema: z.string().optional() } },
});
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { tallies } });
const space = { app: 'test', key: 'test/ann' };

const PUSHES_MIN = 15;
/** So many snapshots begin while others write. */
const SNAPSHOTS = 5;
const RECORDS = 4;

let table: FreshTable;
const storages: DynamoStorage[] = [];
beforeEach(async () => {
  table = await freshTable(inject('dynamoEndpoint'));
});
afterEach(async () => {
  await Promise.all(storages.splice(0).map((storage) => storage.close()));
  await table.drop();
});

/** Servers of their own over the table, all behind one fake. */
const engines = async (count: number, random: () => number): Promise<Engine[]> => {
  const torn = createTorn(random);
  return Promise.all(
    Array.from({ length: count }, async () => {
      const storage = await table.open({ apps: [app], wrap: torn.wrap });
      storages.push(storage);
      return createEngine({ storage, apps: [app], env: createNodeEnv() });
    }),
  );
};

/** Edits the records in turn, push by push. */
const writeWhile = async (engine: Engine, clientId: string, random: () => number, goesOn: () => boolean): Promise<void> => {
  let n = 0;
  for (let push = 0; push < PUSHES_MIN || goesOn(); push++) {
    // One that all write, and one that nobody writes again: if a reader misses it, it misses it for good.
    const ids = [`r${Math.floor(random() * RECORDS)}`, `${clientId}-${push}`];
    const mutations = ids.map((id) => {
      n += 1;
      const fields = { count: n, title: id };
      return { mutationId: `${clientId}-${n}`, n, collection: 'tallies', id, op: 'put' as const, fields, was: {}, base: 0, at: n };
    });
    for (;;) {
      const answer = await engine.push(space, { protocolVersion: 1, clientId, schemaVersion: 1, mutations });
      if (answer.ok) break;
      expect(answer.error.code).toBe('UNAVAILABLE');
    }
  }
};

type Replica = { readonly records: Map<string, JsonObject>; cursor: string | undefined };

/** Pulls to the end and applies it, as a client does: no record is replaced by a lower seq. */
const follow = async (engine: Engine, replica: Replica): Promise<void> => {
  for (;;) {
    const page = await engine.pull(space, {
      clientId: 'reader',
      limit: 3,
      ...(replica.cursor === undefined ? {} : { cursor: replica.cursor }),
    });
    if (!page.ok) throw new Error(page.error.message);
    for (const { id, seq, fieldsJson } of page.value.rows)
      if (seq > Number(replica.records.get(id)?.seq ?? 0)) replica.records.set(id, { seq, fields: JSON.parse(fieldsJson ?? '{}') });
    replica.cursor = page.value.cursor;
    if (!page.value.hasMore) return;
  }
};

test('reads that see a transaction bit by bit lose no write, no change and no order', { timeout: 60_000 }, async () => {
  const seed = chooseSeed();
  const random = seededRandom(seed);
  const [one, other, reader] = await engines(3, random);
  if (one === undefined || other === undefined || reader === undefined) throw new Error('three engines');
  const replicas: Replica[] = [];
  let isWriting = true;
  const reading = (async () => {
    while (isWriting) {
      // Each begins with a snapshot in the middle of the writing, and goes on with the log.
      replicas.push({ records: new Map(), cursor: undefined });
      for (const replica of replicas.slice(-3)) await follow(reader, replica);
    }
  })();
  const goesOn = () => replicas.length < SNAPSHOTS;
  await Promise.all([writeWhile(one, 'one', random, goesOn), writeWhile(other, 'other', random, goesOn)]);
  isWriting = false;
  await reading;
  expect(await one.verify(space), `seed ${seed}`).toMatchObject({ problems: [] });
  const whole: Replica = { records: new Map(), cursor: undefined };
  await follow(one, whole);
  // A plan made from an old state would count its revision twice, or leave a change out of the chain.
  const log = await storages[0]?.readLog(space.key, { after: 0, limit: 10_000, bytesMax: 1e9 });
  for (let r = 0; r < RECORDS; r++) {
    const changes = log?.filter(({ id }) => id === `r${r}`) ?? [];
    expect(
      changes.map(({ revision, prevSeq }) => [revision, prevSeq]),
      `seed ${seed}`,
    ).toEqual(changes.map((_, i) => [i + 1, changes[i - 1]?.seq ?? 0]));
  }
  for (const replica of replicas) {
    await follow(reader, replica);
    expect(Object.fromEntries(replica.records), `seed ${seed}`).toEqual(Object.fromEntries(whole.records));
  }
});
