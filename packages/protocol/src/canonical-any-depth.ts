import type { Json, JsonObject } from './json.ts';
import { printCanonical } from './print-canonical.ts';

/**
 * Canonical JSON of what checkJson may refuse: total at any depth. A refused mutation still has a content to be hashed.
 */
export const canonicalJsonAtAnyDepth = (value: Json): string => {
  try {
    return printCanonical(value);
  } catch (fault) {
    if (fault instanceof RangeError) return printDeep(value);
    throw fault;
  }
};

type Work = ({ readonly text: string } | { readonly value: Json })[];

/** Prints without recursion: a work list of values still to print, between pieces of text that are ready. */
const printDeep = (root: Json): string => {
  const pieces: string[] = [];
  const work: Work = [{ value: root }];
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

const pushMembers = (object: JsonObject, work: Work): void => {
  const keys = Object.keys(object).sort();
  work.push({ text: '}' });
  for (let i = keys.length - 1; i >= 0; i -= 1) {
    const key = keys[i] ?? '';
    work.push({ value: object[key] ?? null }, { text: `${i === 0 ? '' : ','}${JSON.stringify(key)}:` });
  }
  work.push({ text: '{' });
};

/** Array.isArray narrows readonly arrays to any[]; this one keeps their type. */
const isArray = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);
