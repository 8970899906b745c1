import type { Sometimes } from '../sometimes.ts';
import type { Loop } from './loop.ts';
import type { Fault, Profile } from './profile.ts';
import type { Streams } from './random.ts';

/** What every part of a world works with. */
export interface Context {
  readonly profile: Profile;
  readonly loop: Loop;
  readonly streams: Streams;
  readonly sometimes: Sometimes;
  /** Strength of a fault now: 0 while the world is healed. */
  strength(fault: Fault): number;
  /** Counts a fault that was injected. */
  injected(fault: Fault): void;
  /** Ends the run as failed. */
  violate(invariant: string, what: string): void;
}

/** Something that can die: what it awaited never comes, what it set up never fires. */
export interface Life {
  readonly name: string;
  alive: boolean;
}

/** Rolls the dice for a fault that has a probability. */
export const strikes = (context: Context, fault: Fault): boolean => {
  const hit = context.streams(`fault ${fault}`).chance(context.strength(fault));
  if (hit) context.injected(fault);
  return hit;
};

/** A new one each time: who waits for one and the same promise is kept in memory by it. */
const forever = (): Promise<never> => new Promise(() => undefined);

/** The value, or nothing ever again where `life` has ended meanwhile. */
export const mortal = async <T>(life: Life, work: Promise<T>): Promise<T> => {
  try {
    const value = await work;
    return life.alive ? value : await forever();
  } catch (fault) {
    if (!life.alive) await forever();
    throw fault;
  }
};

/** Dies here. */
export const die = (life: Life): Promise<never> => {
  life.alive = false;
  return forever();
};
