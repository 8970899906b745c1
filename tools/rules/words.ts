import { type Finding, isCode, type Rule, type SourceText } from './rule.ts';
import { WORD_EXCEPTIONS } from './words-exceptions.ts';

/** A banned word (or two, separated by a space), what to say instead, and where it counts. */
interface BannedWord {
  readonly word: string;
  readonly say: string;
  readonly where?: RegExp;
}

/** Packages in which a word can only mean our concept. */
const CORE = /^packages\/(protocol|engine|client|apps)\//;
const OURS = /^(packages|docs|README|CONTRIBUTING|CHANGELOG|tests|console|extension|deploy)/;

/** Second column of docs/GLOSSARY.md. Words with an ordinary meaning (row, event, version, queue) are left to the reader. */
export const BANNED_WORDS: readonly BannedWord[] = [
  { word: 'realm', say: 'space' },
  { word: 'room', say: 'space', where: CORE },
  { word: 'entity', say: 'record' },
  { word: 'document', say: 'record', where: CORE },
  { word: 'operation', say: 'mutation', where: CORE },
  { word: 'delta', say: 'change (of numbers: difference)', where: OURS },
  { word: 'oplog', say: 'change log' },
  { word: 'op log', say: 'change log' },
  { word: 'watermark', say: 'head' },
  { word: 'checkpoint', say: 'cursor', where: OURS },
  { word: 'mutation queue', say: 'outbox' },
  { word: 'sync queue', say: 'outbox' },
  { word: 'offline queue', say: 'outbox' },
  { word: 'pending queue', say: 'outbox' },
  { word: 'dead letter', say: 'parked' },
  { word: 'strategy', say: 'merge rule' },
  { word: 'collision', say: 'conflict' },
  { word: 'soft delete', say: 'tombstone' },
  { word: 'soft deleted', say: 'tombstone' },
  { word: 'resync', say: 'reset' },
  { word: 're sync', say: 'reset' },
  { word: 'device id', say: 'clientId', where: CORE },
];

/** Files that name the banned words to ban them. */
const ABOUT_WORDS = /^(tools\/rules\/|docs\/GLOSSARY\.md$|package-lock\.json$)/;

/** `softDeletedRows` → `soft deleted rows`, `OP_LOG` → `op log`. Plural s is taken off. */
export const wordsOf = (line: string): readonly string[] =>
  line
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');

const singular = (word: string): string => (word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/(?<=..[^s])s$/, ''));

const bannedIn = (line: string, path: string): readonly BannedWord[] => {
  const words = ` ${wordsOf(line).map(singular).join(' ')} `;
  return BANNED_WORDS.filter(({ word, where }) => where?.test(path) !== false && words.includes(` ${word} `));
};

const isExceptedWord = (path: string, word: string): boolean =>
  WORD_EXCEPTIONS.some((one) => one.word === word && (one.path.endsWith('/') ? path.startsWith(one.path) : one.path === path));

const findingsOf = (file: SourceText): readonly Finding[] =>
  file.text.split('\n').flatMap((line, index) =>
    bannedIn(line, file.path)
      .filter(({ word }) => !isExceptedWord(file.path, word))
      .map(({ word, say }) => ({ path: file.path, line: index + 1, message: `"${word}": say ${say} (docs/GLOSSARY.md)` })),
  );

/** One word for each concept, in code, docs and user interface alike. */
export const wordRule: Rule = {
  name: 'words of the glossary',
  check: (files) =>
    files.filter((file) => (isCode(file.path) || file.path.endsWith('.md')) && !ABOUT_WORDS.test(file.path)).flatMap(findingsOf),
};
