import { createEngine, type Storage } from '@tidemark/engine';
import { createMemoryAccounts } from '@tidemark/engine/accounts';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { createNodeEnv } from '@tidemark/server';
import { expect, test } from 'vitest';
import { APPS } from '../apps.ts';
import { spaceOf } from '../spaces.ts';
import { unfinishedMove } from './mark.ts';
import { moveServer, type Place } from './move-server.ts';

const quiet = { begin: () => {}, done: () => {} };
const place = (): Place => ({ storage: createMemoryStorage(), accounts: createMemoryAccounts() });
const ANN = spaceOf('time-tracker', 'ann');
const BOB = spaceOf('time-tracker', 'bob');
const engineOn = ({ storage }: Place) => createEngine({ storage, apps: APPS, env: createNodeEnv() });

const push = async (on: Place, space: typeof ANN, clientId: string, from: number, count: number, over: object = {}) => {
  const mutations = Array.from({ length: count }, (_, i) => ({
    mutationId: `${clientId}-${from + i}`,
    n: from + i,
    collection: 'tasks',
    id: `t${(from + i) % 900}`,
    op: 'put' as const,
    fields: { title: `${clientId} ${from + i}`, archived: false, tags: [], intervals: [], updatedAt: from + i },
    base: 0,
    at: 5,
    ...over,
  }));
  const answer = await engineOn(on).push(space, { protocolVersion: 1, clientId, schemaVersion: 1, mutations });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};

const openOld = async (): Promise<Place> => {
  const old = place();
  await push(old, ANN, 'phone', 1, 2_100);
  await push(old, ANN, 'laptop', 1, 30);
  await push(old, ANN, 'laptop', 31, 1, { op: 'delete', fields: undefined, id: 't5', base: 2_100 });
  await push(old, ANN, 'laptop', 32, 1, { fields: { title: 7 } });
  await engineOn(old).renameDevice(ANN, 'phone', 'My phone');
  await push(old, BOB, 'tablet', 1, 40);
  await engineOn(old).compact(BOB, 25);
  await engineOn(old).session(spaceOf('time-tracker', 'nobody-yet'));
  for (let i = 0; i < 50; i++)
    await old.accounts.write([
      { kind: 'put', owner: `owner${i % 7}`, id: `i${i}`, expected: 0, expiresAt: i % 2 ? i : null, json: `{"i":${i}}` },
    ]);
  return old;
};

/** A place whose `at`-th write from now fails, before it is stored or after. */
const failing = ({ storage, accounts }: Place, at: number): Place => {
  let writes = 0;
  const write = async <T>(store: () => Promise<T>): Promise<T> => {
    writes += 1;
    if (writes === at && at % 2 === 0) throw new Error('cut off');
    const stored = await store();
    if (writes === at) throw new Error('cut off');
    return stored;
  };
  const cut: Storage = { ...storage, append: (batch) => write(() => storage.append(batch)) };
  return { storage: cut, accounts: { ...accounts, write: (batch) => write(() => accounts.write(batch)) } };
};

test('a move that is cut off at every write in turn ends with everything once', async () => {
  const old = await openOld();
  const next = place();
  let cuts = 0;
  for (let at = 1; ; at = (at % 3) + 1) {
    const moved = await moveServer(old, failing(next, at), 'the old place', quiet).catch(() => undefined);
    if (moved?.ok === true) break;
    expect(moved).toBeUndefined();
    cuts += 1;
    if (cuts > 1) expect(await unfinishedMove(next.accounts)).toContain('migrate');
    expect(cuts).toBeLessThan(100);
  }
  expect(cuts).toBeGreaterThan(5);
  expect(await unfinishedMove(next.accounts)).toBeUndefined();
  for (const space of [ANN, BOB]) {
    expect((await engineOn(next).verify(space)).problems).toEqual([]);
    expect(await next.storage.readSpace(space.key)).toEqual({ ...(await old.storage.readSpace(space.key)), appends: expect.any(Number) });
    expect(await next.storage.readClients(space.key)).toEqual(await old.storage.readClients(space.key));
    const receipts = { limit: 5_000 };
    expect(await next.storage.readReceipts(space.key, receipts)).toEqual(await old.storage.readReceipts(space.key, receipts));
  }
  const cursor = (await engineOn(old).position(ANN, { seq: 7 })).cursor ?? '';
  expect(await engineOn(next).pull(ANN, { clientId: 'phone', cursor })).toMatchObject({ ok: true, value: { rows: expect.any(Array) } });
  expect(await push(next, ANN, 'laptop', 32, 1, { fields: { title: 7 } })).toMatchObject({ rejected: [{ mutationId: 'laptop-32' }] });
});

test('what was written to the old place between two runs is moved by the second; then both are compared', async () => {
  const old = await openOld();
  const next = place();
  await expect(moveServer(old, failing(next, 6), 'here', quiet)).rejects.toThrow('cut off');
  await push(old, ANN, 'phone', 2_101, 5);
  await engineOn(old).compact(ANN, 1_500);
  await old.accounts.write([{ kind: 'delete', owner: 'owner1', id: 'i1', expected: 1 }]);
  expect(await moveServer(old, next, 'here', quiet)).toMatchObject({ ok: true, value: { spaces: 3, before: false } });
  expect(await moveServer(old, next, 'here', quiet)).toMatchObject({ ok: true, value: { before: true } });
});

test('a place that is not empty, or to which another move was begun, is refused', async () => {
  const old = await openOld();
  const used = place();
  await push(used, BOB, 'phone', 1, 1);
  expect(await moveServer(old, used, 'here', quiet)).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
  const begun = place();
  await expect(moveServer(old, failing(begun, 2), 'here', quiet)).rejects.toThrow('cut off');
  expect(await moveServer(old, begun, 'elsewhere', quiet)).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('A move from here') },
  });
  await push(begun, ANN, 'intruder', 1, 1);
  expect(await moveServer(old, begun, 'here', quiet)).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('another space') },
  });
});
