import { readFile } from 'node:fs/promises';
import { createEngine, type SpaceRef } from '@tidemark/engine';
import { defineApp, defineCollection, type Query } from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import { createNodeEnv } from '@tidemark/server';
import type { Calls } from '@tidemark/storage/dynamodb';
import { expect, inject, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { freshTable } from './fresh-table.ts';

// What docs/COST.md says. Units as the emulator counts them, which are those of DynamoDB's documentation.

const notes = defineCollection({
  name: 'notes',
  fields: { title: { schema: z.string() }, body: { schema: z.string() }, done: { schema: z.boolean() } },
  indexes: [['done', 'title']],
  search: ['title'],
});
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });
const space: SpaceRef = { app: 'test', key: 'test/ann' };

interface Spent {
  readonly requests: string[];
  /** Read and write units. */
  reads: number;
  writes: number;
}

const nothing = (): Spent => ({ requests: [], reads: 0, writes: 0 });
const WRITING = ['transaction', 'write'];

/** Counts what passes. */
const createMeter = () => {
  let spent = nothing();
  const counted = async <Out extends object>(name: string, answer: Promise<Out>): Promise<Out> => {
    const given = await answer;
    spent.requests.push(name);
    const consumed: unknown = 'ConsumedCapacity' in given ? given.ConsumedCapacity : undefined;
    for (const one of Array.isArray(consumed) ? consumed : [consumed])
      spent[WRITING.includes(name) ? 'writes' : 'reads'] += one?.CapacityUnits ?? 0;
    return given;
  };
  const wrap = (calls: Calls): Calls => ({
    ...calls,
    getItem: (input) => counted('read', calls.getItem(input)),
    batchGetItem: (input) => counted('read', calls.batchGetItem(input)),
    query: (input) => counted('read', calls.query(input)),
    transactGetItems: (input) => counted('transactional read', calls.transactGetItems(input)),
    transactWriteItems: (input) => counted('transaction', calls.transactWriteItems(input)),
    batchWriteItem: (input) => counted('write', calls.batchWriteItem(input)),
  });
  const during = async (work: () => Promise<unknown>): Promise<Spent> => {
    spent = nothing();
    await work();
    return { ...spent, requests: [...spent.requests] };
  };
  return { wrap, during };
};

const puts = (from: number, count: number): Mutation[] =>
  Array.from({ length: count }, (_, i) => ({
    mutationId: `m${from + i}`,
    n: from + i,
    collection: 'notes',
    id: `note-${String(from + i).padStart(4, '0')}`,
    op: 'put',
    fields: { title: `Note ${from + i}`, body: 'x'.repeat(300), done: (from + i) % 2 === 0 },
    was: {},
    base: 0,
    at: 0,
  }));

/** Ids are random, so what is compressed is now some bytes longer and now shorter. */
const isNear = (measured: number, published: number): boolean => Math.abs(measured - published) <= Math.max(2, published * 0.05);

/** The table of docs/COST.md: what costs how many read and write units. */
const publishedUnits = async (): Promise<ReadonlyMap<string, readonly number[]>> => {
  const page = await readFile(new URL('../../docs/COST.md', import.meta.url), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(rows.map(([, name = '', , reads, writes]) => [name, [Number(reads), Number(writes)]]));
};

test('what pushes, pulls and queries cost', async () => {
  const table = await freshTable(inject('dynamoEndpoint'));
  const meter = createMeter();
  const storage = await table.open({ apps: [app], wrap: meter.wrap });
  onTestFinished(async () => {
    await storage.close();
    await table.drop();
  });
  const engine = createEngine({ storage, apps: [app], env: createNodeEnv() });
  let n = 1;
  const push = async (count: number) => {
    const request = { protocolVersion: 1, clientId: 'phone', schemaVersion: 1, mutations: puts(n, count) };
    n += count;
    expect(await engine.push(space, request)).toMatchObject({ ok: true, value: { accepted: { length: count } } });
  };
  let cursor: string | undefined;
  const pull = async () => {
    const page = await engine.pull(space, { clientId: 'phone', ...(cursor === undefined ? {} : { cursor }) });
    if (!page.ok) throw new Error(page.error.message);
    cursor = page.value.cursor;
  };
  const query = async (asked: Query) => expect(await engine.query(space, 'notes', asked)).toMatchObject({ ok: true });
  const ofDone = { where: { done: true }, orderBy: [['title', 'asc']], limit: 50 } satisfies Query;
  await push(1);
  const spent = {
    'push of 1 record': await meter.during(() => push(1)),
    'push of 25 records': await meter.during(() => push(25)),
    'push of 500 records': await meter.during(() => push(500)),
    'first pull of 527 records': await meter.during(pull),
    'idle pull': await meter.during(pull),
    'pull of 1 change': await push(1).then(() => meter.during(pull)),
    'look of a live stream': await meter.during(() => storage.readSpace(space.key)),
    'first query of an index': await meter.during(() => query(ofDone)),
    'query of 50 records': await meter.during(() => query(ofDone)),
    'query after 1 change': await push(1).then(() => meter.during(() => query(ofDone))),
    'search of 11 records': await meter
      .during(() => query({ search: 'note 52' }))
      .then(() => meter.during(() => query({ search: 'note 52' }))),
  };
  const published = await publishedUnits();
  for (const [name, { requests, reads, writes }] of Object.entries(spent)) {
    const kinds = [...new Set(requests)].map((kind) => `${requests.filter((one) => one === kind).length} ${kind}`);
    const line = `| ${name} | ${kinds.join(', ')} | ${reads} | ${writes} |`;
    console.log(line);
    const [publishedReads = -1, publishedWrites = -1] = published.get(name) ?? [];
    expect(isNear(reads, publishedReads) && isNear(writes, publishedWrites), `docs/COST.md says otherwise than ${line}`).toBe(true);
  }
  const transactions = ({ requests }: Spent) => requests.filter((one) => one === 'transaction').length;
  expect(transactions(spent['push of 25 records'])).toBe(1);
  expect(spent['idle pull']).toEqual({ requests: ['read'], reads: 2, writes: 0 });
  expect(spent['look of a live stream']).toEqual({ requests: ['read'], reads: 1, writes: 0 });
});
