import { defineApp, defineCollection, type JsonObject, LIMITS, PROTOCOL_VERSION, utf8Length } from '@tidemark/protocol';
import type { Mutation, PushedMutation, PushRequest } from '@tidemark/protocol/messages';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { createBench, type TestBench } from '../test-engine.suite.ts';

// What refuses a request or a group as a whole, to the number; and where an answer is a prefix.

const text = z.string().optional();
const appAt = (schemaVersion: number) => {
  const notes = defineCollection({
    name: 'notes',
    fields: { title: { schema: text }, body: { schema: text } },
  });
  return defineApp({ name: 'test', schemaVersion, collections: { notes } });
};

const mutation = (n: number, more: Partial<Mutation> = {}): Mutation & { readonly n: number } => ({
  mutationId: `m${n}`,
  collection: 'notes',
  id: `x${n}`,
  op: 'put',
  fields: { title: `t${n}` },
  was: {},
  base: 0,
  at: 1,
  ...more,
  n,
});
const voided = (n: number, mutationId = `m${n}`): PushedMutation => ({ mutationId, n, op: 'void' });

const send = (bench: TestBench, mutations: readonly PushedMutation[], more: Partial<PushRequest> = {}) =>
  bench.engine.push(bench.space, {
    protocolVersion: PROTOCOL_VERSION,
    clientId: 'a',
    schemaVersion: 1,
    mutations: [...mutations],
    ...more,
  });
const refusalOf = async (bench: TestBench, mutations: readonly PushedMutation[], more: Partial<PushRequest> = {}) => {
  const answer = await send(bench, mutations, more);
  return answer.ok ? undefined : { code: answer.error.code, details: answer.error.details };
};
const codesOf = async (bench: TestBench, mutations: readonly PushedMutation[]) => {
  const answer = await send(bench, mutations);
  return answer.ok
    ? [...answer.value.accepted.map(({ status }) => status), ...answer.value.rejected.map(({ code }) => code)]
    : answer.error.code;
};

describe('a request is refused as a whole', () => {
  it('with what its client needs to go on', async () => {
    const bench = createBench(appAt(1));
    await send(bench, [mutation(1), mutation(2)]);
    expect(await refusalOf(bench, [mutation(3), mutation(3, { mutationId: 'm1' })])).toEqual({
      code: 'MUTATION_REUSED',
      details: { mutationId: 'm1' },
    });
    expect(await refusalOf(bench, [mutation(3), mutation(5)])).toEqual({
      code: 'OUT_OF_ORDER',
      details: { mutationId: 'm5', expected: 4 },
    });
    expect(await refusalOf(bench, [mutation(2, { mutationId: 'new' })])).toEqual({
      code: 'CLIENT_REUSED',
      details: { mutationId: 'new', expected: 3 },
    });
    expect(await refusalOf(bench, [voided(2, 'new')])).toEqual({ code: 'CLIENT_REUSED', details: { mutationId: 'new', expected: 3 } });
    expect(await refusalOf(bench, [voided(4)])).toEqual({ code: 'OUT_OF_ORDER', details: { mutationId: 'm4', expected: 3 } });
    expect(await refusalOf(bench, [mutation(3, { schemaVersion: 2 })])).toEqual({
      code: 'SCHEMA_AHEAD',
      details: { mutationId: 'm3', schemaVersion: 1 },
    });
    expect(await refusalOf(bench, [mutation(3, { base: 3 })])).toEqual({ code: 'BASE_AHEAD', details: { mutationId: 'm3', head: 2 } });
    expect((await bench.storage.readSpace(bench.space.key))?.head).toBe(2);
  });

  it('where a base is above the head that the request came upon, though not above what it made itself', async () => {
    const bench = createBench(appAt(1));
    await send(bench, [mutation(1)]);
    expect(await refusalOf(bench, [mutation(2), mutation(3, { base: 2 })])).toMatchObject({ code: 'BASE_AHEAD', details: { head: 1 } });
    expect(await codesOf(bench, [mutation(2), mutation(3, { base: 1, id: 'x2', was: { title: 't2' } })])).toEqual(['applied', 'applied']);
    // A push that names our epoch shows that the log was cut off; a dry run only says so.
    const { epoch } = (await bench.storage.readSpace(bench.space.key)) ?? { epoch: '' };
    const dry = { protocolVersion: PROTOCOL_VERSION, clientId: 'a', schemaVersion: 1, mutations: [mutation(4, { base: 9, epoch })] };
    expect(await bench.engine.push(bench.space, dry, { dryRun: true })).toMatchObject({ error: { code: 'BASE_AHEAD' } });
  });

  it('where a newer process has written a record that it edits', async () => {
    const newer = createBench(appAt(2));
    await send(newer, [mutation(1)], { schemaVersion: 2 });
    const older = createBench(appAt(1), newer.storage);
    expect(await refusalOf(older, [mutation(2, { id: 'x1' })])).toEqual({
      code: 'SCHEMA_AHEAD',
      details: { mutationId: 'm2', schemaVersion: 1 },
    });
    expect(await codesOf(older, [voided(2), mutation(3)])).toEqual(['applied', 'VOIDED']);
  });

  it('not for what its client has given up in the same push', async () => {
    const bench = createBench(appAt(1));
    expect(await codesOf(bench, [voided(1), mutation(1), mutation(2)])).toEqual(['applied', 'VOIDED', 'VOIDED']);
    expect(await bench.engine.receipt(bench.space, 'm1')).toMatchObject({ verdict: 'rejected', hash: '', collection: '', id: '' });
  });

  it('never for what it has had an answer for, whatever that refers to by now', async () => {
    const newer = createBench(appAt(2));
    const older = createBench(appAt(1), newer.storage);
    await send(older, [mutation(1)]);
    await send(newer, [mutation(1, { mutationId: 'b', id: 'x1', fields: { body: 'b' } })], { clientId: 'b', schemaVersion: 2 });
    expect(await codesOf(older, [mutation(1)])).toEqual(['duplicate']);
  });
});

describe('a caller that keeps no counter', () => {
  it('may number its mutations as it likes, and is no device', async () => {
    const bench = createBench(appAt(1));
    await bench.engine.apply(bench.space, { clientId: 'rest', schemaVersion: 1, mutations: [mutation(7)] });
    const again = await bench.engine.apply(bench.space, { clientId: 'rest', schemaVersion: 1, mutations: [mutation(1), mutation(7)] });
    expect(again).toMatchObject({ ok: true, value: { ackedN: 0, accepted: [{ status: 'applied' }, { status: 'duplicate' }] } });
    expect(await bench.engine.devices(bench.space)).toMatchObject({ value: { devices: [] } });
  });
});

describe('a group', () => {
  const grouped = (n: number, more: Partial<Mutation> = {}) => mutation(n, { group: 'g', ...more });
  const bytesOf = (mutations: readonly Mutation[]) => mutations.reduce((sum, one) => sum + utf8Length(JSON.stringify(one)), 0);
  const half = 'ä'.repeat(60_000);

  /** Three members that take as many bytes of a request together. */
  const members = (bytes: number) => {
    const [first, second] = [grouped(1, { fields: { title: half, body: half } }), grouped(2, { fields: { title: half } })];
    const rest = bytes - bytesOf([first, second, grouped(3, { fields: { title: '' } })]);
    return [first, second, grouped(3, { fields: { title: 'x'.repeat(rest) } })];
  };

  it('may take 512 KiB of a request, and no byte more', async () => {
    expect(await codesOf(createBench(appAt(1)), members(LIMITS.groupBytesMax))).toEqual(['applied', 'applied', 'applied']);
    const tooLarge = ['GROUP_TOO_LARGE', 'GROUP_TOO_LARGE', 'GROUP_TOO_LARGE'];
    expect(await codesOf(createBench(appAt(1)), members(LIMITS.groupBytesMax + 1))).toEqual(tooLarge);
  });

  it('may make 512 KiB of records, and no byte more', async () => {
    const bytes = LIMITS.groupBytesMax / 4;
    const fieldsOf = (size: number): JsonObject => ({ body: 'b'.repeat(size - utf8Length('{"body":"","title":"t"}')) });
    const edit = (first: number, ...ids: readonly string[]) =>
      ids.map((id, index) => mutation(first + index, { op: 'patch', id, fields: { title: 't' }, was: {}, base: 5, group: `g${first}` }));
    const bench = createBench(appAt(1));
    await send(bench, [...[1, 2, 3, 4].map((n) => mutation(n, { fields: fieldsOf(bytes) })), mutation(5, { fields: fieldsOf(bytes + 1) })]);
    expect(await codesOf(bench, edit(6, 'x1', 'x2', 'x3', 'x5'))).toEqual(Array.from({ length: 4 }, () => 'GROUP_TOO_LARGE'));
    expect(await codesOf(bench, edit(10, 'x1', 'x2', 'x3', 'x4'))).toEqual(Array.from({ length: 4 }, () => 'applied'));
  });

  it('is refused for good with what was refused of it before, the rest of it as part of a refused group', async () => {
    const bench = createBench(appAt(1));
    await send(bench, [grouped(1, { fields: { other: 1 } })]);
    expect(await codesOf(bench, [grouped(1, { fields: { other: 1 } }), grouped(2), mutation(3)])).toEqual([
      'applied',
      'VALIDATION_FAILED',
      'GROUP_REFUSED',
    ]);
    expect(await codesOf(bench, [grouped(2)])).toEqual(['GROUP_REFUSED']);
    expect(await refusalOf(bench, [grouped(2, { fields: { title: 'other' } })])).toMatchObject({ code: 'MUTATION_REUSED' });
  });

  it('is known by its members, each with its content', async () => {
    const bench = createBench(appAt(1));
    expect(await codesOf(bench, [grouped(1), grouped(2)])).toEqual(['applied', 'applied']);
    expect(await codesOf(bench, [grouped(1), grouped(2)])).toEqual(['duplicate', 'duplicate']);
    const other = grouped(2, { fields: { title: 'other' } });
    expect(await refusalOf(bench, [grouped(1), other])).toEqual({ code: 'MUTATION_REUSED', details: { mutationId: 'm2' } });
  });

  it('takes a member once that stands twice in it, and none with two contents', async () => {
    const bench = createBench(appAt(1));
    expect(await codesOf(bench, [grouped(1), grouped(2, { mutationId: 'm1', id: 'x1', fields: { title: 't1' } })])).toEqual([
      'applied',
      'duplicate',
    ]);
    const other = grouped(4, { mutationId: 'm3', id: 'x3', fields: { title: 'other' } });
    expect(await refusalOf(bench, [grouped(3), other])).toEqual({ code: 'MUTATION_REUSED', details: { mutationId: 'm3' } });
  });

  it('may delete what never was', async () => {
    const bench = createBench(appAt(1));
    const absent: Mutation = {
      mutationId: 'm1',
      n: 1,
      collection: 'notes',
      id: 'never',
      op: 'delete',
      was: {},
      base: 0,
      at: 1,
      group: 'g',
    };
    expect(await codesOf(bench, [absent, grouped(2)])).toEqual(['applied', 'applied']);
  });

  it('stands together where its members do: between two others, beside another group, at both ends', async () => {
    const bench = createBench(appAt(1));
    const inG = (n: number) => grouped(n);
    const inH = (n: number) => mutation(n, { group: 'h' });
    expect(await codesOf(bench, [inG(1), inG(2), inH(3), inH(4), mutation(5)])).toEqual(Array.from({ length: 5 }, () => 'applied'));
    expect(await codesOf(bench, [inG(6), inH(7), inG(8), inH(9), inG(10), mutation(11)])).toEqual([
      'applied',
      ...Array.from({ length: 5 }, () => 'GROUP_SPLIT'),
    ]);
  });
});

describe('where a storage appends only so many changes at once', () => {
  const storageFor = (appendChangesMax: number): Storage => {
    const storage = createMemoryStorage();
    return { ...storage, capabilities: { ...storage.capabilities, appendChangesMax } };
  };

  it('the answer is a prefix, and the client goes on behind it', async () => {
    const bench = createBench(appAt(1), storageFor(2));
    const five = [1, 2, 3, 4, 5].map((n) => mutation(n));
    expect(await send(bench, five)).toMatchObject({ ok: true, value: { ackedN: 2, accepted: [{ seq: 1 }, { seq: 2 }] } });
    expect(await send(bench, five.slice(2))).toMatchObject({ ok: true, value: { ackedN: 4, accepted: [{ seq: 3 }, { seq: 4 }] } });
    expect(await send(bench, five.slice(4))).toMatchObject({ ok: true, value: { ackedN: 5, accepted: [{ seq: 5 }] } });
  });

  it('a group is never cut', async () => {
    const bench = createBench(appAt(1), storageFor(2));
    const group = [2, 3, 4].map((n) => mutation(n, { group: 'g' }));
    expect(await send(bench, [mutation(1), ...group, mutation(5)])).toMatchObject({ ok: true, value: { ackedN: 4, latestVersion: 4 } });
  });
});
