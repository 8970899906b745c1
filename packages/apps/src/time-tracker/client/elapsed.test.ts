import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Task } from '../schema.ts';
import { edited, elapsed, isRunning, pause, start } from '../task.ts';
import { type Fate, openWorld, type World } from './upload-world.suite.ts';

/** One device in the hands of a person: by the upload routes, or a native client. Offline but while it syncs. */
interface Hand {
  task(): Task | undefined;
  write(change: (task: Task) => Task, at: number): Promise<void>;
  sync(fate: Fate): Promise<void>;
}

const ID = 'r';

const uploadHand = (world: World): Hand => {
  let device = world.device();
  device.offline = true;
  return {
    task: () => device.timer.get(ID),
    write: async (change) => {
      expect(device.timer.edit(ID, change)).toMatchObject({ ok: true });
    },
    sync: async (fate) => {
      // Every sync is that of a page just opened: what it stands on was kept.
      device = device.reopen();
      device.fate = ({ url }) => (url.includes('/download') ? 'pass' : fate);
      await device.timer.sync();
      device.offline = true;
    },
  };
};

const nativeHand = async (world: World): Promise<Hand> => {
  const device = await world.native();
  device.offline = true;
  const tasks = device.client.collection('tasks');
  return {
    task: () => tasks.get(ID),
    write: async (change, at) => {
      const before = tasks.get(ID);
      if (before === undefined) return;
      const { intervals } = change(before);
      if (intervals !== before.intervals) expect(await tasks.patch(ID, edited({ intervals }, at))).toMatchObject({ ok: true });
    },
    sync: async (fate) => {
      device.offline = false;
      device.fate = () => fate;
      await device.client.sync();
      device.offline = true;
    },
  };
};

/** What truly happened: each stretch by its start, with the times at which somebody paused it. */
type Truth = Map<number, number[]>;

/** The milliseconds of stretches; `endOf` answers where one ends that nobody paused. */
const covered = (truth: Truth, endOf: (start: number) => number): ReadonlySet<number> => {
  const all = new Set<number>();
  for (const [from, pauses] of truth) {
    const to = pauses.length > 0 ? Math.max(...pauses) : endOf(from);
    for (let ms = from; ms < to; ms += 1) all.add(ms);
  }
  return all;
};

const nextStart = (truth: Truth, from: number): number => Math.min(...[...truth.keys()].filter((start) => start > from));

const coveredBy = (task: Task, at: number): ReadonlySet<number> =>
  covered(new Map(task.intervals.map(({ start: from, end }) => [from, end === undefined ? [] : [end]])), () => at);

interface Scene {
  readonly world: World;
  readonly hands: readonly Hand[];
  readonly truth: Truth;
  /** Starts or pauses on one device, a while after what happened before. */
  toggle(hand: Hand, gap: number): Promise<void>;
  /** Syncs all devices until nobody has anything to tell. */
  all(): Promise<void>;
  /** What all devices show, once it is the same. */
  shown(): Task;
}

const openScene = async (): Promise<Scene> => {
  const world = await openWorld();
  const hands = [uploadHand(world), uploadHand(world), await nativeHand(world)];
  const truth: Truth = new Map();
  const scene: Scene = {
    world,
    hands,
    truth,
    toggle: async (hand, gap) => {
      world.server.clock.wall += gap;
      const at = world.server.clock.wall;
      const task = hand.task();
      if (task === undefined) throw new Error('the task is not there yet');
      const running = isRunning(task);
      if (running) truth.get(task.intervals.at(-1)?.start ?? -1)?.push(at);
      else truth.set(at, []);
      await hand.write((one) => (running ? pause(one, at) : start(one, at)), at);
    },
    all: async () => {
      for (let turn = 0; turn < 3; turn += 1) for (const hand of hands) await hand.sync('pass');
    },
    shown: () => {
      const [first, ...others] = hands.map((hand) => hand.task());
      for (const other of others) expect(other).toEqual(first);
      if (first === undefined) throw new Error('the task is gone');
      return first;
    },
  };
  const task = { id: ID, title: 'Read', intervals: [], archived: false, tags: [], updatedAt: 0, version: 1 };
  await world.server.call('POST', '/sync/upload', { tasks: [task] });
  await scene.all();
  return scene;
};

const step = <A extends string>(...acts: readonly A[]) =>
  fc.record({ hand: fc.nat(2), act: fc.constantFrom(...acts), gap: fc.integer({ min: 1, max: 9 }) });

const FATES = { sync: 'pass', loseRequest: 'dropRequest', loseAnswer: 'dropAnswer' } as const;
const isTicking = (hand: Hand): boolean => isRunning(hand.task() ?? { intervals: [] });

test('what three devices tracked at once while offline counts once, to the millisecond', { timeout: 120_000 }, async () => {
  const steps = fc.array(step('toggle', 'toggle', 'sync', 'loseRequest', 'loseAnswer'), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.nat(2), { maxLength: 3 }), async (acts, last) => {
      const { world, hands, truth, toggle, all, shown } = await openScene();
      for (const { hand: index, act, gap } of acts) {
        const hand = hands[index];
        if (hand === undefined) continue;
        if (act === 'toggle') await toggle(hand, gap);
        // Who comes online with a running timer may stop that of another; that is for the end.
        else if (!isTicking(hand)) await hand.sync(FATES[act]);
      }
      for (const hand of hands) if (isTicking(hand)) await toggle(hand, 1);
      await all();
      expect(elapsed(shown(), world.server.clock.wall)).toBe(covered(truth, () => 0).size);

      for (const index of new Set(last)) for (const hand of hands.slice(index, index + 1)) await toggle(hand, 3);
      await all();
      const at = world.server.clock.wall + 7;
      expect(elapsed(shown(), at)).toBe(covered(truth, (from) => Math.min(at, nextStart(truth, from))).size);
    }),
    { numRuns: 60 },
  );
});

test('with timers running through it all, every tracked millisecond counts, and no other', { timeout: 120_000 }, async () => {
  const steps = fc.array(step('toggle', 'toggle', 'sync', 'loseRequest', 'loseAnswer'), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, async (acts) => {
      const { world, hands, truth, toggle, all, shown } = await openScene();
      for (const { hand: index, act, gap } of acts) {
        const hand = hands[index];
        if (hand !== undefined) await (act === 'toggle' ? toggle(hand, gap) : hand.sync(FATES[act]));
      }
      await all();
      const at = world.server.clock.wall + 7;
      const counted = coveredBy(shown(), at);
      expect(elapsed(shown(), at)).toBe(counted.size);
      // A timer that nobody paused ran at least until the next one was started somewhere.
      for (const ms of covered(truth, (from) => Math.min(at, nextStart(truth, from)))) expect(counted).toContain(ms);
      // At most, each ran until the last one was started; and that nobody paused, until now.
      const lastStart = Math.max(...truth.keys());
      const most = covered(new Map([...truth].map(([from, pauses]) => [from, pauses.length > 0 ? [...pauses, lastStart] : []])), () => at);
      for (const ms of counted) expect(most).toContain(ms);
    }),
    { numRuns: 60 },
  );
});
