import { defineApp, defineCollection } from '@tidemark/protocol';
import { expect, it } from 'vitest';
import { copyStore, createWorld, faultyStore, type NotesClient, notes, type World } from '../simulation/world.suite.ts';
import { createMemoryStore } from '../store/memory-store.ts';

// Each of these was found by a seed of the simulator (tests/sim), and is its smallest form.

const settled = (world: World, client: NotesClient) =>
  world.until(() => client.status().state === 'synced' && client.status().pending === 0);

const opened = async (world: World, store = createMemoryStore(true)): Promise<NotesClient> => {
  const client = await world.open({ store, debounceMs: 0 });
  await settled(world, client);
  return client;
};

const put = (world: World, client: NotesClient, id: string) => world.during(client.collection('notes').put({ title: id }, id));

it('a server restored again gets a healed write back that was acknowledged, but not yet pulled', async () => {
  const world = createWorld();
  const client = await opened(world);
  const restore = world.backup();
  await put(world, client, 'a');
  await settled(world, client);
  await restore();
  // The healing push is answered; its state would come with the pull after it.
  let pushes = 0;
  world.fate = ({ line, body }) => {
    if (line.endsWith('/push')) pushes += JSON.stringify(body).includes('healed') ? 1 : 0;
    return line.endsWith('/pull') && pushes > 0 ? 'dropRequest' : 'pass';
  };
  await world.until(() => pushes > 0);
  await world.until(() => client.status().state === 'offline');
  await restore();
  world.fate = () => 'pass';
  await settled(world, client);
  const other = await opened(world);
  expect(other.collection('notes').get('a')?.title).toBe('a');
});

it('edits of a device restored from its backup are shown, although the server knows later numbers of that client', async () => {
  const world = createWorld();
  const store = createMemoryStore(true);
  const client = await opened(world, store);
  const backup = await copyStore(store);
  for (const id of ['a', 'b', 'c']) await put(world, client, id);
  await settled(world, client);
  client.setOnline(false);
  const restored = await opened(world, backup);
  restored.setOnline(false);
  await put(world, restored, 'd');
  expect(restored.collection('notes').get('d')?.title).toBe('d');
});

it('signing in after a revocation with a full disk is heard nevertheless, and asked for again', async () => {
  const world = createWorld();
  let full = false;
  const client = await opened(
    world,
    faultyStore(createMemoryStore(true), () => full),
  );
  await world.engine.revokeDevice({ app: 'notes', key: 'notes/alice' }, client.clientId);
  await world.during(client.sync());
  await world.until(() => client.status().state === 'signed out');
  full = true;
  const asked = world.requests.length;
  client.signedIn();
  await world.until(() => world.requests.length > asked && client.status().state === 'signed out');
  full = false;
  client.signedIn();
  await put(world, client, 'a');
  await settled(world, client);
  expect(client.status().error).toBeNull();
});

it('a group of which one mutation changed nothing is offered whole to a restored server', async () => {
  const world = createWorld();
  const [one, two] = [await opened(world), await opened(world)];
  await put(world, one, 'old');
  await settled(world, one);
  await world.during(two.sync());
  two.setOnline(false);
  const restore = world.backup();
  await world.during(one.collection('notes').patch('old', { likes: 1, title: 'same' }));
  await settled(world, one);
  await put(world, two, 'before');
  // The first changes what already is as it says; the second is new.
  await world.during(
    two.group((notes) => {
      notes('notes').patch('old', { title: 'same' });
      notes('notes').put({ title: 'new' }, 'new');
    }),
  );
  two.setOnline(true);
  await settled(world, two);
  await restore();
  await world.during(two.sync());
  await settled(world, two);
  expect(two.parked()).toEqual([]);
  expect(two.collection('notes').get('new')?.title).toBe('new');
});

it('what was acknowledged and not pulled is offered again after a revocation, for the server may have lost it', async () => {
  const world = createWorld();
  const client = await opened(world);
  await put(world, client, 'before');
  await settled(world, client);
  const restore = world.backup();
  world.fate = ({ line }) => (line.endsWith('/pull') ? 'dropRequest' : 'pass');
  await put(world, client, 'a');
  await world.until(() => client.status().state === 'offline' && client.outbox().length === 0);
  await restore();
  await world.engine.revokeDevice({ app: 'notes', key: 'notes/alice' }, client.clientId);
  world.fate = () => 'pass';
  await world.until(() => client.status().state === 'signed out');
  client.signedIn();
  await settled(world, client);
  const other = await opened(world);
  expect(other.collection('notes').get('a')?.title).toBe('a');
});

it('what was acknowledged in an epoch that the server comes back to without it is offered again', async () => {
  const world = createWorld();
  const one = await opened(world);
  await put(world, one, 'before');
  await settled(world, one);
  const two = await opened(world);
  one.setOnline(false);
  const restoreFirst = world.backup();
  await put(world, two, 'lost');
  await settled(world, two);
  await restoreFirst();
  await world.during(two.sync());
  await settled(world, two);
  // The epoch that the other client's pull has begun.
  const restoreSecond = world.backup();
  world.fate = ({ line }) => (line.endsWith('/pull') ? 'dropRequest' : 'pass');
  await put(world, one, 'a');
  one.setOnline(true);
  await world.until(() => one.status().state === 'offline' && one.outbox().length === 0);
  await restoreSecond();
  world.fate = () => 'pass';
  await settled(world, one);
  const other = await opened(world);
  expect(other.collection('notes').get('a')?.title).toBe('a');
});

it('what a client acknowledged under an earlier clientId is offered again under the next one', async () => {
  const world = createWorld();
  const client = await opened(world);
  const restore = world.backup();
  await put(world, client, 'a');
  await settled(world, client);
  await restore();
  // Before it hears that the server was restored, it is revoked: the counter of its old clientId tells nothing any more.
  await world.engine.revokeDevice({ app: 'notes', key: 'notes/alice' }, client.clientId);
  const second = await opened(world);
  for (const id of ['b', 'c', 'd']) await put(world, second, id);
  await settled(world, second);
  await world.engine.compact({ app: 'notes', key: 'notes/alice' }, 3);
  await world.during(client.sync());
  await world.until(() => client.status().state === 'signed out');
  client.signedIn();
  await settled(world, client);
  const other = await opened(world);
  expect(other.collection('notes').get('a')?.title).toBe('a');
});

it('a parked mutation of an older schemaVersion is retried in the new one, without what only an up-caster filled in', async () => {
  const world = createWorld();
  const store = createMemoryStore(true);
  const client = await opened(world, store);
  await put(world, client, 'x');
  await settled(world, client);
  world.fate = ({ body }) => (JSON.stringify(body)?.includes('poison') ? { status: 422 } : 'pass');
  await world.during(client.collection('notes').put({ title: 'poison' }, 'y'));
  await world.during(client.collection('notes').patch('x', { title: 'poison too' }));
  await world.until(() => client.parked().length === 2 && client.outbox().length === 0);
  await settled(world, client);
  await client.close();
  const marked = defineCollection({
    name: 'notes',
    fields: notes.collections.notes.fields,
    upcasts: { 1: (fields) => ({ likes: 0, ...fields, ...(typeof fields.title === 'string' ? { title: `#${fields.title}` } : {}) }) },
  });
  const next = await world.open({ store, app: defineApp({ name: 'notes', schemaVersion: 2, collections: { notes: marked } }) });
  next.setOnline(false);
  for (const { mutation } of next.parked()) await world.during(next.retryParked(mutation.mutationId));
  const queued = next.outbox().map(({ id, fields, schemaVersion }) => ({ id, fields, schemaVersion }));
  expect(queued).toEqual([
    { id: 'y', fields: { title: '#poison', likes: 0 }, schemaVersion: 2 },
    { id: 'x', fields: { title: '#poison too' }, schemaVersion: 2 },
  ]);
});

it('who signs in twice after a revocation does not wait for the next poll', async () => {
  const world = createWorld();
  const client = await opened(world);
  await put(world, client, 'a');
  await settled(world, client);
  await world.engine.revokeDevice({ app: 'notes', key: 'notes/alice' }, client.clientId);
  await world.during(client.sync());
  await world.until(() => client.status().state === 'signed out');
  let [pushes, again] = [0, 0];
  world.fate = ({ line }) => {
    pushes += line.endsWith('/push') ? 1 : 0;
    // The second time while the round of the first has pushed and pulls.
    if (pushes > 0 && again === 0 && line.endsWith('/pull')) {
      again += 1;
      client.signedIn();
    }
    return 'pass';
  };
  client.signedIn();
  await world.until(() => again > 0);
  await world.until(() => client.status().state === 'synced' && client.status().pending === 0, 10_000);
});

it.each([false, true])(
  'an acknowledged write that a restored server lost comes back, although a clone has pushed as much since (live: %s)',
  async (live) => {
    const world = createWorld();
    const store = createMemoryStore(true);
    const client = await world.open({ store, debounceMs: 0, live });
    await settled(world, client);
    const clone = await copyStore(store);
    const restore = world.backup();
    world.fate = ({ line }) => (line.endsWith('/push') ? 'pass' : 'dropRequest');
    await put(world, client, 'a');
    await world.until(() => client.outbox().length === 0);
    await restore();
    world.fate = () => 'pass';
    client.setOnline(false);
    const twin = await opened(world, clone);
    await put(world, twin, 'b');
    await settled(world, twin);
    client.setOnline(true);
    await world.until(() => client.collection('notes').get('b') !== undefined);
    await settled(world, client);
    const other = await opened(world);
    expect(other.collection('notes').get('a')?.title).toBe('a');
  },
);
