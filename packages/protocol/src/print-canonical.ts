import type { Json, JsonObject } from './json.ts';

/**
 * The text of canonicalJson, without objects made anew for the engine's own printer: by that one where all keys are in order,
 * else piece by piece. For servers; a browser is spared the second printer.
 */
export const printCanonical = (value: Json | undefined): string => (isInOrder(value) ? JSON.stringify(value ?? null) : print(value));

const isInOrder = (value: Json | undefined): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (isArray(value)) return value.every(isInOrder);
  let last = '';
  for (const key in value) {
    if (key < last || !isInOrder(value[key])) return false;
    last = key;
  }
  return true;
};

const print = (value: Json | undefined): string => {
  if (typeof value === 'string') return quoteJson(value);
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : 'null';
  if (typeof value !== 'object' || value === null) return `${value ?? null}`;
  if (isArray(value)) return `[${value.map(print).join()}]`;
  const keys = Object.keys(value);
  sortKeys(keys);
  let text = '';
  for (const key of keys) {
    const child = value[key];
    if (child !== undefined) text += `${text === '' ? '{' : ','}${quoteJson(key)}:${print(child)}`;
  }
  return text === '' ? '{}' : `${text}}`;
};

/** A string as JSON prints it. Plain ASCII needs no escapes, which a look at it tells sooner than the engine's printer. */
export const quoteJson = (text: string): string => (/[^ !#-[\]-~]/.test(text) ? JSON.stringify(text) : `"${text}"`);

const FEW_KEYS = 32;

/** Sorts in place; a few keys by insertion, which allocates nothing and costs a look at each where they are in order. */
const sortKeys = (keys: string[]): void => {
  if (keys.length > FEW_KEYS) keys.sort();
  for (let i = 1; i < keys.length; i += 1) {
    const key = keys[i] ?? '';
    let at = i;
    for (; at > 0 && key < (keys[at - 1] ?? ''); at -= 1) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  }
};

/** Array.isArray narrows readonly arrays to any[]; this one keeps their type. */
const isArray = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);
