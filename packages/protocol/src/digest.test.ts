import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addHash, digestText, hashText, type Lanes, recordHash, subtractHash } from './digest.ts';

const record = fc.tuple(fc.string(), fc.string({ unit: 'binary' }), fc.maxSafeInteger().map(Math.abs), fc.json());
const hashOf = ([collection, id, seq, fieldsJson]: [string, string, number, string]): Lanes => recordHash(collection, id, seq, fieldsJson);
const sumOf = (hashes: readonly Lanes[]): Lanes => hashes.reduce(addHash, [0, 0]);
const isLane = (lane: number): boolean => Number.isInteger(lane) && lane >= 0 && lane < 2 ** 32;

describe('digest', () => {
  test('does not depend on the order of the records', () => {
    fc.assert(
      fc.property(
        fc.array(record).chain((records) => fc.tuple(fc.constant(records), fc.shuffledSubarray(records, { minLength: records.length }))),
        ([records, shuffled]) => digestText(sumOf(shuffled.map(hashOf))) === digestText(sumOf(records.map(hashOf))),
      ),
    );
  });

  test('subtracting undoes adding, and every lane stays an unsigned 32-bit integer', () => {
    fc.assert(
      fc.property(fc.array(record), record, (records, extra) => {
        const sum = sumOf(records.map(hashOf));
        const more = addHash(sum, hashOf(extra));
        expect(subtractHash(more, hashOf(extra))).toEqual(sum);
        expect([...sum, ...more, ...subtractHash(sum, hashOf(extra))].every(isLane)).toBe(true);
      }),
    );
  });

  test('agrees with sums of BigInt over a long run', () => {
    let sum: Lanes = [0, 0];
    const exact: [bigint, bigint] = [0n, 0n];
    for (let seq = 1; seq <= 100_000; seq += 1) {
      const hash = recordHash('tasks', 'a', seq, '{}');
      sum = addHash(sum, hash);
      exact[0] += BigInt(hash[0]);
      exact[1] += BigInt(hash[1]);
    }
    expect(sum).toEqual(exact.map((lane) => Number(lane % 2n ** 32n)));
  });

  test('prints 16 hex characters', () => {
    expect(digestText([0, 0])).toBe('0000000000000000');
    expect(digestText([0xffffffff, 1])).toBe('ffffffff00000001');
  });
});

describe('recordHash', () => {
  test('does not change, since digests are compared between versions of client and server', () => {
    expect(digestText(recordHash('tasks', 'a', 1, '{"title":"x"}'))).toMatchInlineSnapshot(`"7a9989660b56fae0"`);
    expect(digestText(recordHash('', '', 0, ''))).toMatchInlineSnapshot(`"55761f8112d78af9"`);
  });

  test('tells the parts apart', () => {
    expect(recordHash('ab', 'c', 1, '{}')).not.toEqual(recordHash('a', 'bc', 1, '{}'));
    expect(recordHash('a', 'b', 11, '{}')).not.toEqual(recordHash('a', 'b', 1, '1{}'));
  });

  test('has no collision, in both lanes or in one more than chance allows, among 200,000 records that differ little', () => {
    const seen = new Set<string>();
    const lanes: [Set<number>, Set<number>] = [new Set(), new Set()];
    const count = 200_000;
    for (let i = 0; i < count; i += 1) {
      const hash = recordHash('tasks', `id-${i >> 4}`, i & 15, `{"n":${i % 7}}`);
      seen.add(digestText(hash));
      lanes[0].add(hash[0]);
      lanes[1].add(hash[1]);
    }
    expect(seen.size).toBe(count);
    // By the birthday bound about n² / 2^33 = 4.7 pairs are expected per lane.
    for (const lane of lanes) expect(count - lane.size).toBeLessThan(30);
  });

  test('changes about half of the bits of each lane with one changed character', () => {
    let flipped: Lanes = [0, 0];
    const runs = 2_000;
    for (let i = 0; i < runs; i += 1) {
      const text = `{"title":"task number ${i}","done":false}`;
      const [a, b] = [hashText(text), hashText(text.replace('task', 'tasj'))];
      flipped = [flipped[0] + ones(a[0] ^ b[0]), flipped[1] + ones(a[1] ^ b[1])];
    }
    for (const bits of flipped) expect(Math.abs(bits / runs - 16)).toBeLessThan(0.5);
  });
});

const ones = (bits: number): number => (bits >>> 0).toString(2).replaceAll('0', '').length;
