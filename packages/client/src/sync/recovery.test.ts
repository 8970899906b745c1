import { describe, expect, it } from 'vitest';
import { copyStore, createWorld, type NotesClient, shown, type World } from '../simulation/world.suite.ts';
import { createMemoryStore } from '../store/memory-store.ts';

const space = { app: 'notes', key: 'notes/alice' };
const isPull = (request: { readonly line: string }) => request.line === 'POST /apps/notes/sync/pull';

const put = async (world: World, client: NotesClient, id: string, fields = {}): Promise<string> => {
  const done = await world.during(client.collection('notes').put({ title: id, ...fields }, id));
  if (!done.ok) throw new Error(done.error.message);
  return done.value.mutationId;
};
const titles = (client: NotesClient) => shown(client).map((note) => note.title);
const settled = (world: World, ...clients: readonly NotesClient[]) =>
  world.until(() => clients.every((client) => client.status().state === 'synced' && client.status().pending === 0));

const opened = async (world: World, store = createMemoryStore(true)) => {
  const client = await world.open({ store, debounceMs: 0 });
  await settled(world, client);
  return { client, store };
};

describe('a device restored from its own backup', () => {
  it('takes a new clientId and loses nothing, while its twin goes on', async () => {
    const world = createWorld();
    const { client, store } = await opened(world);
    await put(world, client, 'before');
    await settled(world, client);
    const copied = await copyStore(store);
    const { client: twin } = await opened(world, copied);
    expect(twin.clientId).toBe(client.clientId);
    client.setOnline(false);
    twin.setOnline(false);
    await put(world, client, 'one', { likes: 1 });
    await put(world, twin, 'two', { likes: 2 });
    client.setOnline(true);
    await settled(world, client);
    twin.setOnline(true);
    await settled(world, twin);
    await world.during(client.sync());
    expect(twin.clientId).not.toBe(client.clientId);
    expect(titles(client)).toEqual(['before', 'one', 'two']);
    expect(titles(twin)).toEqual(titles(client));
  });

  it('that lost acknowledged outbox rows answers once, not twice', async () => {
    const world = createWorld();
    const { client, store } = await opened(world);
    await put(world, client, 'a', { likes: 0 });
    await settled(world, client);
    client.setOnline(false);
    await world.during(client.collection('notes').patch('a', { likes: 7 }));
    const before = await copyStore(store);
    client.setOnline(true);
    await settled(world, client);
    const { client: restored } = await opened(world, before);
    await settled(world, restored);
    expect(restored.collection('notes').get('a')?.likes).toBe(7);
    expect(restored.outbox()).toEqual([]);
  });
});

describe('a server restored from an older backup', () => {
  it('gets back what it had acknowledged, and the clients agree', async () => {
    const world = createWorld();
    const { client: one } = await opened(world);
    const { client: two } = await opened(world);
    await put(world, one, 'kept', { likes: 1 });
    await settled(world, one);
    await world.during(two.sync());
    const restore = world.backup();
    await put(world, one, 'lost');
    await world.during(one.collection('notes').patch('kept', { likes: 5 }));
    await settled(world, one);
    await world.during(two.sync());
    await world.during(two.collection('notes').patch('kept', { title: 'by two' }));
    await settled(world, two);
    const old = one.clientId;
    await restore();
    await put(world, one, 'after');
    for (let i = 0; i < 3; i += 1) for (const client of [one, two]) await world.during(client.sync());
    await settled(world, one, two);
    expect(one.clientId).not.toBe(old);
    expect(shown(one)).toEqual(shown(two));
    expect(shown(one)).toEqual([
      { id: 'after', title: 'after' },
      { id: 'kept', title: 'by two', likes: 5 },
      { id: 'lost', title: 'lost' },
    ]);
    expect(one.status()).toMatchObject({ parked: 0, openConflicts: 0, error: null });
    const sent = world.requests.length;
    await world.pass(60_000);
    expect(world.requests.length - sent).toBeLessThan(10);
  });

  it('is noticed although only a push is answered first', async () => {
    const world = createWorld();
    const { client } = await opened(world);
    const restore = world.backup();
    await put(world, client, 'a');
    await settled(world, client);
    client.setOnline(false);
    await put(world, client, 'b');
    await restore();
    client.setOnline(true);
    await settled(world, client);
    expect(titles(client)).toEqual(['a', 'b']);
    const { client: other } = await opened(world);
    expect(titles(other)).toEqual(['a', 'b']);
  });
});

describe('a reset', () => {
  it('keeps the outbox, and a deleted record does not come back from a client that was away', async () => {
    const world = createWorld();
    const { client: here } = await opened(world);
    const { client: away } = await opened(world);
    await put(world, here, 'deleted');
    await put(world, here, 'stays');
    await settled(world, here);
    await world.during(away.sync());
    away.setOnline(false);
    await put(world, away, 'offline');
    await world.during(away.collection('notes').patch('deleted', { title: 'edited while away' }));
    await world.during(here.collection('notes').delete('deleted'));
    await settled(world, here);
    const { latestVersion } = await sessionOf(world);
    await world.engine.compact(space, latestVersion);
    away.setOnline(true);
    await settled(world, away);
    await world.during(here.sync());
    expect(titles(here)).toEqual(['offline', 'stays']);
    expect(titles(away)).toEqual(['offline', 'stays']);
    // The edit that met the delete is not lost: it waits in the conflict inbox, or parked.
    expect(away.status().openConflicts + away.status().parked).toBe(1);
  });

  it('goes on page by page after a crash between any two of them', async () => {
    const world = createWorld();
    const { client } = await opened(world);
    for (let i = 0; i < 12; i += 1) await put(world, client, `n${String(i).padStart(2, '0')}`);
    await settled(world, client);
    world.pageLimit = 2;
    const store = createMemoryStore(true);
    let pages = 0;
    for (let crash = 0; crash < 12; crash += 1) {
      // Each life of this client sees two pages, then its network is gone.
      let left = 2;
      world.fate = (request) => (isPull(request) && left-- <= 0 ? 'dropRequest' : 'pass');
      const reader = await world.open({ store });
      await world.until(() => reader.status().state === 'synced' || reader.status().state === 'offline');
      pages += 1;
      const done = reader.status().state === 'synced';
      if (done) expect(titles(reader)).toEqual(titles(client));
      reader.setOnline(false);
      if (done) break;
    }
    expect(pages).toBeGreaterThan(2);
    expect(pages).toBeLessThan(12);
  });

  it('follows a cursor that the server does not take, with the outbox kept', async () => {
    const world = createWorld();
    const { client } = await opened(world);
    await put(world, client, 'a');
    await settled(world, client);
    client.setOnline(false);
    await put(world, client, 'b');
    let refused = 0;
    world.fate = ({ body }) =>
      body?.cursor !== undefined && refused++ < 1
        ? { status: 400, body: { error: { code: 'BAD_CURSOR', message: '', correlationId: '' } } }
        : 'pass';
    client.setOnline(true);
    await settled(world, client);
    expect(refused).toBeGreaterThan(0);
    expect(titles(client)).toEqual(['a', 'b']);
  });
});

describe('a local copy that differs', () => {
  it('is found by its digest, reported, and loaded again', async () => {
    const world = createWorld();
    const { client, store } = await opened(world);
    await put(world, client, 'a');
    await settled(world, client);
    client.setOnline(false);
    const row = await store.read('records', 'notes/a');
    await store.write({ put: [{ table: 'records', key: 'notes/a', value: { ...row, fields: { title: 'bit rot' } } }] });
    const { client: again } = await opened(world, store);
    await world.until(() => again.status().error !== null);
    expect(titles(again)).toEqual(['a']);
    expect(again.status().error).toMatchObject({ code: 'INTERNAL', details: { digest: ['notes'] } });
    const sent = world.requests.filter(({ line }) => line.endsWith('/sync/digest')).length;
    await world.pass(120_000);
    expect(world.requests.filter(({ line }) => line.endsWith('/sync/digest')).length).toBe(sent);
  });
});

describe('two tabs on one store', () => {
  it('never give out the same number, see each other, and push everything once', async () => {
    const world = createWorld();
    const store = createMemoryStore(true);
    const { client: one } = await opened(world, store);
    const { client: two } = await opened(world, store);
    const edits = [0, 1, 2, 3, 4].flatMap((i) => [put(world, one, `one${i}`), put(world, two, `two${i}`)]);
    for (const edit of edits) await edit;
    await settled(world, one, two);
    expect(titles(one)).toHaveLength(10);
    expect(titles(two)).toEqual(titles(one));
    expect(one.clientId).toBe(two.clientId);
    const { client: other } = await opened(world);
    expect(titles(other)).toEqual(titles(one));
  });

  it('may push the same outbox at the same time', async () => {
    const world = createWorld();
    const store = createMemoryStore(true);
    const { client: one } = await opened(world, store);
    await put(world, one, 'a', { likes: 0 });
    await settled(world, one);
    const { client: two } = await opened(world, store);
    one.setOnline(false);
    two.setOnline(false);
    await world.during(one.collection('notes').patch('a', { likes: 3 }));
    one.setOnline(true);
    two.setOnline(true);
    await world.during(Promise.all([one.sync(), two.sync()]));
    await settled(world, one, two);
    expect(one.collection('notes').get('a')?.likes).toBe(3);
    expect(two.collection('notes').get('a')?.likes).toBe(3);
  });

  it('keep an edit that the other made during an upload', async () => {
    const world = createWorld();
    const store = createMemoryStore(true);
    const { client: one } = await opened(world, store);
    const { client: two } = await opened(world, store);
    let edited: Promise<unknown> | undefined;
    world.fate = ({ line }) => {
      if (line.endsWith('/sync/push') && edited === undefined) edited = two.collection('notes').patch('a', { title: 'during' });
      return 'pass';
    };
    await put(world, one, 'a');
    await settled(world, one, two);
    await world.during(Promise.resolve(edited));
    await settled(world, one, two);
    expect(titles(one)).toEqual(['during']);
    expect(titles(two)).toEqual(['during']);
  });
});

const sessionOf = async (world: World) => {
  const session = await world.engine.session(space);
  if (!session.ok) throw new Error(session.error.message);
  return session.value;
};
