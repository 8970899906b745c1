import { canonicalJson } from '../canonical.ts';
import type { Json } from '../json.ts';
import { compareIndexValues, compareStrings, toIndexValue } from '../query/compare.ts';

/**
 * Negative, 0 or positive: a total order of all JSON. Absent and null < false < true < numbers < strings by code point <
 * arrays and objects by their canonical JSON.
 */
export const compareValues = (a: Json | undefined, b: Json | undefined): number => {
  const x = toIndexValue(a);
  const y = toIndexValue(b);
  if (x !== undefined && y !== undefined) return compareIndexValues(x, y);
  if (x !== undefined) return -1;
  return y === undefined ? compareStrings(canonicalJson(a ?? null), canonicalJson(b ?? null)) : 1;
};
