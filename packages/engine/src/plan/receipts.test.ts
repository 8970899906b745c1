import { defineApp, defineCollection, PROTOCOL_VERSION } from '@tidemark/protocol';
import type { Mutation, PushedMutation, PushRequest } from '@tidemark/protocol/messages';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBench, type Sketch, type TestBench } from '../test-engine.suite.ts';

const notes = defineCollection({ name: 'notes', fields: { title: { schema: z.string().max(5) } }, recordBytesMax: 200 });
const app = defineApp({ name: 'test', schemaVersion: 2, collections: { notes } });

const mutation = (n: number, sketch: Partial<Sketch> = {}): PushedMutation => ({
  mutationId: `m${n}`,
  n,
  collection: 'notes',
  id: `x${n}`,
  op: 'put',
  fields: { title: `t${n}` },
  was: {},
  base: 0,
  at: 1,
  ...sketch,
});

const send = (bench: TestBench, mutations: readonly PushedMutation[], more: Partial<PushRequest> = {}) =>
  bench.engine.push(bench.space, {
    protocolVersion: PROTOCOL_VERSION,
    clientId: 'a',
    schemaVersion: 2,
    mutations: [...mutations],
    ...more,
  });

const digestOf = async (bench: TestBench) => bench.engine.digest(bench.space);

describe('receipts', () => {
  it('answer a repeat with the first verdict, the record, and no second effect', async () => {
    const bench = createBench(app);
    await send(bench, [mutation(1), mutation(2)]);
    const before = await digestOf(bench);
    const again = await send(bench, [mutation(1), mutation(2), mutation(3)]);
    expect(again).toMatchObject({
      ok: true,
      value: {
        ackedN: 3,
        latestVersion: 3,
        accepted: [
          { status: 'duplicate', first: 'applied', seq: 1, record: { fields: { title: 't1' } } },
          { status: 'duplicate', seq: 2 },
          { status: 'applied', seq: 3 },
        ],
      },
    });
    expect(before).not.toEqual(await digestOf(bench));
  });

  it('hold across clients: the same mutation under another clientId uses its n and changes nothing', async () => {
    const bench = createBench(app);
    await send(bench, [mutation(1), mutation(2)]);
    const other = await send(bench, [{ ...mutation(2), n: 1 }], { clientId: 'b' });
    expect(other).toMatchObject({ ok: true, value: { ackedN: 1, latestVersion: 2, accepted: [{ status: 'duplicate' }] } });
  });

  it('refuse known ids with other content and store nothing of the request', async () => {
    const bench = createBench(app);
    await send(bench, [mutation(1)]);
    const reused = await send(bench, [mutation(2), mutation(3, { mutationId: 'm1' })]);
    expect(reused).toMatchObject({ ok: false, error: { code: 'MUTATION_REUSED', details: { mutationId: 'm1' } } });
    expect(await bench.fields('notes', 'x2')).toBeUndefined();
  });

  it('refuse an n that was used by another mutation, and one above the next', async () => {
    const bench = createBench(app);
    await send(bench, [mutation(1), mutation(2)]);
    expect(await send(bench, [mutation(2, { mutationId: 'new' })])).toMatchObject({ ok: false, error: { code: 'CLIENT_REUSED' } });
    expect(await send(bench, [mutation(4)])).toMatchObject({ ok: false, error: { code: 'OUT_OF_ORDER', details: { expected: 3 } } });
    expect(await send(bench, [mutation(3), mutation(5)])).toMatchObject({
      ok: false,
      error: { code: 'OUT_OF_ORDER', details: { expected: 4 } },
    });
    expect(await bench.fields('notes', 'x3')).toBeUndefined();
  });

  it('store what can be blamed on one mutation, use its n, and go on', async () => {
    const bench = createBench(app);
    const answer = await send(bench, [
      mutation(1, { fields: { title: 'too long' } }),
      mutation(2, { collection: 'none' }),
      mutation(3, { fields: { title: 'a\u0000b' } }),
      mutation(4),
    ]);
    expect(answer).toMatchObject({
      ok: true,
      value: {
        ackedN: 4,
        rejected: [{ code: 'VALIDATION_FAILED' }, { code: 'UNKNOWN_COLLECTION' }, { code: 'INVALID_STRING' }],
        accepted: [{ mutationId: 'm4' }],
      },
    });
    const again = await send(bench, [mutation(1, { fields: { title: 'too long' } })]);
    expect(again).toMatchObject({ ok: true, value: { rejected: [{ mutationId: 'm1', code: 'VALIDATION_FAILED' }], ackedN: 4 } });
  });

  it('answer a void with the stored verdict, or store one', async () => {
    const bench = createBench(app);
    await send(bench, [mutation(1)]);
    const voided = await send(bench, [
      { mutationId: 'm1', n: 1, op: 'void' },
      { mutationId: 'm2', n: 2, op: 'void' },
    ]);
    expect(voided).toMatchObject({
      ok: true,
      value: { ackedN: 2, accepted: [{ mutationId: 'm1', status: 'duplicate' }], rejected: [{ mutationId: 'm2', code: 'VOIDED' }] },
    });
    expect(await send(bench, [mutation(2)])).toMatchObject({ ok: true, value: { rejected: [{ code: 'VOIDED' }] } });
    expect(await bench.fields('notes', 'x2')).toBeUndefined();
  });

  it('check ifRevision, answer the current record, and store only the rejection', async () => {
    const bench = createBench(app);
    await send(bench, [mutation(1)]);
    const answer = await send(bench, [mutation(2, { id: 'x1', ifRevision: 0 }), mutation(3, { id: 'x1', op: 'patch', ifRevision: 1 })]);
    expect(answer).toMatchObject({
      ok: true,
      value: { rejected: [{ code: 'REVISION_MISMATCH', record: { revision: 1 } }], accepted: [{ revision: 2 }] },
    });
  });

  it('refuse a base above the head, another space, a newer schema and a protocol not spoken', async () => {
    const bench = createBench(app);
    expect(await send(bench, [mutation(1, { base: 7 })])).toMatchObject({ error: { code: 'BASE_AHEAD' } });
    expect(await send(bench, [mutation(1)], { spaceId: 'other' })).toMatchObject({ error: { code: 'WRONG_SPACE' } });
    expect(await send(bench, [mutation(1)], { schemaVersion: 3 })).toMatchObject({ error: { code: 'SCHEMA_AHEAD' } });
    expect(await send(bench, [mutation(1, { schemaVersion: 3 })])).toMatchObject({ error: { code: 'SCHEMA_AHEAD' } });
    expect(await send(bench, [], { protocolVersion: 99 })).toMatchObject({ error: { code: 'PROTOCOL_UNSUPPORTED' } });
    expect(
      await send(
        bench,
        Array.from({ length: 5_001 }, (_, i) => mutation(i + 1)),
      ),
    ).toMatchObject({ error: { code: 'TOO_MANY_MUTATIONS' } });
  });

  it('store nothing on a dry run and answer the same, but for the position that was stored', async () => {
    const bench = createBench(app);
    const request = {
      protocolVersion: PROTOCOL_VERSION,
      clientId: 'a',
      schemaVersion: 2,
      mutations: [mutation(1), mutation(2, { fields: { title: 'too long' } })],
    };
    const dry = await bench.engine.push(bench.space, request, { dryRun: true });
    expect(await bench.fields('notes', 'x1')).toBeUndefined();
    expect(dry).toMatchObject({ ok: true, value: { accepted: [{}], rejected: [{}] } });
    expect(await bench.engine.push(bench.space, request)).toEqual({
      ...dry,
      value: { ...(dry.ok && dry.value), pushed: expect.any(String) },
    });
  });

  it('are kept of a refusal alone, also for a caller that keeps no counter', async () => {
    const bench = createBench(app);
    const about = { mutationId: 'm1', n: 1, collection: 'notes', id: 'x', op: 'put', was: {}, base: 0, at: 1 } as const;
    const refused: Mutation = { ...about, fields: { title: 'too long' } };
    const apply = (mutations: readonly Mutation[]) => bench.engine.apply(bench.space, { clientId: 'app', schemaVersion: 2, mutations });
    const first = await apply([refused]);
    expect(first).toMatchObject({ value: { accepted: [], rejected: [{ code: 'VALIDATION_FAILED' }], latestVersion: 0 } });
    expect(await bench.engine.receipt(bench.space, 'm1')).toMatchObject({ verdict: 'rejected', seq: 0 });
    expect(await apply([refused])).toMatchObject({ value: { rejected: [{ code: 'VALIDATION_FAILED' }] } });
    expect(await apply([{ ...refused, fields: { title: 'short' } }])).toMatchObject({ error: { code: 'MUTATION_REUSED' } });
  });

  it('refuse a revoked client and keep the others', async () => {
    const bench = createBench(app);
    await send(bench, [mutation(1)]);
    await bench.engine.revokeDevice(bench.space, 'a');
    expect(await send(bench, [mutation(2)])).toMatchObject({ error: { code: 'CLIENT_REVOKED' } });
    expect(await bench.engine.pull(bench.space, { clientId: 'a' })).toMatchObject({ error: { code: 'CLIENT_REVOKED' } });
    expect(await send(bench, [{ ...mutation(1), n: 1 }], { clientId: 'b' })).toMatchObject({ ok: true });
  });
});

describe('groups', () => {
  const grouped = (n: number, sketch: Partial<Sketch> = {}) => mutation(n, { group: 'g', ...sketch });

  it('are all or nothing', async () => {
    const bench = createBench(app);
    const answer = await send(bench, [grouped(1), grouped(2, { fields: { title: 'too long' } }), mutation(3)]);
    expect(answer).toMatchObject({
      ok: true,
      value: {
        ackedN: 3,
        rejected: [
          { mutationId: 'm1', code: 'GROUP_REFUSED' },
          { mutationId: 'm2', code: 'VALIDATION_FAILED' },
        ],
        accepted: [{ mutationId: 'm3', seq: 1 }],
      },
    });
    expect(await bench.fields('notes', 'x1')).toBeUndefined();
    expect(await send(bench, [mutation(4, { group: 'h' }), mutation(5, { group: 'h' })])).toMatchObject({ value: { accepted: [{}, {}] } });
  });

  it('must stand together and stay small', async () => {
    const bench = createBench(app);
    const split = await send(bench, [grouped(1), mutation(2), grouped(3)]);
    expect(split).toMatchObject({
      value: {
        rejected: [
          { mutationId: 'm1', code: 'GROUP_SPLIT' },
          { mutationId: 'm3', code: 'GROUP_SPLIT' },
        ],
        accepted: [{ mutationId: 'm2' }],
      },
    });
    const large = await send(
      bench,
      Array.from({ length: 41 }, (_, i) => mutation(i + 4, { group: 'big' })),
    );
    expect(large.ok && large.value.rejected.every((rejected) => rejected.code === 'GROUP_TOO_LARGE')).toBe(true);
  });
});
