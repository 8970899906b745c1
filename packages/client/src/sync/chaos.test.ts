import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorld, type Fate, type NotesClient, shown, type World } from '../simulation/world.suite.ts';
import type { ClientStore } from '../store/client-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';

/** What one client does, or what happens to it. */
const CLIENT_STEPS = ['put', 'patch', 'delete', 'like', 'like', 'tag', 'sync', 'sync', 'pass', 'restart', 'offline', 'online'] as const;
/** Steps that happen to the server. */
const SERVER_STEPS = ['backup', 'restore'] as const;
const stepsOf = (...what: readonly string[]) =>
  fc.array(fc.record({ who: fc.nat(2), what: fc.constantFrom(...what), id: fc.constantFrom('a', 'b', 'c') }), {
    minLength: 5,
    maxLength: 40,
  });
type Step = { readonly who: number; readonly what: string; readonly id: string };

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
    // One that cuts its outbox into the smallest pushes has two of them under way most of the time.
    actors.push({ store, client: await world.open({ store, live: i === 0, pushMutationsMax: i === 1 ? 1 : 500 }) });
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

/** Plays the steps on a bad network, then lets everything arrive. Answers the clients and how many likes were given. */
const play = async (seed: number, steps: readonly Step[]): Promise<{ readonly actors: readonly Actor[]; readonly likes: number }> => {
  const world = createWorld(seed);
  const actors = await openActors(world);
  await world.during(Promise.resolve(actors[0]?.client.collection('notes').put({ title: 'counter', likes: 0 }, 'counter')));
  for (const { client } of actors) await world.during(client.sync());
  let restore = world.backup();
  world.fate = badNetwork(world, 0.4);
  let likes = 0;
  for (const [count, one] of steps.entries()) {
    const actor = actors[one.who];
    if (one.what === 'backup') restore = world.backup();
    else if (one.what === 'restore') await restore();
    else if (actor !== undefined) likes += await act(world, actor, one, count);
  }
  await heal(world, actors);
  for (const { client } of actors) {
    expect(client.status()).toMatchObject({ state: 'synced', pending: 0, error: null });
    expect(shown(client)).toEqual(actors[0] && shown(actors[0].client));
    await client.close();
  }
  return { actors, likes };
};

describe('clients on a bad network, with restarts', () => {
  it('converge, lose nothing and apply everything once', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), stepsOf(...CLIENT_STEPS), async (seed, steps) => {
        const { actors, likes } = await play(seed, steps);
        for (const { client } of actors) {
          expect(client.parked()).toEqual([]);
          // Every like counts, and each once, whatever was repeated or cut off.
          expect(client.collection('notes').get('counter')?.likes).toBe(likes);
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('converge with nothing pending also when the server is restored from backups again and again', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), stepsOf(...CLIENT_STEPS, ...SERVER_STEPS), async (seed, steps) => {
        await play(seed, steps);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });
});
