import { canonicalJson } from '../canonical.ts';
import type { Json } from '../json.ts';
import type { MergeRule } from './merge-rule.ts';
import { combiningRule, isAbsent, isJsonArray } from './three-way.ts';

/** The elements by their canonical JSON, in their order, each once. */
const readSet = (value: Json | undefined): Map<string, Json> | undefined => {
  if (isAbsent(value)) return new Map();
  return isJsonArray(value) ? new Map(value.map((element) => [canonicalJson(element), element])) : undefined;
};

/**
 * Arrays as sets: what either side added is in, what either side removed is out. Theirs' order, then what mine added in
 * mine's order; equal elements once. Absent and null count as empty; anything but arrays behaves as `last`.
 */
export const set = (): MergeRule =>
  combiningRule('set', readSet, (was, mine, theirs) => {
    const stay = [...theirs].filter(([key]) => mine.has(key) || !was.has(key));
    const added = [...mine].filter(([key]) => !theirs.has(key) && !was.has(key));
    return { value: [...stay, ...added].map(([, element]) => element), dropped: 'none' };
  });
