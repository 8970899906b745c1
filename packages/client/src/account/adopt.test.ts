import { describe, expect, it } from 'vitest';
import { createWorld, faultyStore, notes, shown, type World } from '../simulation/world.suite.ts';
import type { ClientStore } from '../store/client-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { adoptLocalStore, LOCAL_ACCOUNT } from './adopt.ts';

const account = { issuer: 'test', subject: 'alice' };

/** Writes three edits before anybody has signed up, and answers the local store. */
const writeLocally = async (world: World): Promise<ClientStore> => {
  const store = createMemoryStore(true);
  const client = await world.open({ store, account: LOCAL_ACCOUNT, token: () => null });
  await world.during(client.collection('notes').put({ title: 'a', likes: 1 }, 'a'));
  await world.during(client.collection('notes').patch('a', { likes: 2 }));
  await world.during(client.collection('notes').put({ title: 'b' }, 'b'));
  await world.during(client.close());
  return store;
};

const synced = async (world: World, store: ClientStore) => {
  const client = await world.open({ store, account });
  await world.until(() => client.status().state === 'synced' && client.status().pending === 0);
  return client;
};

const written = [
  { id: 'a', title: 'a', likes: 2 },
  { id: 'b', title: 'b' },
];

describe('adopting what was written before signing up', () => {
  it('asks the server nothing before, and syncs everything once after', async () => {
    const world = createWorld();
    const local = await writeLocally(world);
    expect(world.requests).toEqual([]);
    const store = createMemoryStore(true);
    expect(await adoptLocalStore({ app: notes, account, env: world.env(), stores: { local, account: store } })).toBe(3);
    expect(shown(await synced(world, store))).toEqual(written);
    const other = await synced(world, createMemoryStore(true));
    expect(shown(other)).toEqual(written);
    expect(other.conflicts()).toEqual([]);
  });

  it('adds to what the account has already, on the device and at the server', async () => {
    const world = createWorld();
    const store = createMemoryStore(true);
    const before = await synced(world, store);
    await world.during(before.collection('notes').put({ title: 'c' }, 'c'));
    before.setOnline(false);
    await world.during(before.collection('notes').put({ title: 'd' }, 'd'));
    await world.during(before.close());
    const local = await writeLocally(world);
    await adoptLocalStore({ app: notes, account, env: world.env(), stores: { local, account: store } });
    expect(shown(await synced(world, store)).map((note) => note.id)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('loses and doubles nothing when it dies before or after any write, and is done again', async () => {
    for (let dies = 0; dies < 6; dies += 1) {
      for (const synces of [false, true]) {
        const world = createWorld();
        const [local, store] = [await writeLocally(world), createMemoryStore(true)];
        let writes = 0;
        const failing = (inner: ClientStore) => faultyStore(inner, () => writes++ >= dies);
        const stores = { local: failing(local), account: failing(store) };
        await adoptLocalStore({ app: notes, account, env: world.env(), stores }).catch(() => undefined);
        if (synces) await synced(world, store);
        await adoptLocalStore({ app: notes, account, env: world.env(), stores: { local, account: store } });
        expect(shown(await synced(world, store)), `dies at ${dies}`).toEqual(written);
        expect(shown(await synced(world, createMemoryStore(true))), `dies at ${dies}`).toEqual(written);
      }
    }
  });

  it('refuses edits of a tab that still has the local store open, aloud, and gives the store back empty', async () => {
    const world = createWorld();
    const local = await writeLocally(world);
    const tab = await world.open({ store: local, account: LOCAL_ACCOUNT, token: () => null });
    const store = createMemoryStore(true);
    let during: Promise<unknown> | undefined;
    const watched: ClientStore = {
      ...store,
      write: (batch) => {
        during ??= tab.collection('notes').put({ title: 'late' }, 'late');
        return store.write(batch);
      },
    };
    await adoptLocalStore({ app: notes, account, env: world.env(), stores: { local, account: watched } });
    const late = await world.during(Promise.resolve(during));
    const kept = [...(await local.readAll('outbox')), ...(await store.readAll('outbox'))];
    // Refused, or kept in the local store for the next adoption: never in between.
    expect(late).toMatchObject(kept.length === 4 ? { ok: true } : { ok: false, error: { code: 'STORAGE_FULL' } });
    const again = await world.open({ store: local, account: LOCAL_ACCOUNT, token: () => null });
    expect(shown(again).map((note) => note.id)).not.toContain('a');
  });

  it('refuses a store that another account has begun to adopt', async () => {
    const world = createWorld();
    const local = await writeLocally(world);
    const broken = faultyStore(createMemoryStore(true), () => true);
    await expect(adoptLocalStore({ app: notes, account, env: world.env(), stores: { local, account: broken } })).rejects.toThrow();
    const bob = { issuer: 'test', subject: 'bob' };
    const stores = { local, account: createMemoryStore(true) };
    await expect(adoptLocalStore({ app: notes, account: bob, env: world.env(), stores })).rejects.toThrow(/belongs to/);
    expect(await local.readAll('outbox')).toHaveLength(3);
  });

  it('by two tabs at once keeps what is written in the local store after the faster one gave it back', async () => {
    const world = createWorld();
    const local = await writeLocally(world);
    const store = createMemoryStore(true);
    let isFaster = true;
    const slow: ClientStore = {
      ...store,
      write: async (batch) => {
        if (isFaster) {
          isFaster = false;
          await adoptLocalStore({ app: notes, account, env: world.env(), stores: { local, account: store } });
          const late = await world.open({ store: local, account: LOCAL_ACCOUNT, token: () => null });
          await late.collection('notes').put({ title: 'late' }, 'late');
          await late.close();
        }
        return store.write(batch);
      },
    };
    await adoptLocalStore({ app: notes, account, env: world.env(), stores: { local, account: slow } });
    expect(await local.readAll('outbox')).toHaveLength(1);
    await adoptLocalStore({ app: notes, account, env: world.env(), stores: { local, account: store } });
    expect(shown(await synced(world, store)).map((note) => note.id)).toEqual(['a', 'b', 'late']);
  });

  it('touches nothing of a store that a newer version of the app wrote', async () => {
    const world = createWorld();
    const local = await writeLocally(world);
    const before = await local.readAll('outbox');
    const older = { ...notes, schemaVersion: notes.schemaVersion - 1 };
    const stores = { local, account: createMemoryStore(true) };
    await expect(adoptLocalStore({ app: older, account, env: world.env(), stores })).rejects.toThrow(/newer version/);
    expect(await local.readAll('outbox')).toEqual(before);
    expect(await stores.account.readAll('meta')).toEqual([]);
  });
});
