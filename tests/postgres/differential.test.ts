import { createEngine, type Engine, printPull, type Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { counter, defineApp, defineCollection, type Env, type Json, newest, set, text } from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import * as z from 'zod';
import { freshTable } from '../dynamodb/fresh-table.ts';
import { emptyDatabase, type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { opened } from './opened.ts';

// Random commands on memory, SQLite, PostgreSQL and DynamoDB in lock-step: each answer, each refusal and each page must be the same.

const RUNS = Number(process.env.TIDEMARK_DIFFERENTIAL_RUNS ?? 40);

const optional = (schema: z.ZodType) => schema.optional();
const notes = defineCollection({
  name: 'notes',
  fields: {
    title: { schema: optional(z.string()) },
    rank: { schema: optional(z.number()), merge: newest() },
    done: { schema: optional(z.boolean()) },
    tags: { schema: optional(z.array(z.string())), merge: set() },
    count: { schema: optional(z.number()), merge: counter() },
    body: { schema: optional(z.string()), merge: text() },
  },
  indexes: [['title'], ['done', 'rank'], ['rank']],
  search: ['title', 'body'],
});
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });
const space = { app: 'test', key: 'test/ann' };

/** The same ids and times for each storage: how often an engine asks must not depend on where it stores. */
const countingEnv = (): Env & { now: number } => {
  let ids = 0;
  const env = {
    now: 1_700_000_000_000,
    wall: () => env.now,
    mono: () => env.now,
    random: () => 0.5,
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    setTimer: (delayMs: number, fire: () => void) => {
      const timer = setTimeout(fire, delayMs);
      return () => clearTimeout(timer);
    },
  };
  return env;
};

const client = fc.constantFrom('phone', 'tablet', 'desk');
const id = fc.constantFrom('a', 'b', 'B', 'é', 'e\u0301', '😀', '\uffff', 'z z', '#~');
const word = fc.constantFrom('Tide', 'tides', 'Ébbe', 'ebbe 2', '', '\u0001', 'a'.repeat(3_000), '😀 sea', 'ＳＥＡ');
const number = fc.constantFrom(0, -0, -1, 1, 1.5, 1e21, -1e-7, 2 ** 53 - 1, 0.1);
const fields = fc.record(
  {
    title: fc.oneof(word, fc.constant(null)),
    rank: fc.oneof(number, fc.constant(null)),
    done: fc.boolean(),
    tags: fc.array(word, { maxLength: 3 }),
    count: fc.nat({ max: 5 }),
    body: fc.array(word, { maxLength: 3 }).map((lines) => lines.join('\n')),
  },
  { requiredKeys: [] },
);
const edit = fc.record({
  op: fc.constantFrom('put', 'patch', 'patch', 'delete'),
  id,
  fields,
  base: fc.nat({ max: 40 }),
  ifRevision: fc.option(fc.nat({ max: 3 }), { freq: 8, nil: undefined }),
  isRepeat: fc.boolean(),
});
const where = fc.oneof(
  fc.constant({}),
  fc.record({ done: fc.boolean() }),
  fc.record({ title: fc.oneof(word, fc.constant(null)) }),
  fc.record({ rank: fc.record({ gte: number }) }),
  fc.record({ title: fc.record({ gt: word, lt: word }) }),
);
const query = fc.record(
  {
    where,
    orderBy: fc.constantFrom(
      [['title', 'asc']] as const,
      [['title', 'desc']] as const,
      [['rank', 'asc']] as const,
      [
        ['done', 'desc'],
        ['rank', 'desc'],
      ] as const,
    ),
    search: fc.constantFrom('tid', 'EB', 'sea', 'é 2'),
    limit: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ['limit'] },
);
const command = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('push' as const), client, edits: fc.array(edit, { minLength: 1, maxLength: 5 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pull' as const), client, limit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('query' as const), query }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const), id, at: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), id, at: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resolve' as const), choose: fc.constantFrom('mine' as const, 'theirs' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), floor: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('device' as const), client, name: word }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('erase' as const, 'epoch' as const, 'revoke' as const), client }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** One engine on one storage, and what its clients know. */
const createSide = (storage: Storage) => {
  const env = countingEnv();
  const engine = createEngine({ storage, apps: [app], env });
  const sent = new Map<string, Mutation[]>();
  const cursors = new Map<string, string>();
  const push = (of: Extract<Command, { do: 'push' }>) => {
    const before = sent.get(of.client) ?? [];
    const drawn = of.edits.map((one, i): Mutation => {
      const n = before.length + i + 1;
      const conditional = one.ifRevision === undefined ? {} : { ifRevision: one.ifRevision };
      const base = { mutationId: `${of.client}-${n}`, n, collection: 'notes', id: one.id, base: one.base, at: env.now - n, ...conditional };
      return one.op === 'delete' ? { ...base, op: 'delete' } : { ...base, op: one.op === 'put' ? 'put' : 'patch', fields: one.fields };
    });
    sent.set(of.client, [...before, ...drawn]);
    const again = of.edits.some(({ isRepeat }) => isRepeat) ? before.slice(-3) : [];
    return engine.push(space, { protocolVersion: 1, clientId: of.client, schemaVersion: 1, mutations: [...again, ...drawn] });
  };
  const pull = async (of: Extract<Command, { do: 'pull' }>) => {
    const cursor = cursors.get(of.client);
    const page = await engine.pull(space, { clientId: of.client, limit: of.limit, ...(cursor === undefined ? {} : { cursor }) });
    if (!page.ok) cursors.delete(of.client);
    else cursors.set(of.client, page.value.cursor);
    return page.ok ? printPull(page.value) : page;
  };
  return { env, engine, push, pull };
};
type Side = ReturnType<typeof createSide>;

const allPages = async (engine: Engine, asked: Extract<Command, { do: 'query' }>['query']): Promise<unknown[]> => {
  const pages: unknown[] = [];
  for (let cursor: string | undefined; ; ) {
    const answer = await engine.query(space, 'notes', { ...asked, ...(cursor === undefined ? {} : { cursor }) });
    pages.push(answer);
    cursor = answer.ok ? answer.value.nextCursor : undefined;
    if (cursor === undefined) return pages;
  }
};

const run = async (side: Side, of: Command): Promise<unknown> => {
  const { engine } = side;
  side.env.now += 7;
  switch (of.do) {
    case 'push':
      return side.push(of);
    case 'pull':
      return side.pull(of);
    case 'query':
      return allPages(engine, of.query);
    case 'look':
      return [
        await engine.history(space, { collection: 'notes', id: of.id, limit: 5 }),
        await engine.stateAt(space, { seq: of.at, limit: 3 }),
        await engine.conflicts(space, { state: 'all' }),
        await engine.change(space, of.at),
      ];
    case 'restore':
      return engine.restore(space, { seq: of.at, collection: 'notes', id: of.id });
    case 'resolve': {
      const open = await engine.conflicts(space, { state: 'open', limit: 1 });
      const first = open.ok ? open.value.conflicts[0] : undefined;
      return first === undefined
        ? open
        : engine.resolve(space, first.conflictId, { choose: of.choose, mutationId: `r-${first.conflictId}` });
    }
    case 'compact':
      return engine.compact(space, of.floor);
    case 'device':
      return engine.renameDevice(space, of.client, of.name);
    case 'revoke':
      return engine.revokeDevice(space, of.client);
    case 'erase':
      return engine.erase(space);
    case 'epoch':
      return engine.startEpoch(space);
  }
};

const wholeState = async ({ engine, storage }: { readonly engine: Engine; readonly storage: Storage }): Promise<Json> =>
  JSON.parse(
    JSON.stringify({
      digest: await engine.digest(space),
      devices: await engine.devices(space),
      problems: (await engine.verify(space)).problems,
      records: await storage.readRecords(space.key, { limit: 1_000, bytesMax: 1e9, tombstones: true }),
      log: await storage.readLog(space.key, { after: 0, limit: 10_000, bytesMax: 1e9 }),
    }),
  );

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(inject('postgresUrl'));
  await (await opened(database.url, { apps: [app] })).close();
});
afterAll(() => database.drop());

const openSqlite = async (): Promise<Storage> => {
  const result = await openSqliteStorage({ file: ':memory:', env: countingEnv(), apps: [app] });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

test(`${RUNS} runs of random commands answer the same on memory, SQLite, PostgreSQL and DynamoDB`, {
  timeout: 60_000 + RUNS * 3_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40, size: 'max' }), async (commands) => {
      await emptyDatabase(database.url);
      const table = await freshTable(inject('dynamoEndpoint'));
      const storages = [
        createMemoryStorage(),
        await openSqlite(),
        await opened(database.url, { apps: [app] }),
        await table.open({ apps: [app] }),
      ];
      try {
        const sides = storages.map((storage) => ({ ...createSide(storage), storage }));
        for (const [place, one] of commands.entries()) {
          const [memory, sqlite, postgres, dynamo] = await Promise.all(sides.map((side) => run(side, one)));
          expect(sqlite, `SQLite at command ${place}`).toEqual(memory);
          expect(postgres, `PostgreSQL at command ${place}`).toEqual(memory);
          expect(dynamo, `DynamoDB at command ${place}`).toEqual(memory);
        }
        const [memory, sqlite, postgres, dynamo] = await Promise.all(sides.map(wholeState));
        expect(memory).toMatchObject({ problems: [] });
        expect(sqlite).toEqual(memory);
        expect(postgres).toEqual(memory);
        expect(dynamo).toEqual(memory);
      } finally {
        await Promise.all(storages.map((storage) => storage.close()));
        await table.drop();
      }
    }),
    { numRuns: RUNS },
  );
});
