import { describe, expect, test } from 'vitest';
import { pause, start } from '../task.ts';
import { NOW, STORAGES, task } from '../timer-server.suite.ts';
import { createKeptText, type Device, openWorld } from './upload-world.suite.ts';

const plain = (title: string) => ({ title, intervals: [], archived: false, tags: [] });

const goOffline = (...devices: Device[]): void => {
  for (const device of devices) device.offline = true;
};

/** Brings the devices online and syncs each until none has anything to tell. */
const settle = async (...devices: Device[]): Promise<void> => {
  for (const { timer, offline } of devices) if (offline) await timer.sync();
  for (const device of devices) device.offline = false;
  for (let turn = 0; turn < 3; turn += 1) for (const { timer } of devices) await timer.sync();
};

describe.each(STORAGES)('on %s', (kind) => {
  test('what one device writes, the other gets, and the other way round', async () => {
    const world = await openWorld(kind);
    const [a, b] = [world.device(), world.device()];
    a.timer.put(plain('Read'), 'r');
    expect(a.timer.status()).toMatchObject({ pending: 1 });
    await settle(a, b);
    expect(b.timer.list()).toMatchObject([{ id: 'r', title: 'Read', version: 1 }]);
    b.timer.edit('r', (one) => ({ ...one, tags: ['home'] }));
    a.timer.put(plain('Write'), 'w');
    await settle(b, a);
    expect(a.timer.list()).toEqual(b.timer.list());
    expect(a.timer.get('r')).toMatchObject({ tags: ['home'], version: 2 });
    a.timer.delete('w');
    await settle(a, b);
    expect(b.timer.list()).toMatchObject([{ id: 'r' }]);
    for (const { timer } of [a, b]) expect(timer.status()).toMatchObject({ state: 'synced', pending: 0, error: null, refused: [] });
  });

  test('many edits go 25 at a time, each task once', async () => {
    const world = await openWorld(kind);
    const a = world.device();
    await a.timer.sync();
    for (let i = 0; i < 60; i += 1) {
      a.timer.put(plain(`Task ${i}`), `t${i}`);
      a.timer.edit(`t${i}`, (one) => ({ ...one, archived: true }));
    }
    await a.timer.sync();
    const sizes = a.requests.flatMap(({ url, body }) => (url.endsWith('/upload') ? [JSON.parse(body ?? '').tasks.length] : []));
    expect(sizes).toEqual([25, 25, 10]);
    expect((await world.server.call('POST', '/sync/pull', { clientId: 'x' })).body).toMatchObject({ latestVersion: 60 });
  });

  test('a lost answer is no conflict, also when the task was edited meanwhile, or the page died', async () => {
    const world = await openWorld(kind);
    let a = world.device();
    await a.timer.sync();
    a.fate = ({ url }) => (url.endsWith('/upload') ? 'dropAnswer' : 'pass');
    a.timer.put(plain('First'), 'r');
    await a.timer.sync();
    expect(a.timer.status()).toMatchObject({ state: 'offline', pending: 1 });
    a.timer.edit('r', (one) => ({ ...one, title: 'Second' }));
    a = a.reopen();
    // Another device writes on the one whose answer was lost.
    const b = world.device();
    await b.timer.sync();
    b.timer.edit('r', (one) => ({ ...one, tags: ['b'] }));
    await b.timer.sync();
    await settle(a, b);
    for (const { timer } of [a, b]) {
      expect(timer.list()).toMatchObject([{ title: 'Second', tags: ['b'], version: 3 }]);
      expect(timer.conflicts()).toEqual([]);
    }
  });

  test('two offline edits: time and tags come together, the later title stands, the other is kept', async () => {
    const world = await openWorld(kind);
    const [a, b] = [world.device(), world.device()];
    a.timer.put({ ...plain('Read'), tags: ['x'] }, 'r');
    await settle(a, b);
    goOffline(a, b);
    world.server.clock.wall += 1_000;
    a.timer.edit('r', (one) => ({ ...one, title: 'By a', tags: ['a'], intervals: [{ start: NOW, end: NOW + 50 }] }));
    world.server.clock.wall += 1_000;
    b.timer.edit('r', (one) => ({ ...one, title: 'By b', tags: ['x', 'b'], intervals: [{ start: NOW + 20, end: NOW + 90 }] }));
    await settle(a, b);
    for (const { timer } of [a, b]) {
      expect(timer.list()).toMatchObject([{ title: 'By b', tags: ['a', 'b'], intervals: [{ start: NOW, end: NOW + 90 }] }]);
    }
    expect([...a.timer.conflicts(), ...b.timer.conflicts()]).toMatchObject([
      { id: 'r', field: 'title', side: 'theirs', record: { title: 'By a' } },
    ]);
    for (const { conflictId } of b.timer.conflicts()) b.timer.dismissConflict(conflictId);
    expect(b.timer.conflicts()).toEqual([]);
  });

  test.each([
    ['ahead', 1],
    ['behind', -1],
  ])('a device whose clock is a year %s takes part like any other', async (_, sign) => {
    const world = await openWorld(kind);
    const [a, b] = [world.device(), world.device()];
    b.clockOff = sign * 365 * 24 * 3_600_000;
    a.timer.put(plain('Read'), 'r');
    await settle(a, b);
    b.timer.edit('r', (one) => ({ ...one, title: 'Off' }));
    await settle(b, a);
    expect(a.timer.get('r')).toMatchObject({ title: 'Off', version: 2 });
    world.server.clock.wall += 1_000;
    a.timer.edit('r', (one) => ({ ...one, title: 'On' }));
    await settle(a, b);
    expect(b.timer.get('r')).toMatchObject({ title: 'On', version: 3 });
    // An offline edit of either is stored, or kept as the one that did not stand.
    goOffline(a, b);
    a.timer.edit('r', (one) => ({ ...one, title: 'A', tags: ['a'] }));
    b.timer.edit('r', (one) => ({ ...one, title: 'B', tags: ['b'] }));
    await settle(a, b);
    expect(a.timer.list()).toEqual(b.timer.list());
    expect(a.timer.get('r')?.tags).toEqual(['a', 'b']);
    const titles = [a.timer.get('r')?.title, ...[...a.timer.conflicts(), ...b.timer.conflicts()].map((one) => one.record.title)];
    expect(titles.sort()).toEqual(['A', 'B']);
  });

  test('an edit of what was deleted elsewhere is kept aside, and the task stays deleted', async () => {
    const world = await openWorld(kind);
    const [a, b] = [world.device(), world.device()];
    a.timer.put(plain('Read'), 'r');
    a.timer.put(plain('Quiet'), 'q');
    await settle(a, b);
    goOffline(a, b);
    a.timer.delete('r');
    a.timer.delete('q');
    b.timer.edit('r', (one) => start(one, NOW));
    await settle(a, b);
    for (const { timer } of [a, b]) expect(timer.list()).toEqual([]);
    expect(b.timer.conflicts()).toMatchObject([{ id: 'r', field: '*', side: 'mine', record: { intervals: [{ start: NOW }] } }]);
  });

  test('native clients and these devices see each other’s writes', async () => {
    const world = await openWorld(kind);
    const a = world.device();
    a.timer.put(plain('Read'), 'r');
    await settle(a);
    goOffline(a);
    const patch = {
      mutationId: 'm',
      n: 1,
      collection: 'tasks',
      id: 'r',
      op: 'patch',
      base: 1,
      at: NOW,
      fields: { title: 'Native', updatedAt: NOW },
    };
    await world.server.call('POST', '/sync/push', { protocolVersion: 1, clientId: 'native', schemaVersion: 1, mutations: [patch] });
    a.timer.edit('r', (one) => start(one, NOW));
    await settle(a);
    expect(a.timer.get('r')).toMatchObject({ title: 'Native', intervals: [{ start: NOW }], version: 3 });
    expect((await world.server.call('POST', '/sync/pull', { clientId: 'native' })).body).toMatchObject({
      changes: [{ id: 'r', fields: { title: 'Native', intervals: [{ start: NOW }], version: 3 } }],
    });
  });
});

describe('one device', () => {
  test('keeps everything over a restart, and syncs where it stood', async () => {
    const world = await openWorld();
    let a = world.device();
    await a.timer.sync();
    a.fate = () => 'dropRequest';
    a.timer.put(plain('Read'), 'r');
    await a.timer.sync();
    a = a.reopen();
    expect(a.timer.list()).toMatchObject([{ id: 'r', title: 'Read' }]);
    await a.timer.sync();
    expect(a.timer.status()).toMatchObject({ state: 'synced', pending: 0, lastSuccessfulSyncAt: expect.any(Number) });
    const other = world.device('bob', a.storage);
    await other.timer.sync();
    expect(other.timer.list()).toEqual([]);
  });

  test('an answer that comes after its page is gone does not count for a later write', async () => {
    const world = await openWorld();
    const a = world.device();
    await a.timer.sync();
    let release = (): void => undefined;
    a.held = new Promise((resolve) => {
      release = resolve;
    });
    a.timer.put(plain('First'), 'r');
    await expect.poll(() => a.requests.some(({ url }) => url.endsWith('/upload'))).toBe(true);
    const b = a.reopen();
    let uploads = 0;
    b.fate = ({ url }) => {
      if (url.endsWith('/upload')) uploads += 1;
      return uploads > 1 ? 'dropRequest' : 'pass';
    };
    b.timer.edit('r', (one) => ({ ...one, title: 'Second' }));
    await b.timer.sync();
    release();
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(b.timer.status()).toMatchObject({ pending: 1 });
    b.fate = () => 'pass';
    await b.timer.sync();
    expect((await world.server.call('GET', '/sync/download')).body).toMatchObject({ tasks: [{ id: 'r', title: 'Second', version: 2 }] });
  });

  test('tries again after 2, 5, 10, then 30 seconds', async () => {
    const world = await openWorld();
    const a = world.device();
    a.fate = () => 'dropRequest';
    const waits: number[] = [];
    await a.timer.sync();
    for (let turn = 0; turn < 5; turn += 1) {
      await expect.poll(() => a.timer.status().state).toBe('offline');
      waits.push(Math.max(...a.waits().filter((ms) => ms !== 15_000)));
      a.fire();
    }
    expect(waits).toEqual([2_000, 5_000, 10_000, 30_000, 30_000]);
  });

  test('edits wait 1.5 seconds for more of them', async () => {
    const world = await openWorld();
    const a = world.device();
    await a.timer.sync();
    a.timer.put(plain('One'), 'r');
    await expect.poll(() => a.timer.status().state).toBe('synced');
    world.server.clock.wall += 500;
    a.timer.edit('r', (one) => ({ ...one, title: 'Two' }));
    expect(a.waits()).toContain(1_500);
    expect(a.timer.status()).toMatchObject({ state: 'pending', pending: 1 });
  });

  test('a task the server does not take holds up no other, and goes again after an edit', { timeout: 60_000 }, async () => {
    const world = await openWorld();
    const a = world.device();
    const many = Array.from({ length: 5_000 }, (_, i) => ({ start: 9_007_199_254_000_000 + 10 * i, end: 9_007_199_254_000_005 + 10 * i }));
    const tags = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(64, '\u0001'));
    a.timer.put({ ...plain('Large'), intervals: many, tags }, 'l');
    a.timer.put(plain('Small'), 's');
    await a.timer.sync();
    expect(a.timer.status()).toMatchObject({ state: 'synced', pending: 0, refused: [{ id: 'l', code: 'VALIDATION_ERROR' }] });
    expect(a.timer.list()).toHaveLength(2);
    a.timer.edit('l', (one) => ({ ...one, tags: [] }));
    await a.timer.sync();
    expect(a.timer.status()).toMatchObject({ pending: 0, refused: [] });
    expect((await world.server.call('GET', '/sync/download?since=0')).body).toMatchObject({ tasks: [{ id: 'l' }, { id: 's' }] });
  });

  test('what cannot be kept is refused at once', async () => {
    const world = await openWorld();
    const a = world.device('ada', createKeptText(500));
    expect(a.timer.put(plain('x'.repeat(400)), 'r')).toMatchObject({ ok: false, error: { code: 'STORAGE_FULL' } });
    expect(a.timer.put(plain(''), 'r')).toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
    expect(a.timer.put(plain('Read'), '')).toMatchObject({ ok: false, error: { code: 'INVALID_ID' } });
    expect(a.timer.edit('never', (one) => one)).toMatchObject({ ok: false, error: { code: 'RECORD_NOT_FOUND' } });
    expect(a.timer.list()).toEqual([]);
  });

  test('takes over what the timer kept before, once, and uploads it', async () => {
    const world = await openWorld();
    const [a, b] = [world.device(), world.device()];
    const { updatedAt: _, version: __, ...old } = task('old', { intervals: [{ start: 5, end: 9 }] });
    const values = [old, { id: 'bad' }, task('v', { version: 7, updatedAt: 3 })];
    expect(a.timer.importStored(values)).toMatchObject({ taken: 2, refused: [{ place: 1, error: { code: 'VALIDATION_FAILED' } }] });
    expect(a.timer.importStored(values)).toMatchObject({ taken: 0, refused: [{ place: 1 }] });
    await settle(a, b);
    expect(b.timer.list()).toMatchObject([
      { id: 'old', intervals: [{ start: 5, end: 9 }], version: 1, updatedAt: 0 },
      { id: 'v', version: 7, updatedAt: 3 },
    ]);
  });

  test('the same task kept on two devices before their first sync: no time is lost, the newer title stands', async () => {
    const world = await openWorld();
    const [a, b] = [world.device(), world.device()];
    a.timer.importStored([task('r', { title: 'Newer', updatedAt: 9, intervals: [{ start: 1, end: 3 }] })]);
    b.timer.importStored([task('r', { title: 'Older', updatedAt: 5, version: 4, intervals: [{ start: 2, end: 6 }] })]);
    await settle(a, b);
    for (const { timer } of [a, b]) expect(timer.list()).toMatchObject([{ title: 'Newer', intervals: [{ start: 1, end: 6 }] }]);
    expect(b.timer.conflicts()).toMatchObject([{ field: 'title', side: 'mine', record: { title: 'Older' } }]);
  });

  test('a download that stops half way goes on at its page', { timeout: 60_000 }, async () => {
    const world = await openWorld();
    const writer = world.device();
    for (let i = 0; i < 1_200; i += 1) writer.timer.put(plain(`Task ${i}`), `t${i}`);
    await writer.timer.sync();
    let reader = world.device();
    const downloads = (device: Device) => device.requests.filter(({ url }) => url.includes('/download'));
    reader.fate = ({ url }) => (url.includes('cursor=') ? 'dropRequest' : 'pass');
    await reader.timer.sync();
    expect(reader.timer.list()).toHaveLength(500);
    expect(reader.timer.status()).toMatchObject({ state: 'offline', lastSuccessfulSyncAt: null });
    writer.timer.edit('t3', (one) => pause(start(one, NOW), NOW + 7));
    await writer.timer.sync();
    reader = reader.reopen();
    await reader.timer.sync();
    expect(downloads(reader)[0]?.url).toContain('cursor=');
    expect(reader.timer.list()).toEqual(writer.timer.list());
  });
});
