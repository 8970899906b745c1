import { expect, it } from 'vitest';
import type { ClientEnv } from '../platform/client-env.ts';
import { copyStore, createWorld, shown } from '../simulation/world.suite.ts';
import { createMemoryStore } from '../store/memory-store.ts';

/** What was sent from here on, without its path. */
const sentFrom = (world: ReturnType<typeof createWorld>, first: number): readonly string[] =>
  world.requests.slice(first).map(({ line }) => line.slice(line.lastIndexOf('/') + 1));

const followed = async (world: ReturnType<typeof createWorld>, stream: (env: ClientEnv) => ClientEnv['stream'] = (env) => env.stream) => {
  const env = world.env();
  const client = await world.open({ live: true, debounceMs: 0, env: { ...env, stream: stream(env) } });
  await world.until(() => client.status().state === 'synced');
  // Time for the stream to open, and for the digest that is compared at first rest.
  await world.pass(1_000);
  return client;
};

it('an edit costs one request while an event stream is open, and sync() still pulls', async () => {
  const world = createWorld();
  const client = await followed(world);
  const before = world.requests.length;
  await world.during(client.collection('notes').put({ title: 'tea' }, 'a'));
  await world.until(() => client.status().state === 'synced');
  await world.during(client.collection('notes').patch('a', { title: 'coffee' }));
  await world.until(() => client.status().state === 'synced');
  await world.pass(20_000);
  expect(sentFrom(world, before)).toEqual(['push', 'push']);
  expect(shown(client)).toEqual([{ id: 'a', title: 'coffee' }]);
  await world.during(client.sync());
  expect(sentFrom(world, before)).toEqual(['push', 'push', 'pull']);
});

it('what a silent stream does not bring is pulled before long', async () => {
  const world = createWorld();
  async function* silent(): AsyncGenerator<string> {
    await new Promise(() => undefined);
    yield '';
  }
  const client = await followed(world, () => async () => ({ status: 200, chunks: silent(), close: () => undefined }));
  const other = await world.open();
  await world.during(other.collection('notes').put({ title: 'theirs' }, 'b'));
  await world.during(other.sync());
  const before = world.requests.length;
  await world.during(client.collection('notes').put({ title: 'mine' }, 'a'));
  await world.until(() => client.status().pending === 0);
  expect(sentFrom(world, before)).toEqual(['push']);
  await world.until(() => shown(client).length === 2, 31_000);
});

it('a digest that is due is not put off by a client that edits all the time', async () => {
  const world = createWorld();
  const client = await followed(world);
  await world.during(client.collection('notes').put({ title: '0' }, 'a'));
  const before = world.requests.length;
  for (let i = 1; i <= 20; i += 1) {
    await world.pass(20_000);
    await world.during(client.collection('notes').patch('a', { title: `${i}` }));
    await world.until(() => client.status().state === 'synced');
  }
  const sent = sentFrom(world, before);
  expect(sent).toContain('digest');
  expect(sent.filter((path) => path === 'pull').length).toBeLessThan(5);
});

it('a page of the stream that was made before the latest receipt is no sign of a restored server', async () => {
  const world = createWorld();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const client = await followed(world, (env) => async (request) => {
    const opened = await env.stream(request);
    async function* late(): AsyncGenerator<string> {
      for await (const chunk of opened.chunks) {
        if (chunk.includes('theirs')) await released;
        yield chunk;
      }
    }
    return { ...opened, chunks: late() };
  });
  const other = await world.open();
  await world.during(other.collection('notes').put({ title: 'theirs' }, 'b'));
  await world.during(other.sync());
  const before = world.requests.length;
  await world.during(client.collection('notes').put({ title: 'mine' }, 'a'));
  await world.until(() => client.status().pending === 0);
  release();
  await world.until(() => shown(client).length === 2);
  await world.pass(1_000);
  expect(sentFrom(world, before).filter((path) => path === 'push')).toHaveLength(1);
});

it('a client that takes a new clientId follows a stream of its own from then on', async () => {
  const world = createWorld();
  const store = createMemoryStore(true);
  const first = await world.open({ store, live: true, debounceMs: 0 });
  await world.until(() => first.status().state === 'synced');
  const asked: string[] = [];
  const env = world.env();
  const stream: ClientEnv['stream'] = (request) => {
    asked.push(new URL(request.url, 'http://server').searchParams.get('clientId') ?? '');
    return env.stream(request);
  };
  const twin = await world.open({ store: await copyStore(store), live: true, debounceMs: 0, env: { ...env, stream } });
  await world.until(() => asked.length === 1);
  for (const client of [first, twin]) {
    await world.during(client.collection('notes').put({ title: 'mine' }, client === first ? 'a' : 'b'));
    await world.until(() => client.status().pending === 0);
  }
  expect(twin.clientId).not.toBe(first.clientId);
  await world.until(() => asked.at(-1) === twin.clientId, 5_000);
});
