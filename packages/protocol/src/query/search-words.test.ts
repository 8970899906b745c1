import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesSearch, searchWords } from './search-words.ts';

describe('searchWords', () => {
  test.each<[string, string[]]>([
    ['Crème Brûlée, 2nd try!', ['creme', 'brulee', '2nd', 'try']],
    ['e\u0301 é É', ['e', 'e', 'e']],
    ['ΟΔΟΣ οδός', ['οδοσ', 'οδοσ']],
    ['İstanbul ISTANBUL', ['istanbul', 'istanbul']],
    ['ﬁle ℡ Ⅷ', ['file', 'tel', 'viii']],
    ['snake_case-and.dots', ['snake', 'case', 'and', 'dots']],
    ['日本 語', ['日本', '語']],
    ['', []],
    ['  ... 😀 ', []],
  ])('%j', (text, words) => expect(searchWords(text)).toEqual(words));

  test('a word folds to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const word of searchWords(text)) expect(searchWords(word)).toEqual([word]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('every letter there is folds to something stable', () => {
    const unstable: string[] = [];
    for (let point = 0; point <= 0x10ffff; point += 1) {
      if (point >= 0xd800 && point < 0xe000) continue;
      const words = searchWords(String.fromCodePoint(point));
      if (words.some((word) => searchWords(word).join() !== word)) unstable.push(point.toString(16));
    }
    expect(unstable).toEqual([]);
  });

  test('is bounded', () => {
    expect(searchWords('a '.repeat(100_000))).toHaveLength(10_000);
  });
});

describe('matchesSearch', () => {
  const fields = { title: 'Write the Report', tags: ['Büro', 'work'], count: 7, nested: { a: 'hidden' } };
  const matches = (search: string, among: readonly string[] = ['title', 'tags', 'count', 'nested', 'absent', 'toString']): boolean =>
    matchesSearch(fields, among, searchWords(search));

  test.each(['', 'write', 'WRI rep', 'buro', 'work report', 'w'])('finds %j', (search) => expect(matches(search)).toBe(true));
  test.each(['rite', 'write x', '7', 'hidden', 'native'])('does not find %j', (search) => expect(matches(search)).toBe(false));
  test('looks in the named fields only', () => {
    expect(matches('work', ['title'])).toBe(false);
    expect(matches('work', [])).toBe(false);
  });
});
