import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cursor, collectionsKey, decodeCursor, encodeCursor } from './cursor.ts';
import { LIMITS } from './limits.ts';

const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((text) => text !== '\0');
const text = fc.string({ unit: character, maxLength: 64 });
const cursors: fc.Arbitrary<Cursor> = fc
  .record({
    spaceId: text,
    epoch: text,
    seq: fc.maxSafeInteger().map(Math.abs),
    hash: fc.string({ maxLength: 64, unit: fc.constantFrom(...'0123456789abcdef') }),
    collections: fc.option(fc.constantFrom(collectionsKey([]), collectionsKey(['tasks'])), { nil: undefined }),
    snapshot: fc.option(
      fc.record({
        after: fc.option(fc.record({ collection: text, id: fc.string({ unit: character, minLength: 1, maxLength: 128 }) }), {
          nil: undefined,
        }),
        reset: fc.option(fc.constantFrom<'floor' | 'epoch'>('floor', 'epoch'), { nil: undefined }),
      }),
      { nil: undefined },
    ),
  })
  .map(withoutUndefined);

function withoutUndefined({
  collections,
  snapshot,
  ...rest
}: {
  spaceId: string;
  epoch: string;
  seq: number;
  hash: string;
  collections: string | undefined;
  snapshot: { after: { collection: string; id: string } | undefined; reset: 'floor' | 'epoch' | undefined } | undefined;
}): Cursor {
  const { after, reset } = snapshot ?? {};
  return {
    ...rest,
    ...(collections ? { collections } : {}),
    ...(snapshot ? { snapshot: { ...(after ? { after: { ...after } } : {}), ...(reset ? { reset } : {}) } } : {}),
  };
}

const plain: Cursor = { spaceId: 's', epoch: 'e', seq: 7, hash: 'abc' };

describe('cursor', () => {
  test('decoding undoes encoding, and the text is URL-safe', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const printed = encodeCursor(cursor);
        expect(printed).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(printed)).toStrictEqual(cursor);
      }),
    );
  });

  test('any changed, lost, doubled or swapped character is noticed', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ =+/é\0';
    fc.assert(
      fc.property(cursors, fc.nat(), fc.constantFrom(...alphabet), (cursor, at, other) => {
        const printed = encodeCursor(cursor);
        const i = at % printed.length;
        const [head, mine, tail] = [printed.slice(0, i), printed[i] ?? '', printed.slice(i + 1)];
        if (other !== mine) expect(decodeCursor(head + other + tail)).toBeUndefined();
        expect(decodeCursor(head + tail)).toBeUndefined();
        expect(decodeCursor(head + mine + mine + tail)).toBeUndefined();
        if (tail !== '' && tail[0] !== mine) expect(decodeCursor(head + tail[0] + mine + tail.slice(1))).toBeUndefined();
      }),
    );
  });

  test('every single change of one cursor is noticed', () => {
    const printed = encodeCursor({ ...plain, snapshot: { after: { collection: 'tasks', id: 'a' } } });
    for (let i = 0; i < printed.length; i += 1) {
      for (const other of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
        if (other !== printed[i]) expect(decodeCursor(printed.slice(0, i) + other + printed.slice(i + 1))).toBeUndefined();
      }
    }
  });

  test('refuses anything else', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (other) => decodeCursor(other) === undefined));
    for (const other of ['', 'A', 'AAAAAA', '='.repeat(10), 'A'.repeat(1_000_000)]) expect(decodeCursor(other)).toBeUndefined();
  });

  test('fits its limit with the longest of everything', () => {
    const long = '😀'.repeat(128);
    const cursor: Cursor = {
      spaceId: 's'.repeat(64),
      epoch: 'e'.repeat(64),
      seq: Number.MAX_SAFE_INTEGER,
      hash: 'f'.repeat(128),
      collections: 'c'.repeat(16),
      snapshot: { after: { collection: 'c'.repeat(64), id: long }, reset: 'epoch' },
    };
    expect(encodeCursor(cursor).length).toBeLessThanOrEqual(LIMITS.cursorLengthMax);
    expect(decodeCursor(encodeCursor(cursor))).toStrictEqual(cursor);
  });

  test('throws on parts that checkId and the message schemas refuse', () => {
    expect(() => encodeCursor({ ...plain, spaceId: 'a\0b' })).toThrow('U+0000');
    expect(() => encodeCursor({ ...plain, spaceId: '\ud800' })).toThrow();
  });
});

describe('collectionsKey', () => {
  test('is the same for the same set', () => {
    expect(collectionsKey(['a', 'b'])).toBe(collectionsKey(['b', 'a', 'b', '$conflicts']));
    expect(collectionsKey(['a', 'b'])).not.toBe(collectionsKey(['ab']));
    expect(collectionsKey([])).not.toBe(collectionsKey(['a']));
    expect(collectionsKey(undefined)).toBeUndefined();
    expect(collectionsKey(Array.from({ length: 100 }, (_, i) => `c${i}`))).toHaveLength(16);
  });
});
