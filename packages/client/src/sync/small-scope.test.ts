import { expect, it } from 'vitest';
import { noteRecord } from '../../../../tests/process/platform/record.ts';
import { createClock } from '../simulation/clock.suite.ts';
import { createNetwork, type Rules } from '../simulation/network.suite.ts';
import { createHttp, type Recorded, record } from '../simulation/server.suite.ts';
import { type Device, FATES, openDevice, type RequestFate, settle } from '../simulation/turns.suite.ts';
import { copyStore, shown } from '../simulation/world.suite.ts';
import type { ClientStore } from '../store/client-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';

// Every way in which two devices with two edits each can reach the server, with every choice of faults: the real client, planner
// and server, on a network that hands over one request at a time. What a device does by itself commutes with whatever the other
// does, so across devices only the order of what touches the server is enumerated. Both devices do the same, so the first
// request is the first device's without loss.

/** Two faults take some minutes; TIDEMARK_SWEEP=all asks for them too. */
const ALL = process.env.TIDEMARK_SWEEP === 'all';
/** By the number of faults: requests of a run over which fate decides; the later ones pass, in a fixed order. */
const DECIDED = [5, 5, 4] as const;
const STEPS_MAX = 400;
const RECORD = 'x';

/** Answers the next decision between so many. */
type Choose = (options: number) => number;

/** Runs once for every sequence of decisions; answers how many runs that were. */
const everyChoice = async (run: (choose: Choose) => Promise<void>): Promise<number> => {
  let prefix: readonly number[] = [];
  for (let runs = 1; ; runs += 1) {
    const taken: number[] = [];
    const options: number[] = [];
    const choose: Choose = (of) => {
      const choice = prefix[taken.length] ?? 0;
      taken.push(choice);
      options.push(of);
      return choice;
    };
    try {
      await run(choose);
    } catch (fault) {
      throw new Error(`decisions ${JSON.stringify(taken)}`, { cause: fault });
    }
    const last = taken.findLastIndex((choice, index) => choice + 1 < (options[index] ?? 0));
    if (last === -1) return runs;
    prefix = [...taken.slice(0, last), (taken[last] ?? 0) + 1];
  }
};

/** A server and two devices that have synced one record, to begin each run with. */
interface Start {
  readonly server: () => Promise<Recorded>;
  readonly stores: readonly ClientStore[];
}

const createRules = (): Rules => ({ requests: [], pageLimit: undefined, fate: () => 'pass' });

const prepare = async (): Promise<Start> => {
  const clock = createClock(7);
  const recorded = record();
  const { app } = createHttp(clock, recorded.storage);
  const network = createNetwork(clock, createRules(), () => app);
  const stores = [createMemoryStore(true), createMemoryStore(true)];
  for (const [index, store] of stores.entries()) {
    const device = await openDevice(store, network.env());
    if (index === 0) await device.client().collection('notes').put({ title: 'first', likes: 0, tags: [] }, RECORD);
    device.goOnline();
    for (await settle(); device.isWaiting(); await settle()) await device.deliver('pass');
    expect(device.client().status()).toMatchObject({ state: 'synced', pending: 0 });
    await device.client().close();
  }
  return { server: recorded.copy(), stores };
};

/** The `edit`-th edit of a device: a like and a tag each time, so that what is lost or done twice shows. */
const edit = async (device: Device, name: string, number: number): Promise<void> => {
  const all = device.client().collection('notes');
  const { likes = 0, tags = [] } = all.get(RECORD) ?? {};
  const done = await all.patch(RECORD, { title: `${name}${number}`, likes: likes + 1, tags: [...tags, `${name}${number}`] });
  expect(done).toMatchObject({ ok: true });
};

/** When the second edit is made: before going online, at once after it, or after the first or second request. */
const SECOND_EDIT = ['offline', 0, 1, 2] as const;

interface Actor {
  readonly device: Device;
  readonly name: string;
  readonly second: (typeof SECOND_EDIT)[number];
  delivered: number;
}

const createActor = async (device: Device, name: string, choose: Choose): Promise<Actor> => {
  const second = SECOND_EDIT[choose(SECOND_EDIT.length)] ?? 0;
  await edit(device, name, 1);
  if (second === 'offline') await edit(device, name, 2);
  device.goOnline();
  await settle();
  if (second === 0) await edit(device, name, 2);
  return { device, name, second, delivered: 0 };
};

const decide = (choose: Choose, mayFail: boolean, mayRestore: boolean): RequestFate | 'restore' => {
  const fates = [...(mayFail ? FATES : FATES.slice(0, 1)), ...(mayFail && mayRestore ? ['restore' as const] : [])];
  return fates[fates.length > 1 ? choose(fates.length) : 0] ?? 'pass';
};

const play = async (start: Start, faultsMax: number, choose: Choose): Promise<void> => {
  const clock = createClock(11);
  let recorded = await start.server();
  let http = createHttp(clock, recorded.storage);
  const network = createNetwork(clock, createRules(), () => http.app);
  const actors: Actor[] = [];
  for (const [index, store] of start.stores.entries()) {
    actors.push(await createActor(await openDevice(await copyStore(store), network.env()), index === 0 ? 'a' : 'b', choose));
  }
  const isQuiet = (): boolean =>
    actors.every(({ device, second, delivered }) => {
      const { pending, state } = device.client().status();
      return pending === 0 && state === 'synced' && (second === 'offline' || delivered >= second);
    });
  let faults = 0;
  let deliveries = 0;
  for (let steps = 0; ; steps += 1) {
    if (steps > STEPS_MAX) throw new Error(`wedged: ${actors.map(({ device }) => JSON.stringify(device.client().status())).join(' ')}`);
    await settle();
    const ready = actors.filter(({ device }) => device.isWaiting());
    if (ready.length === 0) {
      if (isQuiet()) break;
      clock.fireNext(Number.POSITIVE_INFINITY);
      continue;
    }
    const decided = deliveries < (DECIDED[faultsMax] ?? 0);
    const actor = ready[decided && ready.length > 1 && deliveries > 0 ? choose(ready.length) : 0];
    if (actor === undefined) throw new Error('Nobody is there.');
    const fate = decide(choose, decided && faults < faultsMax, deliveries > 0);
    if (fate !== 'pass') faults += 1;
    if (fate === 'restore') {
      // Back to before the run; all that was acknowledged since is gone.
      recorded = await start.server();
      http = createHttp(clock, recorded.storage);
      continue;
    }
    deliveries += 1;
    await actor.device.deliver(fate);
    actor.delivered += 1;
    await settle();
    if (actor.delivered === actor.second) await edit(actor.device, actor.name, 2);
  }
  await judge(actors, http.engine, recorded);
};

const sync = async ({ device }: Actor): Promise<void> => {
  const synced = device.client().sync();
  for (await settle(); device.isWaiting(); await settle()) await device.deliver('pass');
  await synced;
};

const judge = async (actors: readonly Actor[], engine: ReturnType<typeof createHttp>['engine'], recorded: Recorded): Promise<void> => {
  for (const actor of [...actors, ...actors]) await sync(actor);
  const [first, other] = actors.map(({ device }) => shown(device.client()));
  expect(other).toEqual(first);
  for (const { device } of actors) expect(device.client().status()).toMatchObject({ state: 'synced', pending: 0, parked: 0, error: null });
  const [note] = first ?? [];
  expect(note?.likes).toBe(4);
  expect([...(Array.isArray(note?.tags) ? note.tags : [])].sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
  // No title is gone without a trace: it is in the record, its history or a conflict.
  const space = { app: 'notes', key: 'notes/alice' };
  const rows = await recorded.inner.readLog(space.key, { after: 0, limit: 1_000, bytesMax: 2 ** 24 });
  const text = rows.map(({ fieldsJson }) => fieldsJson).join();
  for (const title of ['a1', 'a2', 'b1', 'b2']) expect(text).toContain(`"${title}"`);
  expect((await engine.verify(space)).problems).toEqual([]);
  for (const { device } of actors) await device.client().close();
};

it.each(ALL ? [0, 1, 2] : [0, 1])(
  'every interleaving of 2 devices × 2 edits with up to %i faults converges and loses nothing',
  async (faultsMax) => {
    const start = await prepare();
    const began = performance.now();
    const runs = await everyChoice((choose) => play(start, faultsMax, choose));
    expect(runs).toBeGreaterThan(16);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`${faultsMax} faults: ${runs} interleavings in ${seconds} s`);
    noteRecord({ test: 'small scope', faults: faultsMax, decided: DECIDED[faultsMax] ?? 0, interleavings: runs, seconds });
  },
  3_600_000,
);
