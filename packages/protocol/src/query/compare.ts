/** What an index holds: absent and null are one. Order: null < false < true < numbers < strings by code point. */
export type IndexValue = null | boolean | number | string;

/**
 * The index value of a field; null where it is absent. Undefined for objects and arrays, which are not indexed: in an
 * order they stand with null, but they meet no condition.
 */
export const toIndexValue = (value: unknown): IndexValue | undefined => {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
};

/** Negative, 0 or positive, in the order of index values. */
export const compareIndexValues = (a: IndexValue, b: IndexValue): number =>
  typeof a === 'string' && typeof b === 'string' ? compareStrings(a, b) : rank(a) - rank(b) || Number(a) - Number(b);

/** The type of null is "object". */
const rank = (value: IndexValue): number => ['object', 'boolean', 'number', 'string'].indexOf(typeof value);

/**
 * Negative, 0 or positive, in the order of Unicode code points, which is that of UTF-8 bytes and so of every storage.
 * The language's own < goes by UTF-16 units and puts U+10000 before U+FFFD.
 */
export const compareStrings = (a: string, b: string): number => {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointOrder(x) - codePointOrder(y);
  }
  return a.length - b.length;
};

/** Moves the units of surrogate pairs above all others, since the characters they make come last. */
const codePointOrder = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
