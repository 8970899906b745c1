import { type Json, type JsonObject, LIMITS, type MutableJsonObject } from '@tidemark/protocol';

/**
 * The same JSON with the keys of its objects in canonical order, as far as an object can hold them so (number-like keys stand
 * first in any object). Answers the value itself where it is in order. Printing canonical JSON is several times faster then, and a
 * mutation is printed more than once. Only a hint: what is nested deeper than JSON may be, or has a key that an object takes for
 * its prototype, stays as it is.
 */
export const inOrder = (value: JsonObject): JsonObject => orderObject(value, 0);

const order = (value: Json, depth: number): Json => {
  if (typeof value !== 'object' || value === null || depth > LIMITS.jsonDepthMax) return value;
  return isArray(value) ? orderArray(value, depth) : orderObject(value, depth);
};

const orderArray = (items: readonly Json[], depth: number): readonly Json[] => {
  let changed = false;
  for (const item of items) {
    if (typeof item !== 'object' || item === null) continue;
    changed = order(item, depth + 1) !== item;
    if (changed) break;
  }
  return changed ? items.map((item) => order(item, depth + 1)) : items;
};

const orderObject = (object: JsonObject, depth: number): JsonObject => {
  const keys = Object.keys(object);
  let changed = false;
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i] ?? '';
    if (key === '__proto__') return object;
    const child = object[key];
    const isOut = i > 0 && key < (keys[i - 1] ?? '');
    changed ||= isOut || (typeof child === 'object' && order(child, depth + 1) !== child);
  }
  if (!changed) return object;
  const ordered: MutableJsonObject = {};
  for (const key of sorted(keys)) {
    const child = object[key];
    if (child !== undefined) ordered[key] = typeof child === 'object' ? order(child, depth + 1) : child;
  }
  return ordered;
};

const FEW = 32;

/** Sorts in place. A few keys by insertion: the engine's own sort was a fifth of all that a push allocates. */
const sorted = (keys: string[]): string[] => {
  if (keys.length > FEW) return keys.sort();
  for (let i = 1; i < keys.length; i += 1) {
    const key = keys[i] ?? '';
    let at = i;
    for (; at > 0 && key < (keys[at - 1] ?? ''); at -= 1) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  }
  return keys;
};

/** Array.isArray narrows readonly arrays to any[]; this one keeps their type. */
const isArray = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);
