import type { Json, JsonObject } from './json.ts';

/**
 * Canonical JSON (RFC 8785): keys in the order of their UTF-16 code units, numbers and strings as ECMAScript prints them.
 * For JSON that checkJson takes: very deep JSON overflows the stack (see canonicalJsonAtAnyDepth). A lone surrogate is printed as
 * its escape, a number that is not finite as null.
 */
export const canonicalJson = (value: Json): string => print(value);

// Piece by piece: the engine's own printer would need objects made anew with their keys in order, which takes twice as long.
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

/**
 * Deep equality of JSON that checkJson takes, whatever the order of keys; undefined stands for an absent value and equals only
 * itself. Agrees with comparing canonical JSON, without printing it.
 */
export const jsonEqual = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isArray(a)) {
    if (!isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!jsonEqual(a[i], b[i])) return false;
    return true;
  }
  if (isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) if (!Object.hasOwn(b, key) || !jsonEqual(a[key], b[key])) return false;
  return true;
};

/** Array.isArray narrows readonly arrays to any[]; this one keeps their type. */
const isArray = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);

/** Bytes of a text in UTF-8; half of a surrogate pair counts as the three bytes of its replacement. */
export const utf8Length = (text: string): number => {
  let bytes = 0;
  for (let i = 0; i < text.length; i += 1) {
    const point = text.codePointAt(i) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (point > 0xffff) i += 1;
  }
  return bytes;
};
