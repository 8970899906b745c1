import { type JsonFault, type JsonLimits, jsonFault } from './json-fault.ts';
import { LIMITS } from './limits.ts';
import type { Refusal } from './result.ts';

/**
 * Is this JSON that every storage keeps as it is? Undefined if so, else the refusal that says why not: see jsonFault.
 */
export const checkJson = (value: unknown, limits: JsonLimits = LIMITS): Refusal | undefined => {
  const fault = jsonFault(value, limits);
  if (fault === undefined) return undefined;
  const { field } = fault.details;
  const what = WHAT[fault.code](limits);
  return { ...fault, message: field === undefined ? what : `${field}: ${what}` };
};

const WHAT: { readonly [F in JsonFault['code']]: (limits: JsonLimits) => string } = {
  INVALID_STRING: () => 'a string holds U+0000 or half of a surrogate pair',
  INVALID_NUMBER: () => 'a number is not finite or beyond 2^53 - 1, where digits get lost; send it as a string',
  INVALID_FIELD_NAME: () => '__proto__, constructor and prototype cannot be names',
  TOO_DEEP: ({ jsonDepthMax }) => `nested deeper than ${jsonDepthMax}`,
  TOO_MANY_KEYS: ({ keysPerObjectMax }) => `an object has more than ${keysPerObjectMax} keys`,
  VALIDATION_FAILED: () => 'not JSON',
};
