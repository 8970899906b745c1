import { jsonEqual } from '../canonical.ts';
import type { Json, JsonObject } from '../json.ts';
import type { MergeInput, MergeOutcome, MergeRule } from './merge-rule.ts';

export const isAbsent = (value: Json | undefined): value is null | undefined => value === null || value === undefined;

export const keepMine = (input: MergeInput): MergeOutcome => ({ value: input.mine.value, dropped: 'theirs' });
export const keepTheirs = (input: MergeInput): MergeOutcome => ({ value: input.theirs.value, dropped: 'mine' });

/** A value that only one side changed. Undefined where both did, be it to the same value. */
export const changedByOne = ({ was, mine, theirs }: MergeInput): MergeOutcome | undefined => {
  if (jsonEqual(mine.value, was)) return { value: theirs.value, dropped: 'none' };
  return jsonEqual(theirs.value, was) ? { value: mine.value, dropped: 'none' } : undefined;
};

/** What needs no rule: equal values, or a value that only one side changed. Undefined where both changed it. */
export const oneSided = (input: MergeInput): MergeOutcome | undefined =>
  jsonEqual(input.mine.value, input.theirs.value) ? { value: input.theirs.value, dropped: 'none' } : changedByOne(input);

/** A rule for concurrent edits that picks one of two values, both of which differ from `was` and from each other. */
export const pickingRule = (name: string, decide: (input: MergeInput) => MergeOutcome): MergeRule => ({
  name,
  when: 'concurrent',
  combines: false,
  merge: (input) => oneSided(input) ?? decide(input),
});

/**
 * A rule that combines two edits three-way. `read` answers a value in the form the rule works on (an absent one as an
 * empty one), or undefined for what the rule does not understand: there it behaves as `last`, so that nothing is lost unsaid.
 * `alone` answers what needs no combining.
 */
export const combiningRule = <T>(
  name: string,
  read: (value: Json | undefined) => T | undefined,
  combine: (was: T, mine: T, theirs: T, input: MergeInput) => MergeOutcome,
  alone: (input: MergeInput) => MergeOutcome | undefined = oneSided,
): MergeRule => {
  const decide = (input: MergeInput): MergeOutcome => {
    const was = read(input.was);
    const mine = read(input.mine.value);
    const theirs = read(input.theirs.value);
    if (was === undefined || mine === undefined || theirs === undefined) return oneSided(input) ?? keepMine(input);
    const { value, dropped } = combine(was, mine, theirs, input);
    const side = [input.theirs, input.mine].find((one) => jsonEqual(one.value, value));
    return { value: side === undefined ? value : side.value, dropped };
  };
  return { name, when: 'concurrent', combines: true, merge: (input) => alone(input) ?? decide(input) };
};

/** Array.isArray narrows readonly arrays to any[]; this one keeps their type. */
export const isJsonArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** An object's own member; what it inherits is no data. */
export const memberOf = (object: JsonObject, key: string): Json | undefined => (Object.hasOwn(object, key) ? object[key] : undefined);
