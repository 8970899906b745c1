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

const comeToRest = async ({ context, violations }: Setup, world: World): Promise<void> => {
  const { loop } = context;
  heal(world);
  const withinMs = context.profile.faults.poison > 0 ? QUIET_POISONED_MS : QUIET_WITHIN_MS;
  const end = loop.now() + withinMs;
  let why: string | undefined = 'the phase has just ended';
  while (why !== undefined && loop.now() < end && violations.length === 0) {
    await loop.runFor(1_000);
    why = await restlessness(world);
  }
  if (why !== undefined && violations.length === 0) context.violate('I14', `not at rest after ${withinMs / 1000} s: ${why}`);
  if (violations.length === 0) await checkAtRest(world);
  if (violations.length > 0) throw new Ended();
};

/** A device that starts from nothing shows what all the others show (I6, I20). */
const checkFreshDevice = async ({ context }: Setup, world: World): Promise<void> => {
  for (const user of world.users) {
    const device = world.addDevice(user);
    await context.loop.runFor(60_000);
    const tab = device.tabs[0];
    const difference =
      tab === undefined ? 'it has no tab' : differenceOf(await serverPicture(world, user, device.version), tabPicture(tab));
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
