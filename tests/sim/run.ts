import { heal, startFaults } from './faults/faults.ts';
import { checkAtRest, differenceOf, restlessness, serverPicture, tabPicture } from './oracle/quiet.ts';
import { hearUnhandled } from './platform/node.ts';
import { removeAllDatabases } from './platform/scratch.ts';
import { createSometimes } from './sometimes.ts';
import { createWorkload } from './workload/workload.ts';
import type { Context } from './world/context.ts';
import { createLoop } from './world/loop.ts';
import { createProfile, PHASES, type Profile } from './world/profile.ts';
import { createStreams } from './world/random.ts';
import { createWorld, type World } from './world/world.ts';

/** A healed world has to come to rest within so much virtual time (I14). */
const QUIET_WITHIN_MS = 120_000;
/** The same where servers choke on a mutation for good: the client has to find out which, between the waits of its retries. */
const QUIET_POISONED_MS = 1_200_000;
/** A device that starts from nothing has to have caught up within this, and the time that its pages are on their way. */
const FRESH_WITHIN_MS = 60_000;
/** Virtual time of one round trip beside its latency: waits for storages, writes, the steps between. */
const ROUND_TRIP_MS = 50;

export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly at: number;
}

/** What a run did and found. */
export interface Report {
  readonly seed: number;
  readonly profile: Profile;
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  readonly recent: readonly string[];
  readonly mutations: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly sometimes: ReadonlyMap<string, number>;
  readonly virtualMs: number;
  readonly steps: number;
}

/** Thrown to end a run at its first violation. */
class Ended extends Error {}

const createContext = (profile: Profile) => {
  const loop = createLoop();
  const faults = new Map<string, number>();
  const violations: Violation[] = [];
  const state = { busy: false };
  const context: Context = {
    profile,
    loop,
    streams: createStreams(profile.seed),
    sometimes: createSometimes(),
    strength: (fault) => (state.busy ? profile.faults[fault] : 0),
    injected: (fault) => void faults.set(fault, (faults.get(fault) ?? 0) + 1),
    violate: (invariant, what) => {
      loop.trace(`VIOLATION ${invariant}: ${what}`);
      violations.push({ invariant, what, at: loop.now() });
    },
  };
  return { context, faults, violations, state };
};

type Setup = ReturnType<typeof createContext>;

const runBusy = async ({ context, state, violations }: Setup, world: World, startWorkload: () => void): Promise<void> => {
  const { loop, profile } = context;
  state.busy = true;
  startWorkload();
  startFaults(world, () => state.busy);
  const end = loop.now() + profile.busyMs;
  while (violations.length === 0 && (await loop.step(end)));
  if (violations.length > 0) throw new Ended();
  state.busy = false;
};

/** What two walks through everything there is take at the most, page by page: pages of one change over a slow network take long. */
const pagingMs = ({ profile }: Context, { oracle }: World): number => {
  const { logs, issued } = oracle.memory;
  const changes = issued.size + Math.max(0, ...[...logs.values()].map((log) => log.length));
  return 2 * Math.ceil(changes / profile.pageLimit) * (3 * profile.latencyMs + ROUND_TRIP_MS);
};

/** Plays on, second by second, until `ask` has no more to say or the time is over; answers what it said last. */
const playUntil = async ({ context: { loop }, violations }: Setup, withinMs: number, ask: () => Promise<string | undefined>) => {
  const end = loop.now() + withinMs;
  let why: string | undefined = 'it has just begun';
  while (why !== undefined && loop.now() < end && violations.length === 0) {
    await loop.runFor(1_000);
    why = await ask();
  }
  return why;
};

const comeToRest = async (setup: Setup, world: World): Promise<void> => {
  const { context, violations } = setup;
  heal(world);
  const withinMs = (context.profile.faults.poison > 0 ? QUIET_POISONED_MS : QUIET_WITHIN_MS) + pagingMs(context, world);
  const why = await playUntil(setup, withinMs, () => restlessness(world));
  if (why !== undefined && violations.length === 0) context.violate('I14', `not at rest after ${Math.round(withinMs / 1000)} s: ${why}`);
  if (violations.length === 0) await checkAtRest(world);
  if (violations.length > 0) throw new Ended();
};

/** A device that starts from nothing shows what all the others show (I6, I20). */
const checkFreshDevice = async (setup: Setup, world: World): Promise<void> => {
  const { context } = setup;
  for (const user of world.users) {
    const device = world.addDevice(user);
    const difference = await playUntil(setup, FRESH_WITHIN_MS + pagingMs(context, world), async () => {
      const tab = device.tabs[0];
      return tab === undefined ? 'it has no tab' : differenceOf(await serverPicture(world, user, device.version), tabPicture(tab));
    });
    if (difference !== undefined) context.violate('I6', `a fresh device of ${user}: ${difference}`);
  }
};

const play = async (setup: Setup, world: World): Promise<void> => {
  const startWorkload = createWorkload(world, () => setup.state.busy);
  for (let phase = 0; phase < PHASES; phase += 1) {
    await runBusy(setup, world, startWorkload);
    await comeToRest(setup, world);
  }
  await checkFreshDevice(setup, world);
};

/** Plays one seed: twice a busy phase with faults, then healing, rest and all checks. The same seed gives the same trace. */
export const run = async (seed: number, profile: Profile = createProfile(seed)): Promise<Report> => {
  const setup = createContext(profile);
  const { context, violations, faults } = setup;
  const world = await createWorld(context);
  const unheard = (fault: unknown): void =>
    context.violate('total', `a rejection nobody hears: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`);
  try {
    await hearUnhandled(unheard, () => play(setup, world));
  } catch (fault) {
    if (!(fault instanceof Ended)) throw fault;
  }
  for (const server of world.servers()) server.kill();
  await world.keeper().close();
  removeAllDatabases();
  return {
    seed,
    profile,
    violations,
    traceHash: context.loop.traceHash(),
    recent: context.loop.recent(),
    mutations: world.oracle.memory.issued.size,
    faults,
    sometimes: context.sometimes.counts,
    virtualMs: context.loop.now(),
    steps: context.loop.steps(),
  };
};
