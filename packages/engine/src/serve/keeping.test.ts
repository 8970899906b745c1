import { defineApp, defineCollection } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench } from '../test-engine.suite.ts';

const app = defineApp({
  name: 'test',
  schemaVersion: 1,
  collections: { notes: defineCollection({ name: 'notes', fields: { title: { schema: z.string() } } }) },
});

/** x: one (seq 1) → two (seq 2) → deleted (seq 4); y: made at seq 3. A commit a second. */
const withHistory = async () => {
  const bench = createBench(app);
  const a = bench.client('a');
  const second = () => {
    bench.env.now += 1_000;
  };
  await a.push({ op: 'put', id: 'x', fields: { title: 'one' }, was: {} });
  second();
  await a.push({ op: 'patch', id: 'x', fields: { title: 'two' }, was: { title: 'one' }, base: 1 });
  second();
  await a.push({ op: 'put', id: 'y', fields: { title: 'y' }, was: {} });
  second();
  await a.push({ op: 'delete', id: 'x', was: { title: 'two' }, base: 2 });
  return bench;
};

describe('history, state and restore', () => {
  it('tells who changed a record, newest first, in pages', async () => {
    const bench = await withHistory();
    const all = await bench.engine.history(bench.space, { collection: 'notes', id: 'x' });
    expect(all).toMatchObject({
      ok: true,
      value: {
        compacted: false,
        entries: [
          { seq: 4, deleted: true, mutationId: 'a-4' },
          { seq: 2, fields: { title: 'two' } },
          { seq: 1, clientId: 'a' },
        ],
      },
    });
    const page = await bench.engine.history(bench.space, { collection: 'notes', id: 'x', limit: 2 });
    expect(page).toMatchObject({ value: { nextBefore: 1, compacted: false } });
    expect(await bench.engine.history(bench.space, { collection: 'notes', id: 'x', before: 1 })).toMatchObject({
      value: { entries: [{ seq: 1 }] },
    });
    expect(await bench.engine.history(bench.space, { collection: 'notes', id: 'none' })).toMatchObject({
      error: { code: 'RECORD_NOT_FOUND' },
    });
  });

  it('shows the state as of a seq and as of a time', async () => {
    const bench = await withHistory();
    const at2 = await bench.engine.stateAt(bench.space, { seq: 2 });
    expect(at2).toMatchObject({ value: { seq: 2, records: [{ id: 'x', fields: { title: 'two' } }] } });
    const session = await bench.engine.session(bench.space);
    expect(session.ok).toBe(true);
    const start = bench.env.now - 3_000;
    expect(await bench.engine.stateAt(bench.space, { asOf: start + 1_500 })).toMatchObject({ value: { seq: 2 } });
    expect(await bench.engine.stateAt(bench.space, { asOf: 5 })).toMatchObject({ value: { seq: 0, records: [] } });
  });

  it('restores a record, and the whole account, as new changes', async () => {
    const bench = await withHistory();
    const one = await bench.engine.restore(bench.space, { seq: 1, collection: 'notes', id: 'x' });
    expect(one).toMatchObject({ value: { restored: 1, latestVersion: 5 } });
    expect(await bench.fields('notes', 'x')).toEqual({ title: 'one' });
    expect(await bench.fields('notes', 'y')).toEqual({ title: 'y' });
    await bench.engine.restore(bench.space, { seq: 2 });
    expect([await bench.fields('notes', 'x'), await bench.fields('notes', 'y')]).toEqual([{ title: 'two' }, undefined]);
    expect(await bench.engine.restore(bench.space, { seq: 2 })).toMatchObject({ value: { restored: 0 } });
  });

  it('still tells states from the floor on after compaction, and refuses older ones', async () => {
    const bench = await withHistory();
    expect(await bench.engine.compact(bench.space, 3)).toMatchObject({ value: { floor: 3 } });
    expect(await bench.engine.stateAt(bench.space, { seq: 3 })).toMatchObject({
      value: { records: [{ id: 'x', fields: { title: 'two' } }, { id: 'y' }] },
    });
    expect(await bench.engine.stateAt(bench.space, { seq: 2 })).toMatchObject({
      error: { code: 'HISTORY_COMPACTED', details: { floor: 3 } },
    });
    expect(await bench.engine.history(bench.space, { collection: 'notes', id: 'x' })).toMatchObject({ value: { compacted: true } });
  });

  it('finds the log and digest sound, also after compaction', async () => {
    const bench = await withHistory();
    expect(await bench.engine.verify(bench.space)).toEqual({ records: 1, changes: 4, problems: [] });
    await bench.engine.compact(bench.space, 2);
    expect(await bench.engine.verify(bench.space)).toEqual({ records: 1, changes: 2, problems: [] });
  });
});

describe('erasing', () => {
  it('purges everything and tells old clients, who can never bring it back', async () => {
    const bench = await withHistory();
    const before = await bench.engine.session(bench.space);
    const oldCursor = await bench.engine.pull(bench.space, { clientId: 'r' });
    const erased = await bench.engine.erase(bench.space);
    expect(erased).toMatchObject({ ok: true });
    const spaceId = before.ok ? before.value.spaceId : '';
    expect(await bench.engine.pull(bench.space, { clientId: 'r', spaceId })).toMatchObject({ error: { code: 'SPACE_ERASED' } });
    const cursor = oldCursor.ok ? oldCursor.value.cursor : '';
    expect(await bench.engine.pull(bench.space, { clientId: 'r', cursor })).toMatchObject({ error: { code: 'SPACE_ERASED' } });
    const push = { protocolVersion: 1, clientId: 'a', schemaVersion: 1, spaceId, mutations: [] };
    expect(await bench.engine.push(bench.space, push)).toMatchObject({ error: { code: 'SPACE_ERASED' } });
    expect(await bench.engine.pull(bench.space, { clientId: 'new' })).toMatchObject({ ok: true, value: { rows: [], seq: 0 } });
  });
});

describe('many pushes at once', () => {
  it('share appends, keep each client in order and leave a sound log', async () => {
    const bench = createBench(app);
    const clients = Array.from({ length: 20 }, (_, i) => bench.client(`c${i}`));
    await Promise.all(
      clients.map((client, i) =>
        client.push(
          { op: 'put', id: `r${i}`, fields: { title: 'a' }, was: {} },
          { op: 'patch', id: `r${i}`, fields: { title: 'b' }, was: { title: 'a' } },
        ),
      ),
    );
    expect(await bench.engine.verify(bench.space)).toEqual({ records: 20, changes: 40, problems: [] });
    const row = await bench.storage.readSpace(bench.space.key);
    expect(row?.appends).toBeLessThan(22);
  });

  it('poke subscribers until they end it', async () => {
    const bench = createBench(app);
    let pokes = 0;
    const end = bench.engine.subscribe(bench.space, () => {
      pokes += 1;
    });
    const a = bench.client('a');
    await a.push({ op: 'put', id: 'x', fields: { title: 'a' }, was: {} });
    end();
    await a.push({ op: 'put', id: 'y', fields: { title: 'a' }, was: {} });
    expect(pokes).toBe(1);
  });

  it('are refused once the engine is closed', async () => {
    const bench = createBench(app);
    await bench.engine.close();
    await expect(bench.client('a').push({ op: 'put', id: 'x', fields: { title: 'a' }, was: {} })).rejects.toThrow('UNAVAILABLE');
  });
});
