import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorld, type Fate, type NotesClient, shown, type World } from '../simulation.suite.ts';
import type { ClientStore } from '../store/client-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';

/** What one client does, or what happens to it. */
const step = fc.record({
  who: fc.nat(2),
  what: fc.constantFrom(
    'put',
    'patch',
    'delete',
    'like',
    'like',
    'tag',
    'sync',
    'sync',
    'pass',
    'restart',
    'offline',
    'online',
    'backup',
    'restore',
  ),
  id: fc.constantFrom('a', 'b', 'c'),
});
type Step = { readonly who: number; readonly what: string; readonly id: string };

/** Steps that happen to the server, not to a client. */
const isServerStep = (what: string): boolean => what === 'backup' || what === 'restore';

interface Actor {
  client: NotesClient;
  readonly store: ClientStore;
}

const act = async (world: World, actor: Actor, { what, id }: Step, count: number): Promise<number> => {
  const collection = actor.client.collection('notes');
  switch (what) {
    case 'put':
      await world.during(collection.put({ title: `put ${count}` }, id));
      return 0;
    case 'patch':
      await world.during(collection.patch(id, { title: `patch ${count}` }));
      return 0;
    case 'delete':
      await world.during(collection.delete(id));
      return 0;
    case 'tag':
      await world.during(collection.patch(id, { tags: [`t${count}`] }));
      return 0;
    case 'like': {
      const done = await world.during(
        actor.client.collection('notes').patch('counter', { likes: (collection.get('counter')?.likes ?? 0) + 1 }),
      );
      return done.ok ? 1 : 0;
    }
    case 'sync':
      await world.during(actor.client.sync());
      return 0;
    case 'pass':
      await world.pass(700);
      return 0;
    case 'offline':
    case 'online':
      actor.client.setOnline(what === 'online');
      return 0;
    default:
      // A crash: the session is gone without a word, the store stays.
      actor.client.setOnline(false);
      actor.client = await world.open({ store: actor.store });
      return 0;
  }
};

/** A network that loses requests and answers; the draws come from the world's seed. */
const badNetwork = (world: World, loss: number): World['fate'] => {
  return (): Fate => {
    const draw = world.clock.random('network');
    if (draw < loss / 3) return 'dropRequest';
    if (draw < (2 * loss) / 3) return 'dropAnswer';
    return draw < loss ? { status: 503 } : 'pass';
  };
};

const openActors = async (world: World): Promise<Actor[]> => {
  const actors: Actor[] = [];
  for (let i = 0; i < 3; i += 1) {
    const store = createMemoryStore(true);
    actors.push({ store, client: await world.open({ store, live: i === 0 }) });
  }
  return actors;
};

const heal = async (world: World, actors: readonly Actor[]): Promise<void> => {
  world.fate = () => 'pass';
  for (const { client } of actors) client.setOnline(true);
  for (let pass = 0; pass < 3; pass += 1) for (const { client } of actors) await world.during(client.sync());
  await world.until(() => actors.every(({ client }) => client.status().pending === 0 && client.status().state === 'synced'));
  for (const { client } of actors) await world.during(client.sync());
};

describe('clients on a bad network, with restarts', () => {
  it('converge, lose nothing and apply everything once', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), fc.array(step, { minLength: 5, maxLength: 40 }), async (seed, steps) => {
        const world = createWorld(seed);
        const actors = await openActors(world);
        const first = actors[0];
        if (first === undefined) throw new Error('no clients');
        await world.during(first.client.collection('notes').put({ title: 'counter', likes: 0 }, 'counter'));
        for (const { client } of actors) await world.during(client.sync());
        world.fate = badNetwork(world, 0.4);
        let likes = 0;
        let restore = world.backup();
        for (const [count, one] of steps.entries()) {
          const actor = actors[one.who];
          if (one.what === 'backup') restore = world.backup();
          if (one.what === 'restore') await restore();
          if (actor !== undefined && !isServerStep(one.what)) likes += await act(world, actor, one, count);
        }
        await heal(world, actors);
        const states = actors.map(({ client }) => shown(client));
        expect(states[1]).toEqual(states[0]);
        expect(states[2]).toEqual(states[0]);
        expect(actors.map(({ client }) => client.parked())).toEqual([[], [], []]);
        // Every like counts, and each once, whatever was repeated or cut off.
        expect(first.client.collection('notes').get('counter')?.likes).toBe(likes);
        for (const { client } of actors) expect(client.status()).toMatchObject({ state: 'synced', pending: 0, error: null });
        for (const { client } of actors) await client.close();
      }),
      { numRuns: 40 },
    );
  });
});
