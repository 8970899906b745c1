/** Draws from one named stream. */
export interface Dice {
  /** In [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number in [0, below). */
  int(below: number): number;
  between(low: number, high: number): number;
  /** Log-uniform: small values as often as large ones. */
  scale(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
}

/** Answers the dice of a name; one more draw in one stream changes nothing in another. */
export type Streams = (name: string) => Dice;

// Source: FNV-1a, Fowler, Noll, Vo.
const hashName = (text: string, basis: number): number => {
  let hash = basis;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/** Turns of the generator before its state has forgotten how alike two names were. */
const WARM_UP = 12;

// Source: sfc32, Chris Doty-Humphrey (PractRand), public domain. Streams of a smaller state would run into each other.
const generator = (name: string): (() => number) => {
  let [a, b, c, count] = [hashName(name, 0x811c9dc5), hashName(name, 0x9e3779b9), hashName(name, 0x85ebca6b), 1];
  const next = (): number => {
    const sum = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < WARM_UP; i += 1) next();
  return next;
};

const createDice = (name: string): Dice => {
  const next = generator(name);
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    chance: (probability) => probability > 0 && next() < probability,
    int,
    between: (low, high) => low + next() * (high - low),
    scale: (low, high) => Math.exp(Math.log(low) + next() * (Math.log(high) - Math.log(low))),
    pick: (from) => {
      const one = from[int(from.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
  };
};

export const createStreams = (seed: number): Streams => {
  const known = new Map<string, Dice>();
  return (name) => {
    const found = known.get(name) ?? createDice(`${seed}/${name}`);
    known.set(name, found);
    return found;
  };
};
