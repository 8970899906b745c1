import { counter, defineApp, defineCollection, type JsonObject, review } from '@tidemark/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench, type Sketch, type TestBench } from '../test-engine.suite.ts';

// What a repeat is answered, and what is left of a push of which something was refused.

const text = z.string().max(20).optional();
const notes = defineCollection({
  name: 'notes',
  fields: { title: { schema: text, merge: review() }, note: { schema: text }, count: { schema: z.number().optional(), merge: counter() } },
});
const app = defineApp({ name: 'test', schemaVersion: 1, collections: { notes } });

const put = (id: string, fields: JsonObject, more: Partial<Sketch> = {}): Sketch => ({ op: 'put', id, fields, was: {}, ...more });
const patch = (id: string, fields: JsonObject, was: JsonObject, more: Partial<Sketch> = {}): Sketch => ({
  op: 'patch',
  id,
  fields,
  was,
  base: 1,
  ...more,
});
const bad = (id: string, more: Partial<Sketch> = {}): Sketch => put(id, { title: 'longer than a title may be' }, more);

const appendsOf = async ({ storage, space }: TestBench) => (await storage.readSpace(space.key))?.appends;
const devicesOf = async ({ engine, space }: TestBench) => {
  const answer = await engine.devices(space);
  return answer.ok ? answer.value.devices : [];
};
const problemsOf = async ({ engine, space }: TestBench) => (await engine.verify(space)).problems;

describe('a repeat', () => {
  it('of a refusal is answered with all that the first answer said', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    const pushes: Sketch[] = [bad('x'), put('', {}), put('y', {}, { collection: 'none' }), put('z', {}, { ifRevision: 3 })];
    const first = await a.push(...pushes);
    expect(first.rejected.map(({ code }) => code)).toEqual(['VALIDATION_FAILED', 'INVALID_ID', 'UNKNOWN_COLLECTION', 'REVISION_MISMATCH']);
    const again = await a.push(...pushes.map((one, index) => ({ ...one, n: index + 1 })));
    expect(again.rejected).toEqual(first.rejected);
    expect(again.ackedN).toBe(4);
  });

  it('of an edit of another revision is answered with the record as it is now, of any other refusal without it', async () => {
    const bench = createBench(app);
    await bench.client('a').push(put('x', { note: 'a' }));
    const b = bench.client('b');
    const refused = [put('x', { note: 'b' }, { ifRevision: 0, n: 1 }), bad('x', { n: 2 })];
    const first = await b.push(...refused);
    expect(first.rejected).toMatchObject([{ details: { revision: 1 }, record: { fields: { note: 'a' }, revision: 1 } }, {}]);
    await bench.client('a').push({ ...patch('x', { note: 'aa' }, { note: 'a' }), n: 2 });
    const again = await b.push(...refused);
    expect(again.rejected).toMatchObject([{ details: { revision: 1 }, record: { fields: { note: 'aa' }, revision: 2 } }, {}]);
    expect(again.rejected[1]).not.toHaveProperty('record');
  });

  it('of a conflict names it again', async () => {
    const bench = createBench(app);
    await bench.client('a').push(put('x', { title: 'o' }));
    await bench.client('b').push(patch('x', { title: 'b' }, { title: 'o' }));
    const c = bench.client('c');
    const edit = { ...patch('x', { title: 'c' }, { title: 'o' }), n: 1 };
    const first = await c.push(edit);
    const again = await c.push(edit);
    expect(first.accepted[0]?.conflictIds).toHaveLength(1);
    const [{ conflictIds, record, seq, revision } = {}] = first.accepted;
    expect(again.accepted).toEqual([{ mutationId: 'c-1', status: 'duplicate', first: 'conflict', seq, revision, record, conflictIds }]);
  });

  it('of what changed nothing of a record that never was is answered without one', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    const absent: Sketch = { op: 'delete', id: 'x', was: {}, n: 1 };
    expect((await a.push(absent)).accepted).toEqual([{ mutationId: 'a-1', status: 'applied', seq: 0, revision: 0 }]);
    expect((await a.push(absent)).accepted).toEqual([{ mutationId: 'a-1', status: 'duplicate', first: 'applied', seq: 0, revision: 0 }]);
  });

  it('stores nothing; under another client only that this one has come so far', async () => {
    const bench = createBench(app);
    const mutations = [put('x', { note: 'a' }, { n: 1 }), bad('y', { n: 2 })];
    await bench.client('a').push(...mutations);
    const appends = (await appendsOf(bench)) ?? 0;
    await bench.client('a').push(...mutations);
    expect(await appendsOf(bench)).toBe(appends);
    const known = mutations.map((one, index) => ({ ...one, mutationId: `a-${index + 1}` }));
    expect(await bench.client('b').push(...known)).toMatchObject({ ackedN: 2, latestVersion: 1 });
    expect(await appendsOf(bench)).toBe(appends + 1);
    await bench.client('b').push(...known);
    expect(await appendsOf(bench)).toBe(appends + 1);
  });
});

describe('a client', () => {
  it('is known from its first push on, though that is empty, and keeps its name and its first time', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    const began = bench.env.now;
    await a.push();
    const devices = await devicesOf(bench);
    const { firstSeenAt = 0 } = devices[0] ?? {};
    expect(devices).toMatchObject([{ clientId: 'a', lastSeenAt: firstSeenAt, revoked: false }]);
    expect(firstSeenAt).toBeGreaterThanOrEqual(began);
    const appends = await appendsOf(bench);
    await a.push();
    expect(await appendsOf(bench)).toBe(appends);
    await bench.engine.renameDevice(bench.space, 'a', 'kitchen');
    bench.env.now += 5_000;
    await a.push(put('x', {}));
    expect(await devicesOf(bench)).toMatchObject([{ clientId: 'a', name: 'kitchen', firstSeenAt, lastSeenAt: began + 5_000 }]);
  });
});

describe('what was refused', () => {
  it('as a group leaves what stood before it in the same push as it was', async () => {
    const bench = createBench(app);
    const answer = await bench
      .client('a')
      .push(
        put('x', { note: 'o', count: 1 }),
        put('y', { note: 'o' }),
        { ...patch('x', { note: 'g' }, { note: 'o' }, { base: 0 }), group: 'g' },
        { ...patch('x', { count: 2 }, { count: 1 }, { base: 0 }), group: 'g' },
        { op: 'delete', id: 'y', was: { note: 'o' }, group: 'g' },
        { ...put('z', {}), group: 'g' },
        { ...bad('w'), group: 'g' },
        patch('y', { count: 5 }, {}, { base: 0 }),
      );
    expect(answer).toMatchObject({ latestVersion: 3, ackedN: 8, accepted: [{ seq: 1 }, { seq: 2 }, { seq: 3, revision: 2 }] });
    expect(answer.rejected.map(({ code }) => code)).toEqual([...Array.from({ length: 4 }, () => 'GROUP_REFUSED'), 'VALIDATION_FAILED']);
    expect(await bench.fields('notes', 'x')).toEqual({ note: 'o', count: 1 });
    expect(await bench.fields('notes', 'y')).toEqual({ note: 'o', count: 5 });
    expect(await bench.fields('notes', 'z')).toBeUndefined();
    expect(await problemsOf(bench)).toEqual([]);
  });

  it('as a group leaves a space of which it would have been the first as if it had never come', async () => {
    const bench = createBench(app);
    await bench.client('a').push({ ...put('x', {}), group: 'g' }, { ...bad('y'), group: 'g' });
    const untouched = createBench(app);
    await untouched.client('a').push(bad('y'));
    expect((await bench.storage.readSpace(bench.space.key))?.digest).toEqual(
      (await untouched.storage.readSpace(untouched.space.key))?.digest,
    );
    expect(await problemsOf(bench)).toEqual([]);
  });

  it('keeps the verdicts of those that stood around it', async () => {
    const bench = createBench(app);
    const a = bench.client('a');
    const mutations = [put('x', {}, { n: 1 }), bad('y', { n: 2 }), put('z', {}, { n: 3 })];
    await a.push(...mutations);
    const again = await a.push(...mutations);
    expect(again.accepted).toMatchObject([
      { mutationId: 'a-1', status: 'duplicate', seq: 1 },
      { mutationId: 'a-3', status: 'duplicate', seq: 2 },
    ]);
    expect(again.rejected).toMatchObject([{ mutationId: 'a-2', code: 'VALIDATION_FAILED' }]);
  });

  it('as a group leaves no conflict of its members, nor a trace of one on the record', async () => {
    const bench = createBench(app);
    await bench.client('a').push(put('x', { title: 'o' }));
    await bench.client('b').push(patch('x', { title: 'b' }, { title: 'o' }));
    const edit = patch('x', { title: 'c' }, { title: 'o' });
    const c = bench.client('c');
    await c.push({ ...edit, group: 'g' }, { ...bad('y'), group: 'g' });
    expect(await bench.engine.conflicts(bench.space, { state: 'all' })).toMatchObject({ value: { conflicts: [] } });
    expect((await c.push(edit)).accepted).toMatchObject([{ status: 'conflict', seq: 2 }]);
    expect(await bench.engine.conflicts(bench.space, { state: 'all' })).toMatchObject({ value: { conflicts: [{ mine: 'c' }] } });
  });
});
