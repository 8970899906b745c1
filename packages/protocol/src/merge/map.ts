import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { last } from './last.ts';
import type { MergeRule } from './merge-rule.ts';
import { combiningRule, isAbsent } from './three-way.ts';
import { mergeByKey } from './three-way-by-key.ts';

const readMap = (value: Json | undefined): JsonObject | undefined => {
  if (isAbsent(value)) return {};
  return isJsonObject(value) ? value : undefined;
};

/**
 * Objects key by key; a key that both sides changed or removed goes to `nested`, which sees undefined for a removed one.
 * Absent and null count as empty; anything but objects behaves as `last`.
 */
export const map = (nested: MergeRule = last()): MergeRule =>
  combiningRule('map', readMap, (was, mine, theirs, input) => mergeByKey(was, mine, theirs, input, () => nested));
