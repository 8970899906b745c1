/**
 * A folded word as a lexeme of PostgreSQL. The space and the index stand first, so that a search walks the words of one collection
 * of one space only. Words are letters and digits, so nothing in a lexeme needs quoting inside its quotes.
 */
const lexemeOf = (space: number, index: number, word: string): string => `'${space.toString(36)}.${index.toString(36)}.${word}'`;

/** The words of a record as a tsvector. */
export const vectorOf = (space: number, index: number, words: readonly string[]): string =>
  words.map((word) => lexemeOf(space, index, word)).join(' ');

/** The tsquery that finds records in which each word is the beginning of a word. */
export const queryOf = (space: number, index: number, words: readonly string[]): string =>
  words.map((word) => `${lexemeOf(space, index, word)}:*`).join(' & ');
