import { ID_LENGTH_MAX, JSON_LIMITS } from './limits.ts';
import type { Refusal } from './result.ts';

export interface JsonLimits {
  /** Containers inside one another; the value itself is the first. */
  readonly jsonDepthMax: number;
  readonly keysPerObjectMax: number;
}

export interface JsonFault {
  readonly code: 'INVALID_STRING' | 'INVALID_NUMBER' | 'INVALID_FIELD_NAME' | 'TOO_DEEP' | 'TOO_MANY_KEYS' | 'VALIDATION_FAILED';
  /** `field`: the member of the value that is at fault. `limit`: what was exceeded. */
  readonly details: { readonly field?: string; readonly limit?: number };
}

/**
 * Is this JSON that every storage keeps as it is? Undefined if so, else why not: INVALID_STRING, INVALID_NUMBER,
 * INVALID_FIELD_NAME, TOO_DEEP, TOO_MANY_KEYS, or VALIDATION_FAILED for what is not JSON at all. Goes no deeper than the limit
 * and stops at the first fault, so no input costs more than one look at each of its members.
 */
export const jsonFault = (value: unknown, limits: JsonLimits = JSON_LIMITS): JsonFault | undefined => faultAt(value, limits, 1);

const faultAt = (value: unknown, limits: JsonLimits, depth: number): JsonFault | undefined => {
  if (typeof value === 'string') return textFault(value);
  // Every double beyond 2^53 - 1 is a whole number that others round to; NaN fails the comparison too.
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? undefined : faultOf('INVALID_NUMBER');
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value !== 'object') return faultOf('VALIDATION_FAILED');
  if (depth > limits.jsonDepthMax) return faultOf('TOO_DEEP', limits.jsonDepthMax);
  if (Array.isArray(value)) {
    for (const item of value) {
      const fault = faultAt(item, limits, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (!isPlainObject(value)) return faultOf('VALIDATION_FAILED');
  let keys = 0;
  for (const key in value) {
    keys += 1;
    if (keys > limits.keysPerObjectMax) return faultOf('TOO_MANY_KEYS', limits.keysPerObjectMax);
    const inKey = isForbiddenKey(key) ? faultOf('INVALID_FIELD_NAME') : textFault(key);
    if (inKey !== undefined) return inKey;
    const fault = faultAt(Reflect.get(value, key), limits, depth + 1);
    // The outermost member is named in the end.
    if (fault !== undefined) return { ...fault, details: { ...fault.details, field: key } };
  }
  return undefined;
};

const faultOf = (code: JsonFault['code'], limit?: number): JsonFault => ({ code, details: limit === undefined ? {} : { limit } });

const textFault = (text: string): JsonFault | undefined => (hasBadCharacter(text) ? faultOf('INVALID_STRING') : undefined);

// The first expression is cheap and answers nearly always; the second tells pairs from halves.
const hasBadCharacter = (text: string): boolean => /[\0\ud800-\udfff]/.test(text) && /[\0\p{Surrogate}]/u.test(text);

/** Names that reach an object's prototype in careless code. */
export const isForbiddenKey = (key: string): boolean => key === '__proto__' || key === 'constructor' || key === 'prototype';

/** An object literal or what JSON.parse makes, of whatever realm; not a Date, a Map or an instance of a class. */
export const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** A record id: 1 to 128 characters (code points), well-formed, without U+0000. Refused with INVALID_ID. */
export const checkId = (id: string): Refusal | undefined => {
  const max = ID_LENGTH_MAX;
  const fits = id !== '' && (id.length <= max || (id.length <= 2 * max && [...id].length <= max)) && !hasBadCharacter(id);
  return fits ? undefined : { code: 'INVALID_ID', message: `a record id is 1 to ${max} characters, well-formed and without U+0000` };
};
