import { createStreams, type Dice } from './random.ts';

/** Faults by the request, by the write, and by the hour. The number is a probability, or of the last kind a mean interval in seconds. */
export const REQUEST_FAULTS = [
  'dropRequest',
  'dropAnswer',
  'duplicate',
  'truncate',
  'badGateway',
  'hang',
  'slow',
  'unavailable',
  'reorder',
  'late',
] as const;
export const WRITE_FAULTS = ['storeAbort', 'clientPoint', 'serverPoint', 'storageNothing', 'storageUnknown', 'storageRead'] as const;
export const WORLD_FAULTS = [
  'partition',
  'oneWay',
  'clientCrash',
  'closeTab',
  'powerLoss',
  'cloneClient',
  'restoreClient',
  'freeze',
  'offline',
  'compact',
  'revoke',
  'import',
  'clientClock',
  'serverClock',
  'serverCrash',
  'serverRestore',
  'tokenExpiry',
  'streamBreak',
  'poison',
  'diskFull',
  'upgrade',
  'erase',
] as const;
export const FAULTS = [...REQUEST_FAULTS, ...WRITE_FAULTS, ...WORLD_FAULTS] as const;
export type Fault = (typeof FAULTS)[number];

/** Everything switched off. */
export const NO_FAULTS: { readonly [F in Fault]: number } = {
  dropRequest: 0,
  dropAnswer: 0,
  duplicate: 0,
  truncate: 0,
  badGateway: 0,
  hang: 0,
  slow: 0,
  unavailable: 0,
  reorder: 0,
  late: 0,
  storeAbort: 0,
  clientPoint: 0,
  serverPoint: 0,
  storageNothing: 0,
  storageUnknown: 0,
  storageRead: 0,
  partition: 0,
  oneWay: 0,
  clientCrash: 0,
  closeTab: 0,
  powerLoss: 0,
  cloneClient: 0,
  restoreClient: 0,
  freeze: 0,
  offline: 0,
  compact: 0,
  revoke: 0,
  import: 0,
  clientClock: 0,
  serverClock: 0,
  serverCrash: 0,
  serverRestore: 0,
  tokenExpiry: 0,
  streamBreak: 0,
  poison: 0,
  diskFull: 0,
  upgrade: 0,
  erase: 0,
};

export interface Profile {
  readonly seed: number;
  readonly kind: 'calm' | 'one fault' | 'swarm';
  readonly sqlite: boolean;
  readonly servers: number;
  readonly users: number;
  readonly devices: number;
  readonly tabs: number;
  readonly locks: boolean;
  readonly records: number;
  readonly pageLimit: number;
  readonly debounceMs: number;
  readonly pollMs: number;
  /** Share of the tabs with an event stream. */
  readonly live: number;
  readonly latencyMs: number;
  /** Mean pause between two edits of a device. */
  readonly editEveryMs: number;
  readonly busyMs: number;
  /** How often an edit is a burst of many, where all other deeds together weigh about fifty. */
  readonly bursts: number;
  readonly clockSkewMs: number;
  /** 0 where a kind is off. */
  readonly faults: { readonly [F in Fault]: number };
}

const isIn = <T extends string>(list: readonly T[], value: string): value is T => list.some((one) => one === value);

/** How often a fault of the world happens in one busy phase. */
const EVENTS_MIN = 2;
const EVENTS_MAX = 40;

const intensity = (dice: Dice, fault: Fault, busyMs: number): number => {
  if (isIn(REQUEST_FAULTS, fault)) return dice.scale(0.02, 0.4);
  if (isIn(WRITE_FAULTS, fault)) return dice.scale(0.005, 0.12);
  return busyMs / 1_000 / dice.scale(EVENTS_MIN, EVENTS_MAX);
};

const chooseFaults = (dice: Dice, kind: Profile['kind'], busyMs: number, focus: readonly Fault[]): Profile['faults'] => {
  const share = dice.between(0.15, 0.7);
  const one = dice.pick(FAULTS);
  const strength = (fault: Fault): number => {
    const value = intensity(dice, fault, busyMs);
    const isOn = dice.chance(share);
    if (focus.length > 0) return focus.includes(fault) ? value : 0;
    if (kind === 'calm') return 0;
    if (kind === 'one fault') return fault === one ? value : 0;
    return isOn ? value : 0;
  };
  const faults = { ...NO_FAULTS };
  for (const fault of FAULTS) faults[fault] = strength(fault);
  // What a restored server still has of an erased space is another story: an operator erases again.
  return faults.erase > 0 ? { ...faults, serverRestore: 0 } : faults;
};

/** A busy phase with faults, then healing and rest; and all of it again, for what a second phase does to what the first has left. */
export const PHASES = 2;
/** Bursts make the edits of a run many; in older regressions they were rarer. */
const BURSTS = 33;
export const BURSTS_BEFORE = 5;
/** How often people do something in one run. */
const DEEDS_MIN = 80;
const DEEDS_MAX = 420;

/**
 * Draws what a run is made of: ten percent of the seeds have no faults, ten percent exactly one kind, the others a random set;
 * with a `focus` every seed has just these.
 */
export const createProfile = (seed: number, focus: readonly Fault[] = []): Profile => {
  const dice = createStreams(seed)('profile');
  const draw = dice.next();
  const kind = draw < 0.1 ? 'calm' : draw < 0.2 ? 'one fault' : 'swarm';
  const busyMs = dice.scale(20_000, 90_000);
  return {
    seed,
    kind,
    sqlite: seed % 2 === 1,
    servers: dice.chance(0.3) ? 2 : 1,
    users: dice.chance(0.4) ? 2 : 1,
    devices: 1 + dice.int(4),
    tabs: dice.chance(0.4) ? 2 : 1,
    locks: dice.chance(0.7),
    records: 1 + dice.int(8),
    pageLimit: dice.chance(0.6) ? 1 + dice.int(8) : 500,
    debounceMs: dice.pick([0, 200, 1_000]),
    pollMs: dice.pick([4_000, 15_000, 30_000]),
    live: dice.pick([0, 0.5, 1]),
    latencyMs: dice.scale(1, 500),
    editEveryMs: (PHASES * busyMs) / dice.scale(DEEDS_MIN, DEEDS_MAX),
    busyMs,
    bursts: BURSTS,
    clockSkewMs: dice.chance(0.5) ? dice.scale(1_000, 12 * 3_600_000) : 0,
    faults: chooseFaults(dice, kind, busyMs, focus),
  };
};
