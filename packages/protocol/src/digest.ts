/**
 * The digest of a set of records: the sum of a hash of each, so that it can be kept incrementally and does not
 * depend on any order. It finds faults (a lost or an altered record), not forgeries: nobody gains by a forged digest
 * of their own space. Sums and hashes are two lanes of 32 bits, each an unsigned integer below 2^32.
 */
export type Lanes = readonly [number, number];

/**
 * Hash of one live record. `fieldsJson` is the canonical JSON of its fields as stored.
 */
export const recordHash = (collection: string, id: string, seq: number, fieldsJson: string): Lanes =>
  // U+0000 stands in no name, id or JSON text, so no two records are joined to the same text.
  hashText(`${collection}\0${id}\0${seq}\0${fieldsJson}`);

/** The sum with one more record. */
export const addHash = (sum: Lanes, hash: Lanes): Lanes => [(sum[0] + hash[0]) >>> 0, (sum[1] + hash[1]) >>> 0];

/** The sum with one record less. */
export const subtractHash = (sum: Lanes, hash: Lanes): Lanes => [(sum[0] - hash[0]) >>> 0, (sum[1] - hash[1]) >>> 0];

/** A sum as 16 hex characters. */
export const digestText = (sum: Lanes): string => hex(sum[0]) + hex(sum[1]);

const hex = (lane: number): string => lane.toString(16).padStart(8, '0');

/**
 * A 64-bit hash of a text, over its UTF-16 code units, two at a time. Source: Austin Appleby, MurmurHash3 (public
 * domain): two lanes with the multipliers of the first two lanes of MurmurHash3_x86_128, mixed at the end.
 */
export const hashText = (text: string): Lanes => {
  let a = 0x9747b28c;
  let b = 0x3c6ef372;
  const length = text.length;
  for (let i = 0; i < length; i += 2) {
    const k = i + 1 < length ? text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16) : text.charCodeAt(i);
    const ka = Math.imul(k, 0x239b961b);
    a ^= Math.imul((ka << 15) | (ka >>> 17), 0xab0e9789);
    a = (Math.imul((a << 19) | (a >>> 13), 5) + 0x561ccd1b) | 0;
    const kb = Math.imul(k, 0x38b34ae5);
    b ^= Math.imul((kb << 16) | (kb >>> 16), 0xa1e38b93);
    b = (Math.imul((b << 17) | (b >>> 15), 5) + 0x0bcaa747) | 0;
  }
  a = (a ^ length) + (b ^ length);
  b = b + a;
  a = avalanche(a);
  b = avalanche(b);
  a = (a + b) >>> 0;
  return [a, (b + a) >>> 0];
};

/** fmix32 of MurmurHash3: each bit of the input changes about half of those of the output. */
const avalanche = (h: number): number => {
  const first = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
};
