import { defineApp, defineCollection, PROTOCOL_VERSION } from '@tidemark/protocol';
import type { Mutation, PushRequest } from '@tidemark/protocol/messages';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createEngine } from '../create-engine.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { type Storage, StorageFailure } from '../storage/storage.ts';
import { createBench, createTestEnv } from '../test-engine.suite.ts';

const app = defineApp({
  name: 'test',
  schemaVersion: 1,
  collections: { notes: defineCollection({ name: 'notes', fields: { title: { schema: z.string() } } }) },
});
const space = { app: 'test', key: 'test/user' };

type Fault = 'none' | 'before' | 'after' | 'moved';

/** A storage whose appends fail as told: before anything is stored, after it was (outcome unknown), or by a lost compare. */
const faulty = (inner: Storage, faults: Fault[]): Storage => ({
  ...inner,
  append: async (batch) => {
    const fault = faults.shift() ?? 'none';
    if (fault === 'before') throw new StorageFailure('storage_full', 'nothing', 'disk full');
    if (fault === 'moved') return 'head_moved';
    const stored = await inner.append(batch);
    if (fault === 'after') throw new StorageFailure('storage_failed', 'unknown', 'connection lost');
    return stored;
  },
});

const request = (n: number, of: number): PushRequest => ({
  protocolVersion: PROTOCOL_VERSION,
  clientId: 'a',
  schemaVersion: 1,
  mutations: Array.from({ length: of }, (_, i): Mutation => {
    const number = n + i;
    return {
      mutationId: `m${number}`,
      n: number,
      collection: 'notes',
      id: `r${number % 3}`,
      op: 'put',
      fields: { title: `${number}` },
      was: {},
      base: 0,
      at: 0,
    };
  }),
});

describe('appends that fail', () => {
  it('never lose or repeat an acknowledged mutation, and never acknowledge a lost one (random)', async () => {
    const fault = fc.constantFrom<Fault>('none', 'before', 'after', 'moved');
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), async (faults, size) => {
        const inner = createMemoryStorage();
        const engine = createEngine({ storage: faulty(inner, ['none', ...faults]), apps: [app], env: createTestEnv() });
        for (let n = 1; n <= 8; n += size) {
          let acknowledged = false;
          for (let attempt = 0; attempt < 40 && !acknowledged; attempt += 1) {
            const answer = await engine.push(space, request(n, size));
            if (!answer.ok) expect(answer.error.code).toBe('STORAGE_FULL');
            acknowledged = answer.ok && answer.value.accepted.length === size;
          }
          expect(acknowledged).toBe(true);
        }
        const log = await inner.readLog(space.key, { after: 0, limit: 1_000, bytesMax: 1e9 });
        const ids = log.map((row) => row.mutationId);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBe(Math.ceil(8 / size) * size);
        expect(await engine.verify(space)).toMatchObject({ problems: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('refuse when the compare is lost for ever, without an endless loop', async () => {
    const engine = createEngine({
      storage: faulty(createMemoryStorage(), ['none', ...Array.from({ length: 1_000 }, (): Fault => 'moved')]),
      apps: [app],
      env: createTestEnv(),
    });
    expect(await engine.push(space, request(1, 1))).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
  });

  it('let two engines on one storage race: one log, each mutation once', async () => {
    const storage = createMemoryStorage();
    const engines = [
      createEngine({ storage, apps: [app], env: createTestEnv() }),
      createEngine({ storage, apps: [app], env: createTestEnv() }),
    ];
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => engines[i % 2]?.push(space, request(1, 5))));
    for (const answer of answers) expect(answer).toMatchObject({ ok: true, value: { ackedN: 5, latestVersion: 5 } });
    expect(await engines[0]?.verify(space)).toMatchObject({ changes: 5, problems: [] });
  });
});

describe('one poisonous mutation', () => {
  it('does not hold up the others, whatever derive or a rule throws', async () => {
    const notes = defineCollection({
      name: 'notes',
      fields: { title: { schema: z.string() }, length: { schema: z.number().optional(), derived: true } },
      derive: (_previous, next) => {
        if (next.title === 'poison') throw new Error('cannot count poison');
        return { length: String(next.title).length };
      },
    });
    const bench = createBench(defineApp({ name: 'test', schemaVersion: 1, collections: { notes } }));
    const put = (id: string, title: string) => ({ op: 'put' as const, id, fields: { title }, was: {} });
    const answer = await bench.client('a').push(put('x', 'one'), put('y', 'poison'), put('z', 'three'));
    expect(answer).toMatchObject({
      ackedN: 3,
      accepted: [{}, {}],
      rejected: [{ code: 'PLANNER_FAILED', message: expect.stringContaining('cannot count poison') }],
    });
    expect(await bench.fields('notes', 'z')).toEqual({ title: 'three', length: 5 });
    expect(await bench.engine.verify(bench.space)).toMatchObject({ problems: [] });
  });
});

it('a record that another process writes again before every read is refused for the moment, and kept from neither', async () => {
  const inner = createMemoryStorage();
  const other = createBench(app, inner).client('other');
  let isContended = false;
  let written = 0;
  const contended: Storage = {
    ...inner,
    load: async (key, keys) => {
      written += 1;
      if (isContended) await other.push({ op: 'patch', id: 'x', fields: { title: `theirs ${written}` }, was: {}, base: 1 });
      return inner.load(key, keys);
    },
  };
  const engine = createEngine({ storage: contended, apps: [app], env: createTestEnv() });
  await other.push({ op: 'put', id: 'x', fields: { title: 'o' } });
  const mine: Mutation = {
    mutationId: 'm',
    n: 1,
    collection: 'notes',
    id: 'x',
    op: 'patch',
    fields: { title: 'mine' },
    was: {},
    base: 1,
    at: 0,
  };
  const push: PushRequest = { protocolVersion: PROTOCOL_VERSION, clientId: 'a', schemaVersion: 1, mutations: [mine] };
  isContended = true;
  expect(await engine.push(space, push)).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
  isContended = false;
  expect(await engine.push(space, push)).toMatchObject({ ok: true, value: { accepted: [{ mutationId: 'm', status: 'conflict' }] } });
});
