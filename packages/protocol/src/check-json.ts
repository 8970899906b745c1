import type { ErrorCode } from './errors/catalogue.ts';
import { LIMITS } from './limits.ts';
import type { Refusal } from './result.ts';

export interface JsonLimits {
  /** Containers inside one another; the value itself is the first. */
  readonly jsonDepthMax: number;
  readonly keysPerObjectMax: number;
}

type Fault = Extract<
  ErrorCode,
  'INVALID_STRING' | 'INVALID_NUMBER' | 'INVALID_FIELD_NAME' | 'TOO_DEEP' | 'TOO_MANY_KEYS' | 'VALIDATION_FAILED'
>;

/**
 * Is this JSON that every storage keeps as it is? Undefined if so, else why not: INVALID_STRING, INVALID_NUMBER,
 * INVALID_FIELD_NAME, TOO_DEEP, TOO_MANY_KEYS, or VALIDATION_FAILED for what is not JSON at all. `details.field` names the
 * member of the value that is at fault. Never recurses and stops at the first fault, so no input costs more than
 * one look at each of its members.
 */
export const checkJson = (value: unknown, limits: JsonLimits = LIMITS): Refusal | undefined => {
  const fault = faultOf(value, limits);
  return fault === undefined ? undefined : asRefusal(fault, limits, memberAtFault(value, fault, limits));
};

/** A record id: 1 to 128 characters (code points), well-formed, without U+0000. Refused with INVALID_ID. */
export const checkId = (id: string): Refusal | undefined => {
  const max = LIMITS.idLengthMax;
  if (id.length > 2 * max) return { code: 'INVALID_ID', message: `a record id is longer than ${max} characters` };
  if (id === '') return { code: 'INVALID_ID', message: 'a record id is empty' };
  if (hasBadCharacter(id)) return { code: 'INVALID_ID', message: 'a record id holds U+0000 or half of a surrogate pair' };
  if (id.length > max && [...id].length > max) return { code: 'INVALID_ID', message: `a record id is longer than ${max} characters` };
  return undefined;
};

/** Names that reach an object's prototype in careless code. */
export const isForbiddenKey = (key: string): boolean => key === '__proto__' || key === 'constructor' || key === 'prototype';

/** The first fault, depth first, with the containers still to look at on a stack of our own. */
const faultOf = (root: unknown, limits: JsonLimits): Fault | undefined => {
  const stack: object[] = [];
  const depths: number[] = [];
  const look = (child: unknown, depth: number): Fault | undefined => {
    if (typeof child !== 'object' || child === null) return faultOfScalar(child);
    if (depth > limits.jsonDepthMax) return 'TOO_DEEP';
    stack.push(child);
    depths.push(depth);
    return undefined;
  };
  let fault = look(root, 1);
  for (let container = stack.pop(); container !== undefined && fault === undefined; container = stack.pop()) {
    const depth = (depths.pop() ?? 0) + 1;
    if (Array.isArray(container)) {
      for (let i = 0; i < container.length && fault === undefined; i += 1) fault = look(container[i], depth);
      continue;
    }
    if (!isPlainObject(container)) return 'VALIDATION_FAILED';
    let keys = 0;
    for (const key in container) {
      keys += 1;
      fault = keys > limits.keysPerObjectMax ? 'TOO_MANY_KEYS' : (faultOfKey(key) ?? look(Reflect.get(container, key), depth));
      if (fault !== undefined) break;
    }
  }
  return fault;
};

const faultOfScalar = (value: unknown): Fault | undefined => {
  if (typeof value === 'string') return hasBadCharacter(value) ? 'INVALID_STRING' : undefined;
  // Every double beyond 2^53 - 1 is a whole number that others round to; NaN fails the comparison too.
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? undefined : 'INVALID_NUMBER';
  return value === null || typeof value === 'boolean' ? undefined : 'VALIDATION_FAILED';
};

const faultOfKey = (key: string): Fault | undefined => {
  if (isForbiddenKey(key)) return 'INVALID_FIELD_NAME';
  return hasBadCharacter(key) ? 'INVALID_STRING' : undefined;
};

// The first expression is cheap and answers nearly always; the second tells pairs from halves.
const hasBadCharacter = (text: string): boolean => /[\0\ud800-\udfff]/.test(text) && /[\0\p{Surrogate}]/u.test(text);

/** An object literal or what JSON.parse makes, of whatever realm; not a Date, a Map or an instance of a class. */
export const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** Which member of an object holds the fault; looked for only once there is one, and not where that means listing a million keys again. */
const memberAtFault = (value: unknown, fault: Fault, limits: JsonLimits): string | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || fault === 'TOO_MANY_KEYS') return undefined;
  const inner = { ...limits, jsonDepthMax: limits.jsonDepthMax - 1 };
  for (const key in value) {
    if (faultOfKey(key) !== undefined) return undefined;
    if (faultOf(Reflect.get(value, key), inner) === fault) return key;
  }
  return undefined;
};

const asRefusal = (fault: Fault, limits: JsonLimits, field: string | undefined): Refusal => {
  const what: Record<Fault, string> = {
    INVALID_STRING: 'a string holds U+0000 or half of a surrogate pair',
    INVALID_NUMBER: 'a number is not finite or beyond 2^53 - 1, where digits get lost; send it as a string',
    INVALID_FIELD_NAME: '__proto__, constructor and prototype cannot be names',
    TOO_DEEP: `nested deeper than ${limits.jsonDepthMax}`,
    TOO_MANY_KEYS: `an object has more than ${limits.keysPerObjectMax} keys`,
    VALIDATION_FAILED: 'not JSON',
  };
  const limit = fault === 'TOO_DEEP' ? limits.jsonDepthMax : fault === 'TOO_MANY_KEYS' ? limits.keysPerObjectMax : undefined;
  const details = { ...(limit === undefined ? {} : { limit }), ...(field === undefined ? {} : { field }) };
  return { code: fault, message: field === undefined ? what[fault] : `${field}: ${what[fault]}`, details };
};
