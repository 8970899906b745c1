import { createCollection } from '@tanstack/db';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld, type NotesClient, notes, type World } from '../simulation/world.suite.ts';
import { tidemarkCollectionOptions } from './tanstack-db.ts';

// TanStack DB itself, on clients, the engine and the server of one process.

const collectionOf = async (world: World, client: NotesClient) => {
  const collection = createCollection(tidemarkCollectionOptions({ client, collection: notes.collections.notes }));
  onTestFinished(() => collection.cleanup());
  await world.during(collection.preload());
  return collection;
};

const open = async (world: World) => {
  const client = await world.open({ debounceMs: 0 });
  onTestFinished(() => client.close());
  return client;
};

test('writes show at once, are settled offline, and reach other devices; their receipts tell where they stand', async () => {
  const world = createWorld();
  const [one, two] = [await open(world), await open(world)];
  const [here, there] = [await collectionOf(world, one), await collectionOf(world, two)];
  one.setOnline(false);
  const inserted = here.insert({ id: 'a', title: 'Tides', body: 'sea' });
  expect(here.get('a')?.title).toBe('Tides');
  await world.during(inserted.isPersisted.promise);
  const receipt = () => here.utils.receiptOf(inserted.mutations[0]?.mutationId ?? '');
  expect([one.status().pending, receipt()]).toEqual([1, 'pending']);
  one.setOnline(true);
  await world.until(() => there.has('a'));
  expect(receipt()).toBe('acknowledged');

  const updated = here.update('a', (draft) => {
    draft.title = 'Ebb';
    delete draft.body;
  });
  await world.during(updated.isPersisted.promise);
  await world.until(() => there.get('a')?.title === 'Ebb');
  expect(two.collection('notes').get('a')).toEqual({ id: 'a', title: 'Ebb' });
  const read = there.get('a');
  await world.during(there.delete('a').isPersisted.promise);
  await world.until(() => !here.has('a'));
  if (read !== undefined) await world.during(there.insert(read).isPersisted.promise);
  await world.until(() => here.has('a'));
  expect(one.collection('notes').list()).toEqual([{ id: 'a', title: 'Ebb' }]);
});

test('what the client refuses is rolled back, and says why', async () => {
  const world = createWorld();
  const client = await open(world);
  const collection = await collectionOf(world, client);
  const transaction = collection.insert({ id: 'a', title: 'x'.repeat(101) });
  expect(collection.has('a')).toBe(true);
  await expect(world.during(transaction.isPersisted.promise)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  expect(collection.has('a')).toBe(false);
  expect(client.status().pending).toBe(0);
});

test('several writes of one transaction stand together, and more than a group holds are all stored', async () => {
  const world = createWorld();
  const client = await open(world);
  const collection = await collectionOf(world, client);
  client.setOnline(false);
  const rows = Array.from({ length: 90 }, (_, i) => ({ id: `n${i}`, title: `Note ${i}` }));
  await world.during(collection.insert(rows).isPersisted.promise);
  expect(client.outbox().map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  expect(new Set(client.outbox().map(({ group }) => group)).size).toBe(3);
  const refused = collection.insert([
    { id: 'good', title: 'good' },
    { id: 'bad', title: 'x'.repeat(101) },
  ]);
  await expect(world.during(refused.isPersisted.promise)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  expect([collection.size, client.outbox().length]).toEqual([90, 90]);
});

test('a reset, and what the server refuses, come as changes of the rows', async () => {
  const world = createWorld();
  const client = await open(world);
  const collection = await collectionOf(world, client);
  await world.during(collection.insert({ id: 'a', title: 'before' }).isPersisted.promise);
  await world.until(() => client.status().state === 'synced');
  const goBack = world.backup();
  const other = await open(world);
  await world.during(other.sync());
  await other.collection('notes').put({ title: 'lost with the server' }, 'b');
  await world.until(() => collection.has('b'));
  await other.close();
  await goBack();
  await world.during(client.sync());
  await world.until(() => !collection.has('b'));
  expect([...collection.values()].map(({ title }) => title)).toEqual(['before']);

  world.fate = ({ line, body }) =>
    line.endsWith('/sync/push') && JSON.stringify(body).includes('poison')
      ? { status: 422, body: { error: { code: 'TOO_LARGE' } } }
      : 'pass';
  client.setOnline(false);
  await world.during(collection.insert({ id: 'p', title: 'poison' }).isPersisted.promise);
  expect(collection.has('p')).toBe(true);
  client.setOnline(true);
  await world.until(() => client.status().parked === 1);
  expect(collection.has('p')).toBe(false);
});
