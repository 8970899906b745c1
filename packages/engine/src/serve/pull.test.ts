import { decodeCursor, defineApp, defineCollection, type JsonObject } from '@tidemark/protocol';
import type { PullRequest } from '@tidemark/protocol/messages';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { PullPage } from '../engine.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { createBench, type TestBench } from '../test-engine.suite.ts';
import { printPull } from './print.ts';

const fields = { title: { schema: z.string() } };
const app = defineApp({
  name: 'test',
  schemaVersion: 1,
  collections: { notes: defineCollection({ name: 'notes', fields }), lists: defineCollection({ name: 'lists', fields }) },
});

const pullPage = async (bench: TestBench, request: Partial<PullRequest> = {}): Promise<PullPage> => {
  const page = await bench.engine.pull(bench.space, { clientId: 'reader', ...request });
  if (!page.ok) throw new Error(page.error.code);
  return page.value;
};

/** A reader that keeps states as docs/PROTOCOL.md says: newest seq wins, a reset replaces at its end. */
const createReader = (bench: TestBench, limit: number) => {
  let records = new Map<string, { seq: number; fields: JsonObject | undefined }>();
  let staged: typeof records | undefined;
  let cursor: string | undefined;
  return {
    cursor: () => cursor,
    records: () => Object.fromEntries([...records].filter(([, state]) => state.fields).map(([id, state]) => [id, state.fields])),
    /** One page; true while there are more. */
    step: async () => {
      const page = await pullPage(bench, { limit, ...(cursor === undefined ? {} : { cursor }) });
      if (page.reset) staged = new Map();
      const into = staged ?? records;
      for (const row of page.rows) {
        const key = `${row.collection}/${row.id}`;
        if ((into.get(key)?.seq ?? 0) < row.seq)
          into.set(key, { seq: row.seq, fields: row.deleted ? undefined : JSON.parse(row.fieldsJson ?? 'null') });
      }
      cursor = page.cursor;
      if (!page.hasMore && staged) {
        records = staged;
        staged = undefined;
      }
      return page.hasMore;
    },
    drain: async function () {
      while (await this.step());
    },
  };
};

const put = (id: string, title: string, collection = 'notes') => ({ op: 'put' as const, id, collection, fields: { title }, was: {} });

describe('pull', () => {
  it('answers a page of the log without parsing, and the same once printed', async () => {
    const bench = createBench(app);
    await bench.client('a').push(put('x', 'ä"\u2028'));
    const page = await pullPage(bench);
    const printed = JSON.parse(printPull(page));
    expect(printed).toMatchObject({
      changes: [{ collection: 'notes', id: 'x', seq: 1, revision: 1, fields: { title: 'ä"\u2028' } }],
      seq: 1,
      latestVersion: 1,
    });
    expect(printed.cursor).toBe(page.cursor);
  });

  it('costs nothing when there is nothing new', async () => {
    const bench = createBench(app);
    await bench.client('a').push(put('x', '1'));
    const first = createReader(bench, 100);
    await first.drain();
    const again = await pullPage(bench, { cursor: first.cursor() ?? '' });
    expect(again).toMatchObject({ rows: [], hasMore: false, seq: 1, ackedN: 0 });
    expect(again.reset).toBeUndefined();
  });

  it('answers ackedN only on the last page, and never more than the state holds', async () => {
    const bench = createBench(app);
    await bench.client('a').push(put('x', '1'), put('y', '2'), put('z', '3'));
    const page = await pullPage(bench, { clientId: 'a', limit: 2 });
    expect([page.hasMore, page.ackedN]).toEqual([true, undefined]);
  });

  it('converges in pages of any size while others write (random)', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), id: fc.integer({ min: 0, max: 5 }), remove: fc.boolean() }),
      fc.record({ kind: fc.constant('pull' as const) }),
      fc.record({ kind: fc.constant('compact' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 40 }), async (limit, steps) => {
        const bench = createBench(app);
        const writer = bench.client('w');
        const reader = createReader(bench, limit);
        const expected = new Map<string, JsonObject>();
        for (const [index, { kind, ...detail }] of steps.entries()) {
          if (kind === 'pull') await reader.step();
          if (kind === 'compact') {
            const session = await bench.engine.session(bench.space);
            if (session.ok) await bench.engine.compact(bench.space, session.value.latestVersion);
          }
          if (!('id' in detail)) continue;
          const id = `r${detail.id}`;
          if (detail.remove) await writer.push({ op: 'delete', id, was: {} });
          else await writer.push(put(id, `t${index}`));
          if (detail.remove) expected.delete(`notes/${id}`);
          else expected.set(`notes/${id}`, { title: `t${index}` });
        }
        await reader.drain();
        expect(reader.records()).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 200 },
    );
  });

  it('reads only the collections asked for, and resets when the set changes', async () => {
    const bench = createBench(app);
    await bench.client('a').push(put('x', '1'), put('y', '2', 'lists'));
    const one = await pullPage(bench, { collections: ['lists'] });
    expect(one.rows.map((row) => row.id)).toEqual(['y']);
    const end = await pullPage(bench, { collections: ['lists'], cursor: one.cursor });
    expect(end.hasMore).toBe(false);
    expect((await pullPage(bench, { cursor: end.cursor })).reset).toBe('floor');
  });

  it('resets a cursor below the floor, on the first page only', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    await a.push(put('x', '1'), put('y', '1'));
    const reader = createReader(bench, 100);
    await reader.drain();
    const old = reader.cursor() ?? '';
    await a.push({ op: 'delete', id: 'x', was: { title: '1' }, base: 1 }, put('z', '1'));
    await bench.engine.compact(bench.space, 4);
    const page = await pullPage(bench, { cursor: old, limit: 1 });
    expect(page.reset).toBe('floor');
    expect((await pullPage(bench, { cursor: page.cursor, limit: 1 })).reset).toBeUndefined();
    await reader.drain();
    expect(reader.records()).toEqual({ 'notes/y': { title: '1' }, 'notes/z': { title: '1' } });
  });

  it('refuses damaged cursors and those of other spaces', async () => {
    const bench = createBench(app);
    await bench.client('a').push(put('x', '1'));
    expect(await bench.engine.pull(bench.space, { clientId: 'r', cursor: 'nonsense' })).toMatchObject({ error: { code: 'BAD_CURSOR' } });
    const foreign = await bench.engine.pull({ app: 'test', key: 'test/other' }, { clientId: 'r' });
    const cursor = foreign.ok ? foreign.value.cursor : '';
    expect(await bench.engine.pull(bench.space, { clientId: 'r', cursor })).toMatchObject({ error: { code: 'WRONG_SPACE' } });
  });
});

describe('a server restored from an older backup', () => {
  /** Two engines: the lost one and one on an older copy of its space. */
  const restored = async () => {
    const lost = createBench(app);
    await lost.client('a').push(put('x', '1'));
    const session = await lost.engine.session(lost.space);
    const loaded = await lost.storage.load(lost.space.key, {
      records: [{ collection: 'notes', id: 'x' }],
      receipts: ['a-1'],
      clients: ['a'],
    });
    const storage = createMemoryStorage();
    if (!loaded.space || !session.ok) throw new Error('no space');
    const changes = await lost.storage.readLog(lost.space.key, { after: 0, limit: 10, bytesMax: 1e6 });
    await storage.append({
      expectedAppends: 0,
      space: { ...loaded.space, appends: 1 },
      changes,
      records: loaded.records,
      receipts: loaded.receipts,
      clients: loaded.clients,
    });
    return { lost, found: createBench(app, storage) };
  };

  it('notices at the first pull of a client that knows more, and says so to everybody after', async () => {
    const { lost, found } = await restored();
    const early = (await pullPage(lost)).cursor;
    await lost.client('b').push(put('y', 'lost'));
    const known = (await pullPage(lost, { cursor: early })).cursor;
    const page = await pullPage(found, { cursor: known });
    expect(page.reset).toBe('epoch');
    expect(page.epoch).not.toBe(decodeCursor(known)?.epoch);
    expect((await pullPage(found, { cursor: early })).reset).toBe('epoch');
    expect((await pullPage(found, { cursor: page.cursor })).reset).toBeUndefined();
  });

  it('notices a fork of equal length by the hash', async () => {
    const { lost, found } = await restored();
    await lost.client('b').push(put('y', 'lost'));
    const known = (await pullPage(lost)).cursor;
    await found.client('c').push(put('y', 'new'));
    expect((await pullPage(found, { cursor: known })).reset).toBe('epoch');
  });

  it('notices at a push of a client that never pulled what it had written', async () => {
    const { lost, found } = await restored();
    const { cursor, epoch } = await pullPage(lost);
    await lost.client('b').push({ op: 'patch', id: 'x', fields: { title: '2' }, was: { title: '1' }, base: 1 });
    const onTop = { op: 'patch' as const, id: 'x', fields: { title: '3' }, was: { title: '2' }, base: 2, epoch };
    await found.client('b2').push(onTop);
    expect((await pullPage(found, { cursor })).reset).toBe('epoch');
    expect(await found.fields('notes', 'x')).toEqual({ title: '3' });
  });

  it('notices at a push of what it had given a receipt for and lost', async () => {
    const { lost, found } = await restored();
    const { cursor, epoch } = await pullPage(lost);
    await lost.client('b').push(put('y', 'lost'));
    await found.client('b2').push({ ...put('y', 'lost'), mutationId: 'b-1', healed: { epoch, seq: 2 } });
    expect((await pullPage(found, { cursor })).reset).toBe('epoch');
  });

  it('notices it also where its log has grown past that since', async () => {
    const { lost, found } = await restored();
    const { cursor, epoch } = await pullPage(lost);
    await lost.client('b').push(put('y', 'lost'));
    await found.client('c').push(put('z', '1'), put('w', '1'));
    const offer = { ...put('y', 'lost'), mutationId: 'b-1', healed: { epoch, seq: 2 } };
    await found.client('b2').push(offer);
    const { reset, epoch: next } = await pullPage(found, { cursor });
    expect(reset).toBe('epoch');
    // What it has, it does not take for lost.
    await found.client('b3').push({ ...offer, healed: { epoch: next, seq: 4 } });
    expect((await pullPage(found)).epoch).toBe(next);
  });

  it('takes re-offered writes back in their old order, whatever arrives first', async () => {
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const { lost, found } = await restored();
      const epoch = (await pullPage(lost)).epoch;
      await lost.client('b').push({ op: 'patch', id: 'x', fields: { title: 'two' }, was: { title: '1' }, base: 1 });
      await lost.client('c').push({ op: 'patch', id: 'x', fields: { title: 'three' }, was: { title: 'two' }, base: 2 });
      await pullPage(found, { cursor: (await pullPage(lost)).cursor });
      const offers = {
        1: { mutationId: 'b-1', fields: { title: 'two' }, was: { title: '1' }, base: 1, healed: { epoch, seq: 2 } },
        2: { mutationId: 'c-1', fields: { title: 'three' }, was: { title: 'two' }, base: 2, healed: { epoch, seq: 3 } },
      };
      for (const which of order) {
        const offer = which === 1 ? offers[1] : offers[2];
        await found.client(`again-${which}`).push({ op: 'patch', id: 'x', epoch, ...offer });
      }
      expect(await found.fields('notes', 'x')).toEqual({ title: 'three' });
    }
  });

  it('treats a re-offered write as concurrent to what was written after the restore', async () => {
    const { lost, found } = await restored();
    const epoch = (await pullPage(lost)).epoch;
    await lost.client('b').push({ op: 'patch', id: 'x', fields: { title: 'lost' }, was: { title: '1' }, base: 1 });
    await pullPage(found, { cursor: (await pullPage(lost)).cursor });
    await found.client('d').push({ op: 'patch', id: 'x', fields: { title: 'new' }, was: { title: '1' }, base: 1 });
    const offer = { mutationId: 'b-1', fields: { title: 'lost' }, was: { title: '1' }, base: 1, epoch, healed: { epoch, seq: 2 } };
    const answer = await found.client('b2').push({ op: 'patch', id: 'x', ...offer });
    expect(answer.accepted[0]?.status).toBe('conflict');
  });

  it('treats it so also where that was written before anybody had noticed the restore', async () => {
    const { lost, found } = await restored();
    const epoch = (await pullPage(lost)).epoch;
    const b = lost.client('b');
    await b.push({ op: 'patch', id: 'x', fields: { title: 'lost' }, was: { title: '1' }, base: 1 });
    await found.client('d').push({ op: 'patch', id: 'x', fields: { title: 'new' }, was: { title: '1' }, base: 1 });
    await b.push({ op: 'patch', id: 'x', fields: { title: 'lost too' }, was: { title: 'lost' }, base: 2 });
    await pullPage(found, { cursor: (await pullPage(lost)).cursor });
    const offer = { op: 'patch' as const, id: 'x', base: 1, epoch };
    const answer = await found
      .client('b2')
      .push(
        { ...offer, mutationId: 'b-1', fields: { title: 'lost' }, was: { title: '1' }, healed: { epoch, seq: 2 } },
        { ...offer, mutationId: 'b-2', fields: { title: 'lost too' }, was: { title: 'lost' }, healed: { epoch, seq: 3 } },
      );
    expect(answer.accepted.map(({ status }) => status)).toEqual(['conflict', 'applied']);
  });

  it('keeps a record deleted whose delete comes back before its create', async () => {
    const { lost, found } = await restored();
    const epoch = (await pullPage(lost)).epoch;
    await lost.client('b').push(put('y', '1'));
    await lost.client('c').push({ op: 'delete', id: 'y', was: { title: '1' }, base: 2 });
    await pullPage(found, { cursor: (await pullPage(lost)).cursor });
    await found
      .client('c2')
      .push({ op: 'delete', id: 'y', was: { title: '1' }, base: 2, epoch, mutationId: 'c-1', healed: { epoch, seq: 3 } });
    await found.client('b2').push({ ...put('y', '1'), epoch, mutationId: 'b-1', healed: { epoch, seq: 2 } });
    expect(await found.fields('notes', 'y')).toBeUndefined();
  });
});
