import { describe, expect, it } from 'vitest';
import { createWorld, faultyStore, shown } from '../simulation/world.suite.ts';
import { createMemoryStore } from '../store/memory-store.ts';

describe('two clients', () => {
  it("see each other's edits", async () => {
    const world = createWorld();
    const one = await world.open();
    const two = await world.open();
    const put = await world.during(one.collection('notes').put({ title: 'tea' }, 'a'));
    expect(put.ok).toBe(true);
    await world.until(() => one.status().state === 'synced' && one.status().pending === 0);
    await world.during(two.sync());
    expect(shown(two)).toEqual([{ id: 'a', title: 'tea' }]);
    await world.during(two.collection('notes').patch('a', { title: 'coffee' }));
    await world.during(two.sync());
    await world.during(one.sync());
    expect(shown(one)).toEqual([{ id: 'a', title: 'coffee' }]);
    expect(two.status()).toMatchObject({ state: 'synced', pending: 0, parked: 0, openConflicts: 0, error: null, durable: true });
  });

  it('combine what they did while cut off', async () => {
    const world = createWorld();
    const one = await world.open();
    const two = await world.open();
    await world.during(one.collection('notes').put({ title: 'tea', likes: 1, tags: ['x'] }, 'a'));
    await world.during(one.sync());
    await world.during(two.sync());
    one.setOnline(false);
    two.setOnline(false);
    await world.during(one.collection('notes').patch('a', { likes: 3, tags: ['x', 'one'] }));
    await world.during(two.collection('notes').patch('a', { likes: 11, tags: ['two', 'x'] }));
    const sent = world.requests.length;
    await world.pass(60_000);
    expect(world.requests.length).toBe(sent);
    expect(one.status()).toMatchObject({ state: 'offline', pending: 1 });
    one.setOnline(true);
    two.setOnline(true);
    await world.during(one.sync());
    await world.during(two.sync());
    await world.during(one.sync());
    expect(shown(one)).toEqual(shown(two));
    expect(shown(one)).toEqual([{ id: 'a', title: 'tea', likes: 13, tags: ['x', 'one', 'two'] }]);
  });
});

describe('a write', () => {
  it('is refused, with nothing changed, when the local store is full', async () => {
    const world = createWorld();
    let full = false;
    const client = await world.open({ store: faultyStore(createMemoryStore(true), () => full) });
    full = true;
    const refused = await world.during(client.collection('notes').put({ title: 'tea' }, 'a'));
    expect(refused).toMatchObject({ ok: false, error: { code: 'STORAGE_FULL' } });
    expect(shown(client)).toEqual([]);
    expect(client.status().pending).toBe(0);
    full = false;
    expect(await world.during(client.collection('notes').put({ title: 'tea' }, 'a'))).toMatchObject({ ok: true });
    expect(client.outbox()[0]?.n).toBe(1);
  });
});

describe('an outbox of many batches', () => {
  it('is pushed in one round, while the states of what was acknowledged are still to come', { timeout: 60_000 }, async () => {
    const world = createWorld();
    const client = await world.open();
    await world.until(() => client.status().state === 'synced');
    client.setOnline(false);
    // About a MiB goes into one push, so that these take more of them than a round allows without progress.
    const body = 'x'.repeat(250_000);
    for (let i = 0; i < 72; i += 1) await world.during(client.collection('notes').put({ title: `${i}`, body }, `${i}`));
    const before = world.requests.length;
    client.setOnline(true);
    await world.during(client.sync());
    const pushes = world.requests.slice(before).filter(({ line }) => line.endsWith('/push'));
    expect(pushes.length).toBeGreaterThan(16);
    expect(client.status()).toMatchObject({ state: 'synced', pending: 0, error: null });
  });
});
