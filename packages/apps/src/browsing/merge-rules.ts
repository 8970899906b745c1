import {
  canonicalJson,
  compareStrings,
  isJsonObject,
  type Json,
  type JsonObject,
  type MergeInput,
  type MergeRule,
  max,
} from '@tidemark/protocol';

// Rules that hold for every write, concurrent or not: each is a join (commutative, associative, idempotent), so that batches may
// come in any order and any number of times.

const greatest = max();

/** Of two values of any kind the greater, in the order of `max`. */
const greaterOf = (input: MergeInput, mine: Json | undefined, theirs: Json | undefined): Json | undefined =>
  greatest.merge({ ...input, mine: { ...input.mine, value: mine }, theirs: { ...input.theirs, value: theirs } }).value;

const member = (object: JsonObject, key: string): Json | undefined => (Object.hasOwn(object, key) ? object[key] : undefined);

/** Objects key by key: the greatest value of each key stands, and no key ever goes. What is no object behaves as in `max`. */
export const maxByKey = (): MergeRule => ({
  name: 'maxByKey',
  when: 'always',
  combines: false,
  merge: (input) => {
    const mine = input.mine.value;
    const theirs = input.theirs.value;
    if (!isJsonObject(mine) || !isJsonObject(theirs)) return { value: greaterOf(input, mine, theirs), dropped: 'none' };
    const keys = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
    const entries = [...keys].map((key) => [key, greaterOf(input, member(mine, key), member(theirs, key)) ?? null] as const);
    return { value: Object.fromEntries(entries), dropped: 'none' };
  },
});

/** A time in which nobody was at the machine. Without an end it is still going on. */
export interface IdlePeriod {
  readonly start: number;
  readonly end?: number | undefined;
  readonly [member: string]: Json | undefined;
}

const isPeriod = (value: Json): value is JsonObject & IdlePeriod => isJsonObject(value) && typeof value.start === 'number';

const endOf = ({ end }: IdlePeriod): number => (typeof end === 'number' ? end : Number.NEGATIVE_INFINITY);

const textOf = (period: IdlePeriod): string => canonicalJson(JSON.parse(JSON.stringify(period)));

const further = (a: IdlePeriod, b: IdlePeriod): boolean => (endOf(a) - endOf(b) || compareStrings(textOf(a), textOf(b))) > 0;

/** In the order of their starts, each start once: of two with the same one that with the later end, then the greater text. */
export const sortedPeriods = <P extends IdlePeriod>(periods: readonly P[]): P[] => {
  const byStart = new Map<number, P>();
  for (const period of periods) {
    const known = byStart.get(period.start);
    if (known === undefined || further(period, known)) byStart.set(period.start, period);
  }
  return [...byStart.values()].sort((a, b) => a.start - b.start);
};

/** All periods of both sides, by `sortedPeriods`. */
export const periodsByStart = (): MergeRule => ({
  name: 'periodsByStart',
  when: 'always',
  combines: false,
  merge: (input) => {
    const mine = input.mine.value;
    const theirs = input.theirs.value;
    if (!Array.isArray(mine) || !Array.isArray(theirs)) return { value: greaterOf(input, mine, theirs), dropped: 'none' };
    const periods: readonly Json[] = [...theirs, ...mine];
    return { value: sortedPeriods(periods.filter(isPeriod)), dropped: 'none' };
  },
});
