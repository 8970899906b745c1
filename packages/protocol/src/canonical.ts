import type { Json, JsonObject } from './json.ts';

/**
 * Canonical JSON (RFC 8785): keys in the order of their UTF-16 code units, numbers and strings as ECMAScript prints them.
 * For JSON that checkJson takes: very deep JSON overflows the stack (see canonicalJsonAtAnyDepth). A lone surrogate is printed as
 * its escape, a number that is not finite as null.
 */
export const canonicalJson = (value: Json): string => (isInOrder(value) ? JSON.stringify(value) : print(value));

/** Are the keys of all objects in order already? Then the engine's own, much faster printer gives the canonical form. */
const isInOrder = (value: Json | undefined): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (isArray(value)) return value.every(isInOrder);
  let previous = '';
  for (const key of Object.keys(value)) {
    const child = value[key];
    if (key < previous || (typeof child === 'object' && !isInOrder(child))) return false;
    previous = key;
  }
  return true;
};

const print = (value: Json): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(print).join()}]`;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const child = value[key];
    if (child !== undefined) text += `${text && ','}${JSON.stringify(key)}:${print(child)}`;
  }
  return `{${text}}`;
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
