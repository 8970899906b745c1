import type { World } from '../world/world.ts';
import { DECISIONS, EDITS } from './edits.ts';

const ACTS = { ...EDITS, ...DECISIONS };

/** How often each is drawn; bursts as the profile says. */
const WEIGHTS: { readonly [name: string]: number } = {
  put: 3,
  patch: 5,
  body: 2,
  like: 4,
  count: 6,
  best: 2,
  tag: 4,
  delete: 3,
  group: 3,
  burst: 0,
  task: 5,
  deleteTask: 2,
  poison: 1,
  resolve: 5,
  retry: 1,
  discard: 0.3,
  sync: 2,
  export: 0.5,
  history: 0.5,
};

/** Answers what draws a deed by a number in [0, 1). */
const createDraw = (bursts: number): ((roll: number) => string) => {
  const weights = Object.entries({ ...WEIGHTS, burst: bursts });
  const all = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return (roll) => {
    let left = roll * all;
    for (const [name, weight] of weights) {
      left -= weight;
      if (left < 0) return name;
    }
    return 'patch';
  };
};

/** Answers what lets every device edit at random, until the world is told to rest. */
export const createWorkload = (world: World, isBusy: () => boolean): (() => void) => {
  const { loop, streams, profile, violate } = world.context;
  let count = 0;
  const dice = streams('workload');
  const draw = createDraw(profile.bursts);
  const act = (): void => {
    const device = dice.pick(world.devices);
    const roll = dice.next();
    const open = device.tabs.filter((tab) => tab.client !== undefined && tab.frozenUntil <= loop.now());
    const tab = open[dice.int(Math.max(1, open.length))];
    if (tab?.client === undefined) return;
    count += 1;
    const name = draw(roll);
    loop.trace(`${tab.life.name}: ${name}`);
    const ownDice = streams(`workload ${device.name}`);
    const deed = { world, device, tab, client: tab.client, dice: ownDice, id: `r${ownDice.int(profile.records)}`, count };
    ACTS[name]?.(deed).catch((fault: unknown) => {
      // discardParked has no other way to say that the store failed.
      if (tab.life.alive && !String(fault).includes('QuotaExceededError'))
        violate('total', `${name} threw: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`);
    });
  };
  const next = (): void => {
    loop.after(-Math.log(1 - dice.next()) * profile.editEveryMs, 'somebody edits', () => {
      if (!isBusy()) return;
      next();
      act();
    });
  };
  return next;
};
