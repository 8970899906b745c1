import type { Json, JsonObject } from './json.ts';

/** Depth to which recursion is used; below that the stack is an array, so that no input overflows it. */
const RECURSION_MAX = 100;

/**
 * Canonical JSON (RFC 8785): keys in the order of their UTF-16 code units, numbers and strings as ECMAScript prints
 * them. Total: any depth; a lone surrogate is printed as its escape, a number that is not finite as null (both are
 * refused by checkJson, but a refused mutation still has a content to be hashed).
 */
export const canonicalJson = (value: Json): string => (isInOrder(value, 0) ? JSON.stringify(value) : print(value, 0));

/** Are the keys of all objects in order already? Then the engine's own, much faster printer gives the canonical form. */
const isInOrder = (value: Json, depth: number): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (depth > RECURSION_MAX) return false;
  if (isArray(value)) {
    for (const item of value) if (typeof item === 'object' && !isInOrder(item, depth + 1)) return false;
    return true;
  }
  let previous = '';
  for (const key of Object.keys(value)) {
    if (key < previous) return false;
    previous = key;
    const child = value[key];
    if (typeof child === 'object' && !isInOrder(child, depth + 1)) return false;
  }
  return true;
};

const print = (value: Json, depth: number): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth > RECURSION_MAX) return printDeep(value);
  let text = '';
  if (isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${print(item, depth + 1)}`;
    return `[${text}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const child = value[key];
    if (child !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${print(child, depth + 1)}`;
  }
  return `{${text}}`;
};

/** The same without recursion: a work list of values still to print, between pieces of text that are ready. */
const printDeep = (root: Json): string => {
  const pieces: string[] = [];
  const work: ({ readonly text: string } | { readonly value: Json })[] = [{ value: root }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if ('text' in next) pieces.push(next.text);
    else if (typeof next.value !== 'object' || next.value === null) pieces.push(JSON.stringify(next.value));
    else if (isArray(next.value)) {
      work.push({ text: ']' });
      for (let i = next.value.length - 1; i >= 0; i -= 1) work.push({ value: next.value[i] ?? null }, { text: i === 0 ? '[' : ',' });
      if (next.value.length === 0) work.push({ text: '[' });
    } else {
      pushMembers(next.value, work);
    }
  }
  return pieces.join('');
};

const pushMembers = (object: JsonObject, work: ({ readonly text: string } | { readonly value: Json })[]): void => {
  const keys = Object.keys(object).sort();
  work.push({ text: '}' });
  for (let i = keys.length - 1; i >= 0; i -= 1) {
    const key = keys[i] ?? '';
    work.push({ value: object[key] ?? null }, { text: `${i === 0 ? '' : ','}${JSON.stringify(key)}:` });
  }
  work.push({ text: '{' });
};

/**
 * Deep equality of JSON, whatever the order of keys; undefined stands for an absent value and equals only itself.
 * Agrees with comparing canonical JSON, without printing it.
 */
export const jsonEqual = (a: Json | undefined, b: Json | undefined): boolean => equal(a, b, 0);

const equal = (a: Json | undefined, b: Json | undefined, depth: number): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (depth > RECURSION_MAX) return printDeep(a) === printDeep(b);
  if (isArray(a)) {
    if (!isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!equal(a[i], b[i], depth + 1)) return false;
    return true;
  }
  if (isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) if (!Object.hasOwn(b, key) || !equal(a[key], b[key], depth + 1)) return false;
  return true;
};

/** Array.isArray narrows readonly arrays to any[]; this one keeps their type. */
const isArray = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);

/** Bytes of a text in UTF-8; half of a surrogate pair counts as the three bytes of its replacement. */
export const utf8Length = (text: string): number => {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2;
      i += 1;
    } else bytes += 2;
  }
  return bytes;
};

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;
