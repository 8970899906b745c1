import { readMember } from '../json.ts';

const WORDS_MAX = 10_000;

/**
 * The words of a text as search compares them: compatibility forms and accents folded away, lower case, cut at
 * everything that is not a letter or a number. At most 10,000, in the order of the text, repetitions kept.
 */
export const searchWords = (text: string): string[] => {
  const words: string[] = [];
  for (const match of fold(text).matchAll(/[\p{L}\p{N}]+/gu)) {
    words.push(match[0]);
    if (words.length === WORDS_MAX) break;
  }
  return words;
};

/** Folded twice, since lower-casing can bring up a letter that decomposes; a final sigma is the same letter as any other. */
const fold = (text: string): string => foldOnce(foldOnce(text));
const foldOnce = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ς', 'σ');

/** True if each word (from searchWords) is the beginning of a word in one of the fields; strings and lists of strings are searched. */
export const matchesSearch = (fields: object, searchFields: readonly string[], words: readonly string[]): boolean => {
  if (words.length === 0) return true;
  const found = searchFields.flatMap((field) => textsOf(readMember(fields, field))).flatMap(searchWords);
  return words.every((word) => found.some((candidate) => candidate.startsWith(word)));
};

const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};
