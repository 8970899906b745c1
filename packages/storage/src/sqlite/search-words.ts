import type { JsonObject } from '@tidemark/protocol';
import { recordWords } from '../indexes/record-words.ts';

/**
 * A folded word as a token of FTS5. Tokens are plain letters and digits, so FTS5's tokenizer neither cuts nor folds
 * them again; the space and the index stand first, so that a search walks the words of one collection of one space only.
 */
export const tokenOf = (space: number, indexNumber: number, word: string): string =>
  `${space}s${indexNumber}i${Buffer.from(word, 'utf8').toString('hex')}`;

/** The tokens of a record, each once, separated by blanks. */
export const tokensOf = (fields: JsonObject, searchFields: readonly string[], space: number, indexNumber: number): string =>
  recordWords(fields, searchFields)
    .map((word) => tokenOf(space, indexNumber, word))
    .join(' ');

/** The FTS5 expression that finds records in which each word is the beginning of a word. */
export const matchExpression = (words: readonly string[], space: number, indexNumber: number): string =>
  words.map((word) => `${tokenOf(space, indexNumber, word)}*`).join(' AND ');
