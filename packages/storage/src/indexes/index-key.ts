import { type IndexValue, type JsonObject, readMember, toIndexValue } from '@tidemark/protocol';

/**
 * Keys that compare byte by byte as protocol's compareIndexValues compares lists of values. Each value is a byte for
 * its rank, then: a number as its IEEE 754 bits, turned so that they sort (all bits flipped where negative, else the
 * sign bit); a string as UTF-8 closed by 0, which no string holds. Nothing begins with 0xff, so `key + 0xff` lies
 * above all keys that begin with `key`.
 */
export const encodeKey = (values: readonly IndexValue[]): Uint8Array => Buffer.concat(values.map(encodeValue));

/** The first key above all that begin with `key`. */
export const endOf = (key: Uint8Array): Uint8Array => Buffer.concat([key, Buffer.of(0xff)]);

const encodeValue = (value: IndexValue): Uint8Array => {
  if (value === null) return Buffer.of(1);
  if (typeof value === 'boolean') return Buffer.of(value ? 3 : 2);
  if (typeof value === 'number') return encodeNumber(value);
  return Buffer.from(`\u0005${value}\u0000`, 'utf8');
};

const encodeNumber = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(9, 4);
  // The other zero is the same number.
  bytes.writeDoubleBE(value === 0 ? 0 : value, 1);
  const negative = (bytes[1] ?? 0) >= 0x80;
  for (let i = 1; i < 9; i++) bytes[i] = negative ? ~(bytes[i] ?? 0) : (bytes[i] ?? 0) ^ (i === 1 ? 0x80 : 0);
  return bytes;
};

export interface IndexEntry {
  readonly key: Uint8Array;
  /** Bit i is set where field i holds an object or array: it is ordered as null, but meets no condition. */
  readonly unindexed: number;
}

/** What an index keeps of a record: its values, then its id. */
export const entryOf = (fields: JsonObject, index: readonly string[], id: string): IndexEntry => {
  let unindexed = 0;
  const values: IndexValue[] = [];
  for (const [i, field] of index.entries()) {
    const value = toIndexValue(readMember(fields, field));
    if (value === undefined) unindexed |= 1 << i;
    values.push(value ?? null);
  }
  return { key: encodeKey([...values, id]), unindexed };
};
