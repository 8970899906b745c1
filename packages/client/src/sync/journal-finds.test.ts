import { expect, it } from 'vitest';
import { copyStore, createWorld, type NotesClient, type World } from '../simulation/world.suite.ts';
import { createMemoryStore } from '../store/memory-store.ts';

// What the simulator (tests/sim) found of what is offered again to a restored server, each in its smallest form.

const settled = (world: World, client: NotesClient) =>
  world.until(() => client.status().state === 'synced' && client.status().pending === 0);

const opened = async (world: World, store = createMemoryStore(true)): Promise<NotesClient> => {
  const client = await world.open({ store, debounceMs: 0 });
  await settled(world, client);
  return client;
};

const put = (world: World, client: NotesClient, id: string) => world.during(client.collection('notes').put({ title: id }, id));

it('what a restored server lost is offered again, although a copy of the device has used its numbers meanwhile', async () => {
  const world = createWorld();
  const store = createMemoryStore(true);
  const client = await opened(world, store);
  const copy = await copyStore(store);
  const restore = world.backup();
  // Acknowledged, and not pulled: the cursor is still one that the restored server knows.
  world.fate = ({ line }) => (line.endsWith('/pull') ? 'dropRequest' : 'pass');
  await put(world, client, 'a');
  await world.until(() => client.outbox().length === 0);
  client.setOnline(false);
  world.fate = () => 'pass';
  await restore();
  const twin = await opened(world, copy);
  expect(twin.clientId).toBe(client.clientId);
  for (const id of ['b', 'c']) await put(world, twin, id);
  await settled(world, twin);
  client.setOnline(true);
  await settled(world, client);
  await world.during(twin.sync());
  expect(twin.collection('notes').get('a')?.title).toBe('a');
});

it.each(['discarded', 'retried'])('what was offered again, refused and then %s is never offered again', async (how) => {
  const world = createWorld();
  const client = await opened(world);
  const restore = world.backup();
  const first = await put(world, client, 'a');
  const mutationId = first.ok ? first.value.mutationId : '';
  await settled(world, client);
  await restore();
  world.fate = ({ body }) => (JSON.stringify(body ?? {}).includes('"healed"') ? { status: 422 } : 'pass');
  await world.until(() => client.parked().length === 1);
  await settled(world, client);
  world.fate = () => 'pass';
  if (how === 'discarded') await world.during(client.discardParked(mutationId));
  else await world.during(client.retryParked(mutationId));
  await settled(world, client);
  await restore();
  await world.during(client.sync());
  await settled(world, client);
  const offered = world.requests.filter(({ body }) => JSON.stringify(body ?? {}).includes(mutationId)).length;
  await restore();
  await world.during(client.sync());
  await settled(world, client);
  const again = world.requests.filter(({ body }) => JSON.stringify(body ?? {}).includes(mutationId)).length;
  expect(again).toBe(offered);
  const other = await opened(world);
  expect(other.collection('notes').get('a')?.title).toBe(how === 'discarded' ? undefined : 'a');
});
