import {
  CONFLICTS,
  canonicalJson,
  counter,
  defineApp,
  defineCollection,
  intervals,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonEqual,
  list,
  map,
  max,
  min,
  newest,
  newestBy,
  once,
  review,
  set,
  text,
  WHOLE_RECORD,
} from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { LogRow } from '../storage/storage.ts';
import { createBench, type TestBench } from '../test-engine.suite.ts';
import { type Acknowledged, ModelClient } from './model-client.suite.ts';

// 2 to 4 clients that edit, push any prefix any number of times, lose answers and pull page by page, against the real
// engine. The judge reads nothing but the log, the receipts and what was sent.

const optional = (schema: z.ZodType) => schema.optional();
const fields = {
  last: { schema: optional(z.string()) },
  newest: { schema: optional(z.string()), merge: newest() },
  review: { schema: optional(z.string()), merge: review() },
  quiet: { schema: optional(z.string()), quiet: true },
  max: { schema: optional(z.number()), merge: max() },
  min: { schema: optional(z.number()), merge: min() },
  once: { schema: optional(z.string()), merge: once() },
  newestBy: { schema: optional(z.string()), merge: newestBy('max') },
  counter: { schema: optional(z.number()), merge: counter() },
  set: { schema: optional(z.array(z.string())), merge: set() },
  map: { schema: optional(z.record(z.string(), z.number())), merge: map(counter()) },
  list: { schema: optional(z.array(z.record(z.string(), z.string()))), merge: list() },
  intervals: { schema: optional(z.array(z.object({ start: z.number(), end: z.number().optional() }))), merge: intervals() },
  text: { schema: optional(z.string()), merge: text() },
};
type Field = keyof typeof fields;
const NAMES = [
  'last',
  'newest',
  'review',
  'quiet',
  'max',
  'min',
  'once',
  'newestBy',
  'counter',
  'set',
  'map',
  'list',
  'intervals',
  'text',
] as const;
const appOf = (onDelete: 'deleteWins' | 'editWins') =>
  defineApp({ name: 'test', schemaVersion: 1, collections: { notes: defineCollection({ name: 'notes', fields, onDelete }) } });

/** A value of a field made from what is seen there and a number; each `v…` string is made but once. */
const nextValue = (field: Field, seen: Json | undefined, pick: number, unique: string): Json => {
  if (field === 'max' || field === 'min') return pick;
  if (field === 'counter') return (typeof seen === 'number' ? seen : 0) + (pick % 5) + 1;
  const items = Array.isArray(seen) ? [...seen] : [];
  if (field === 'set') return pick % 3 === 0 && items.length > 0 ? items.slice(1) : [...items, unique];
  if (field === 'list') return pick % 3 === 0 && items.length > 0 ? items.slice(1) : [...items, { id: unique, name: unique }];
  if (field === 'intervals') return [{ start: pick * 10, end: pick * 10 + 3 }];
  if (field === 'map') return { ...(isJsonObject(seen) ? seen : {}), [`k${pick % 3}`]: pick };
  if (field === 'text') return `${typeof seen === 'string' ? seen : ''}${unique}\n`;
  return unique;
};

const client = fc.nat({ max: 3 });
const record = fc.constantFrom('x', 'y');
const field = fc.constantFrom(...NAMES);
const pick = fc.nat({ max: 9 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('patch' as const), client, record, field, pick, other: fc.option(field, { nil: undefined }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('put' as const), client, record, field, pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), client, record, field }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), client, record }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('group' as const), client, field, pick, isBad: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('conditional' as const), client, record, pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void' as const), client }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resolve' as const), client, pick, choose: fc.constantFrom('mine', 'theirs') }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('push' as const), client, count: fc.integer({ min: 1, max: 4 }), isLost: fc.boolean() }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pull' as const), client, limit: fc.integer({ min: 1, max: 3 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const edit = (of: ModelClient, todo: Step, unique: string): void => {
  if (todo.do === 'patch' || todo.do === 'put') {
    const seen = of.view('notes', todo.record) ?? {};
    const names = todo.do === 'patch' && todo.other ? [todo.field, todo.other] : [todo.field];
    const changed = Object.fromEntries(names.map((name) => [name, nextValue(name, seen[name], todo.pick, unique)]));
    of.edit({ op: todo.do, id: todo.record, fields: changed });
  } else if (todo.do === 'clear') of.edit({ op: 'patch', id: todo.record, fields: { [todo.field]: null } });
  else if (todo.do === 'delete') of.edit({ op: 'delete', id: todo.record });
  else if (todo.do === 'conditional') of.edit({ op: 'put', id: todo.record, fields: { once: unique }, ifRevision: todo.pick });
  else if (todo.do === 'void') of.giveUp();
  else if (todo.do === 'group') {
    const patch = (id: string, bad: boolean) => {
      const value = nextValue(todo.field, of.view('notes', id)?.[todo.field], todo.pick, unique);
      of.edit({ op: 'put', id, fields: bad ? { nowhere: 1 } : { ...of.view('notes', id), [todo.field]: value }, group: unique });
    };
    patch('x', false);
    patch('y', todo.isBad);
  } else if (todo.do === 'resolve') {
    const open = of.openConflicts();
    const id = open[todo.pick % Math.max(1, open.length)];
    if (id !== undefined) of.edit({ collection: CONFLICTS, op: 'patch', id, fields: { choose: todo.choose } });
  }
};

const run = async (bench: TestBench, clients: readonly ModelClient[], steps: readonly Step[]): Promise<void> => {
  // A client learns of its space before it first pushes.
  for (const one of clients) await one.pull(1);
  for (const [index, todo] of steps.entries()) {
    bench.env.now += 7;
    const of = clients[todo.client % clients.length];
    if (of === undefined) continue;
    if (todo.do === 'push') await of.push(todo.count, todo.isLost);
    else if (todo.do === 'pull') await of.pull(todo.limit);
    else edit(of, todo, `v${index}`);
  }
  for (let round = 0; round < 2; round += 1) for (const one of clients) await one.settle();
};

const readAll = async (bench: TestBench): Promise<LogRow[]> =>
  bench.storage.readLog(bench.space.key, { after: 0, limit: 100_000, bytesMax: 1e12 });

const fieldsOf = (row: LogRow | undefined): JsonObject => (row?.fieldsJson ? JSON.parse(row.fieldsJson) : {});

/** Every replica equals the server, byte for byte, and server and log agree with themselves. */
const judgeConvergence = async (bench: TestBench, clients: readonly ModelClient[]): Promise<void> => {
  const rows = await bench.storage.readRecords(bench.space.key, { limit: 100_000, bytesMax: 1e12 });
  const server = Object.fromEntries(rows.map((row) => [`${row.collection}/${row.id}`, `${row.seq} ${row.fieldsJson}`] as const).sort());
  for (const one of clients) expect(one.live(), one.name).toEqual(server);
  expect(await bench.engine.verify(bench.space)).toMatchObject({ problems: [] });
};

/** Each acknowledged mutation has its receipt, and made one change at most; each client's came in its order. */
const judgeOnce = async (bench: TestBench, clients: readonly ModelClient[], log: readonly LogRow[]): Promise<void> => {
  const changes = log.filter((row) => row.collection !== CONFLICTS);
  const ids = changes.map((row) => row.mutationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { name, acknowledged, refused } of clients) {
    const mutationIds = [...acknowledged.map(({ mutation }) => mutation.mutationId), ...refused];
    const { receipts } = await bench.storage.load(bench.space.key, { records: [], receipts: mutationIds, clients: [] });
    expect(receipts.map((row) => row.mutationId).sort()).toEqual(mutationIds.sort());
    const made = changes.filter((row) => row.clientId === name).map((row) => Number(row.mutationId.split('-').at(-1)));
    expect(made).toEqual([...made].sort((a, b) => a - b));
  }
};

const PICKING: readonly string[] = ['last', 'newest', 'review', 'quiet'];

/** G5: whatever a client wrote into a field that picks one value stands in the record's log or in a conflict. */
const judgeMine = ({ mutation }: Acknowledged, log: readonly LogRow[]): void => {
  const ofRecord = log.filter((row) => row.collection === 'notes' && row.id === mutation.id).map(fieldsOf);
  const conflicts = log
    .filter((row) => row.collection === CONFLICTS)
    .map(fieldsOf)
    .filter((conflict) => conflict.id === mutation.id);
  for (const [name, value] of Object.entries(mutation.fields ?? {})) {
    if (!PICKING.includes(name) || value === null || jsonEqual(value, mutation.was?.[name])) continue;
    const isMine = (conflict: JsonObject): boolean => {
      const mine = conflict.field === WHOLE_RECORD && isJsonObject(conflict.mine) ? conflict.mine[name] : conflict.mine;
      return (conflict.field === name || conflict.field === WHOLE_RECORD) && jsonEqual(mine, value);
    };
    const isKept = ofRecord.some((state) => jsonEqual(state[name], value)) || conflicts.some(isMine);
    expect(isKept, `${mutation.mutationId} ${name} ${canonicalJson(value)}`).toBe(true);
  }
};

/** G5: what a write of another client replaced unseen is named by a conflict of the very mutation that replaced it. */
const judgeTheirs = (acknowledged: readonly Acknowledged[], log: readonly LogRow[]): void => {
  for (const { mutation, clientId } of acknowledged) {
    const at = log.find((row) => row.collection === 'notes' && row.mutationId === mutation.mutationId);
    if (at === undefined || mutation.ifRevision !== undefined || mutation.collection === CONFLICTS || mutation.op === 'delete') continue;
    const before = log.filter((row) => row.collection === 'notes' && row.id === mutation.id && row.seq < at.seq);
    const previous = before.at(-1);
    if (previous === undefined || previous.deleted) continue;
    for (const name of ['last', 'quiet']) {
      const value = fieldsOf(previous)[name];
      const mine = mutation.fields?.[name] ?? undefined;
      if (value === undefined || !Object.hasOwn(mutation.fields ?? {}, name)) continue;
      if ([mine, mutation.was?.[name], fieldsOf(at)[name]].some((other) => jsonEqual(value, other))) continue;
      const writer = before.findLast((row, index) => !jsonEqual(fieldsOf(before[index - 1])[name], fieldsOf(row)[name]));
      if (writer === undefined || writer.clientId === clientId || writer.seq <= mutation.base) continue;
      const named = log.some((row) => {
        const conflict = fieldsOf(row);
        return (
          row.collection === CONFLICTS &&
          row.mutationId === mutation.mutationId &&
          conflict.field === name &&
          jsonEqual(conflict.theirs, value)
        );
      });
      expect(named, `${mutation.mutationId} replaced ${canonicalJson(value)} of ${writer.mutationId} silently`).toBe(true);
    }
  }
};

/** Every addition counts exactly once, as long as nobody deleted the record, cleared the field or had an addition refused. */
const judgeCounter = (clients: readonly ModelClient[], log: readonly LogRow[]): void => {
  const acknowledged = clients.flatMap((one) => one.acknowledged);
  // What was queued on top of a refused edit holds that edit's value too.
  if (clients.some((one) => one.refused.size > 0)) return;
  const arrived = new Set(clients.flatMap((one) => [...one.arrived]));
  for (const id of ['x', 'y']) {
    const ofRecord = log.filter((row) => row.collection === 'notes' && row.id === id);
    const edits = acknowledged.filter(({ mutation }) => mutation.collection === 'notes' && mutation.id === id);
    const isCleared = ({ mutation: { was, fields: sent, op } }: Acknowledged) =>
      op !== 'patch' ? Object.hasOwn(was ?? {}, 'counter') : sent?.counter === null;
    if (ofRecord.length === 0 || ofRecord.some((row) => row.deleted) || edits.some(isCleared)) continue;
    if (edits.some(({ mutation }) => arrived.has(mutation.mutationId))) continue;
    const added = edits.map(({ mutation: { fields: sent, was } }) =>
      Object.hasOwn(sent ?? {}, 'counter') ? Number(sent?.counter) - Number(was?.counter ?? 0) : 0,
    );
    expect(Number(fieldsOf(ofRecord.at(-1)).counter ?? 0)).toBe(added.reduce((sum, one) => sum + one, 0));
  }
};

describe.each(['deleteWins', 'editWins'] as const)('with %s', (onDelete) => {
  it('clients converge, everything takes effect once, nothing is lost silently (random)', { timeout: 60_000 }, async () => {
    const app = appOf(onDelete);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 4 }), fc.array(step, { minLength: 20, maxLength: 60 }), async (count, steps) => {
        const bench = createBench(app);
        const clients = Array.from({ length: count }, (_, i) => new ModelClient(bench.engine, bench.space, `c${i}`, () => bench.env.now));
        await run(bench, clients, steps);
        const log = await readAll(bench);
        const acknowledged = clients.flatMap((one) => one.acknowledged);
        await judgeConvergence(bench, clients);
        await judgeOnce(bench, clients, log);
        for (const one of acknowledged) judgeMine(one, log);
        judgeTheirs(acknowledged, log);
        judgeCounter(clients, log);
      }),
      { numRuns: 500 },
    );
  });
});
