import type { Json, JsonObject } from '../json.ts';
import type { MergeInput, MergeOutcome, MergeRule } from './merge-rule.ts';
import { changedByOne, memberOf, oneSided } from './three-way.ts';

type Dropped = MergeOutcome['dropped'];

/** What is dropped of a whole, when `a` and `b` are dropped of two parts of it. */
export const dropBoth = (a: Dropped, b: Dropped): Dropped => {
  if (a === 'none' || a === b) return b;
  return b === 'none' ? a : 'both';
};

/** `input` with other values in the places of its own. */
export const withValues = (input: MergeInput, was: Json | undefined, mine: Json | undefined, theirs: Json | undefined): MergeInput => ({
  was,
  mine: { ...input.mine, value: mine },
  theirs: { ...input.theirs, value: theirs },
});

/**
 * Merges two objects key by key: a key that one side changed is that side's (also its removal), one that both changed goes to
 * the rule of the key, with undefined for a removed value. A rule that holds for every write is asked about every key, one
 * that combines also where both sides came to the same value (a counter).
 * Keys are data: they are read as own keys and defined, never assigned, so that `__proto__` is a key like any other.
 */
export const mergeByKey = (
  was: JsonObject,
  mine: JsonObject,
  theirs: JsonObject,
  input: MergeInput,
  ruleOf: (key: string) => MergeRule,
): { readonly value: JsonObject; readonly dropped: Dropped } => {
  const entries: [string, Json][] = [];
  let dropped: Dropped = 'none';
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const rule = ruleOf(key);
    const part = withValues(input, memberOf(was, key), memberOf(mine, key), memberOf(theirs, key));
    const alone = rule.combines ? changedByOne(part) : oneSided(part);
    const outcome = (rule.when === 'concurrent' ? alone : undefined) ?? rule.merge(part);
    dropped = dropBoth(dropped, outcome.dropped);
    if (outcome.value !== undefined) entries.push([key, outcome.value]);
  }
  return { value: Object.fromEntries(entries), dropped };
};
