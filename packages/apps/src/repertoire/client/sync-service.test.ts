import { describe, expect, test, vi } from 'vitest';
import { openRepertoireServer, STORAGES } from '../repertoire-server.suite.ts';
import { type ClientDevice, openClientDevice } from './client-device.suite.ts';

const SONG = { title: 'Kaulana nā pua', category: 'mele' as const, lyrics: 'one\ntwo\nthree', includeInPractice: true, isFavorite: false };
const STARTED = { startedAt: '2026-03-01T10:00:00.000Z' };

const add = ({ service }: ClientDevice, change: object = {}) => {
  const saved = service.pieces.save({ ...SONG, ...change });
  if (!saved.ok) throw new Error(saved.error.message);
  return saved.value;
};

const synced = async (...devices: readonly ClientDevice[]) => {
  for (const { service } of devices) expect(await service.syncNow()).toMatchObject({ state: 'synced', pending: 0 });
};

const content = ({ service }: ClientDevice) =>
  service.pieces.fetchAll().map(({ pieceId, title, lyrics, notes, isFavorite }) => ({ pieceId, title, lyrics, notes, isFavorite }));

const sent = ({ requests }: ClientDevice, path: string) =>
  requests.filter(({ url }) => url.endsWith(path)).map(({ body }) => JSON.parse(body ?? '{}'));

describe.each(STORAGES)('SyncServiceTests on %s', (kind) => {
  test('testPieceSync', async () => {
    const server = await openRepertoireServer({ kind });
    const [a, b] = [await openClientDevice(server), await openClientDevice(server)];
    const { pieceId } = add(a);
    expect(a.service.status()).toMatchObject({ state: 'pending', pending: 1 });
    await synced(a, b);
    expect(content(b)).toEqual(content(a));
    expect(b.service.pieces.get(pieceId)).toMatchObject({ ...SONG, locallyModified: false });
    b.service.pieces.save({ pieceId, notes: 'slowly' });
    await synced(b, a);
    expect(a.service.pieces.get(pieceId)).toMatchObject({ ...SONG, notes: 'slowly' });
    // What is in sync is not sent again.
    a.requests.length = 0;
    await synced(a);
    expect(sent(a, '/pieces')).toMatchObject([{ pieces: [] }]);
  });

  test('testSessionSync', async () => {
    const server = await openRepertoireServer({ kind });
    const [a, b] = [await openClientDevice(server), await openClientDevice(server)];
    const { pieceId } = add(a);
    const open = a.service.sessions.save({ pieceId, ...STARTED });
    expect(a.service.sessions.fetchUnsyncedSessions()).toHaveLength(1);
    await synced(a, b);
    expect(a.service.sessions.fetchUnsyncedSessions()).toEqual([]);
    expect(b.service.sessions.fetchAll()).toMatchObject([{ pieceId, ...STARTED }]);
    if (!open.ok) throw new Error(open.error.message);
    a.service.sessions.save({ ...open.value, endedAt: '2026-03-01T10:20:00.000Z', endedAtSource: 'manual' });
    await synced(a);
    const fresh = await openClientDevice(server);
    await synced(fresh);
    expect(fresh.service.sessions.fetchAll()).toMatchObject([{ endedAt: '2026-03-01T10:20:00.000Z', endedAtSource: 'manual' }]);
    a.service.sessions.save({ pieceId, ...STARTED });
    const [unsynced] = a.service.sessions.fetchUnsyncedSessions();
    a.service.sessions.markAsSynced(unsynced?.sessionId ?? '');
    expect(a.service.sessions.fetchUnsyncedSessions()).toEqual([]);
  });

  test('testConflictResolution', async () => {
    const server = await openRepertoireServer({ kind });
    const [a, b] = [await openClientDevice(server), await openClientDevice(server)];
    const { pieceId } = add(a);
    await synced(a, b);
    a.service.pieces.save({ pieceId, title: 'Of A', lyrics: 'one\ntwo\nthree\nfour' });
    server.clock.wall += 60_000;
    b.service.pieces.save({ pieceId, title: 'Of B, later', lyrics: 'zero\none\ntwo\nthree', isFavorite: true });
    server.clock.wall += 60_000;
    await synced(b, a, b);
    const merged = { pieceId, title: 'Of B, later', lyrics: 'zero\none\ntwo\nthree\nfour', notes: undefined, isFavorite: true };
    expect([content(a), content(b)]).toEqual([[merged], [merged]]);
    const { body } = await server.call('GET', '/sync/conflicts?state=open');
    expect(body.conflicts).toMatchObject([{ field: 'title', mine: 'Of A', theirs: 'Of B, later' }]);
  });

  test('testOfflineQueue', async () => {
    const server = await openRepertoireServer({ kind });
    let a = await openClientDevice(server);
    a.setOnline(false);
    const first = add(a, { title: 'First' });
    const second = add(a, { title: 'Second' });
    a.service.sessions.save({ pieceId: first.pieceId, ...STARTED });
    for (let i = 0; i < 5; i += 1) a.service.pieces.save({ pieceId: first.pieceId, title: `First, take ${i}` });
    // Each once, in the order of their first edits, and still there when the page has died.
    const queued = () => a.service.queue.items().map(({ entityType, entityId }) => [entityType, entityId]);
    const expected = [
      ['piece', first.pieceId],
      ['piece', second.pieceId],
      ['session', a.service.sessions.fetchAll()[0]?.sessionId],
    ];
    expect(queued()).toEqual(expected);
    expect(await a.service.syncNow()).toMatchObject({ state: 'offline', pending: 3, error: { title: 'Offline' } });
    a = await a.reopen();
    expect(queued()).toEqual(expected);
    expect(a.service.queue.items()[0]).toMatchObject({ retryCount: 1 });
    await synced(a);
    expect(sent(a, '/pieces')[0].pieces.map(({ title }: { title: string }) => title)).toEqual(['First, take 4', 'Second']);
    expect(queued()).toEqual([]);
  });

  test('testOfflineQueue: what the server does not take is set aside and holds up nothing', async () => {
    const server = await openRepertoireServer({ kind });
    const a = await openClientDevice(server);
    const bad = add(a, { title: 'x'.repeat(2_000) });
    const good = add(a);
    expect(await a.service.syncNow()).toMatchObject({ state: 'error', pending: 1, error: { title: 'Some changes do not sync' } });
    expect(a.service.pieces.get(good.pieceId)).toMatchObject({ locallyModified: false });
    expect(a.service.queue.items()).toMatchObject([{ entityId: bad.pieceId, refused: { code: 'VALIDATION_FAILED' } }]);
    expect(a.service.pieces.get(bad.pieceId)).toMatchObject({ title: 'x'.repeat(2_000), locallyModified: true });
    a.service.pieces.save({ pieceId: bad.pieceId, title: 'Shorter' });
    await synced(a);
  });

  test('testRetryLogic', async () => {
    const server = await openRepertoireServer({ kind });
    const a = await openClientDevice(server);
    a.setOnline(false);
    a.service.start();
    await vi.waitFor(() => expect(a.service.status().state).toBe('offline'));
    const { pieceId } = add(a);
    for (const wait of [2_000, 5_000, 10_000, 30_000, 30_000]) {
      await vi.waitFor(() => expect(a.waits()).toEqual([wait]));
      a.fire();
      await vi.waitFor(() => expect(a.service.status().state).toBe('offline'));
    }
    // A lost answer: the next try is the same mutation, so nothing is stored twice.
    a.fate = ({ url }) => (url.endsWith('/pieces') ? 'dropAnswer' : 'pass');
    a.setOnline(true);
    await vi.waitFor(() => expect(a.service.status().state).toBe('offline'));
    a.fate = () => 'pass';
    a.fire();
    await vi.waitFor(() => expect(a.service.status()).toMatchObject({ state: 'synced', pending: 0 }));
    const history = await server.engine().history(server.space, { collection: 'pieces', id: pieceId });
    expect(history.ok && history.value.entries).toHaveLength(1);
    expect(a.waits()).toEqual([300_000]);
    a.service.stop();
    expect(a.waits()).toEqual([]);
  });

  test('an edit made while its piece is being uploaded is kept and goes out next', async () => {
    const server = await openRepertoireServer({ kind });
    const [a, b] = [await openClientDevice(server), await openClientDevice(server)];
    const { pieceId } = add(a);
    await synced(a, b);
    b.service.pieces.save({ pieceId, isFavorite: true });
    await synced(b);
    a.service.pieces.save({ pieceId, title: 'Sent' });
    a.fate = () => {
      a.fate = () => 'pass';
      a.service.pieces.save({ pieceId, notes: 'meanwhile' });
      return 'pass';
    };
    expect(await a.service.syncNow()).toMatchObject({ state: 'pending', pending: 1 });
    expect(a.service.pieces.get(pieceId)).toMatchObject({ title: 'Sent', notes: 'meanwhile', isFavorite: true, locallyModified: true });
    await synced(a, b);
    expect(content(b)).toEqual(content(a));
  });

  test('batchSync uploads 25 at a time and tells its progress', async () => {
    const server = await openRepertoireServer({ kind });
    const a = await openClientDevice(server);
    const pieces = Array.from({ length: 60 }, (_, i) => add(a, { title: `Mele ${i}` }));
    const told: unknown[] = [];
    const done = await a.service.batchSync(pieces, 25, (progress) => told.push(progress));
    expect(done.ok && done.value.size).toBe(60);
    expect(told).toEqual([25, 50, 60].map((count) => ({ done: count, total: 60 })));
    expect(sent(a, '/pieces').map((body) => body.pieces.length)).toEqual([25, 25, 10]);
  });

  test('a full storage is told, and nothing that was kept is lost', async () => {
    const server = await openRepertoireServer({ kind });
    const a = await openClientDevice(server);
    const kept = add(a);
    const { setItem } = a.storage;
    a.storage.setItem = () => {
      throw new Error('QuotaExceededError');
    };
    expect(a.service.pieces.save({ ...SONG, title: 'No space' })).toMatchObject({ ok: false, error: { code: 'STORAGE_FULL' } });
    expect(await a.service.syncNow()).toMatchObject({ state: 'error', error: { title: 'This device is full' }, pending: 1 });
    a.storage.setItem = setItem;
    await synced(a);
    expect(content(a)).toMatchObject([{ pieceId: kept.pieceId }]);
  });
});

describe.each(STORAGES)('SyncIntegrationTests on %s', (kind) => {
  test('testFullSyncCycle', async () => {
    const server = await openRepertoireServer({ kind });
    const a = await openClientDevice(server);
    const states: string[] = [];
    a.service.onChange(() => {
      const { state } = a.service.status();
      if (states.at(-1) !== state) states.push(state);
    });
    const { pieceId } = add(a);
    a.service.sessions.save({ pieceId, ...STARTED, endedAt: '2026-03-01T10:05:00.000Z' });
    await synced(a);
    expect(states).toEqual(['pending', 'syncing', 'synced']);
    await server.restart();
    const b = await openClientDevice(server);
    await synced(b);
    expect(content(b)).toEqual(content(a));
    expect(b.service.sessions.fetchAll()).toMatchObject([{ pieceId, ...STARTED, endedAt: '2026-03-01T10:05:00.000Z' }]);
    const before = (await server.call('GET', '/sync/digest')).body;
    await synced(a, b, a);
    expect((await server.call('GET', '/sync/digest')).body).toEqual(before);
  });

  test('testMultiDeviceSync', async () => {
    const server = await openRepertoireServer({ kind });
    const devices = [await openClientDevice(server), await openClientDevice(server), await openClientDevice(server)];
    const ids = devices.map((device, i) => add(device, { title: `Of ${i}` }).pieceId);
    await synced(...devices, ...devices);
    for (const [i, { service }] of devices.entries()) {
      for (const pieceId of ids) service.pieces.save({ pieceId, [['author', 'notes', 'sourceUrl'][i] ?? '']: `by ${i}` });
    }
    await synced(...devices, ...devices);
    for (const { service } of devices) {
      const all = service.pieces.fetchAll();
      expect(all).toHaveLength(3);
      for (const piece of all) expect(piece).toMatchObject({ author: 'by 0', notes: 'by 1', sourceUrl: 'by 2', locallyModified: false });
    }
  });

  test('testOfflineToOnlineTransition', async () => {
    const server = await openRepertoireServer({ kind });
    const a = await openClientDevice(server);
    a.service.start();
    await vi.waitFor(() => expect(a.service.status().state).toBe('synced'));
    a.setOnline(false);
    const { pieceId } = add(a);
    a.fire();
    await vi.waitFor(() => expect(a.service.status()).toMatchObject({ state: 'offline', pending: 1 }));
    a.setOnline(true);
    await vi.waitFor(() => expect(a.service.status()).toMatchObject({ state: 'synced', pending: 0 }));
    expect(await server.engine().get(server.space, 'pieces', pieceId)).toMatchObject({ revision: 1 });
    a.service.stop();
  });

  test('testLargeDatasetSync', async () => {
    const server = await openRepertoireServer({ kind });
    const [a, b] = [await openClientDevice(server), await openClientDevice(server)];
    for (let i = 0; i < 1_000; i += 1) {
      const { pieceId } = add(a, { title: `Mele ${i}`, lyrics: `Line of ${i}\n`.repeat(20) });
      a.service.sessions.save({ pieceId, ...STARTED });
    }
    const told: unknown[] = [];
    a.service.onChange(() => told.push(a.service.status().progress?.done));
    await synced(a, b);
    expect(told).toEqual(expect.arrayContaining([25, 500, 1_000]));
    expect(content(b)).toEqual(content(a));
    expect(b.service.sessions.fetchAll()).toHaveLength(1_000);
  });
});
