import { createHash } from 'node:crypto';
import type { IndexValue, QueryPlan } from '@tidemark/engine/storage';
import type { JsonObject } from '@tidemark/protocol';
import { encodeKey, endOf, entryOf } from '../indexes/index-key.ts';
import { recordWords } from '../indexes/record-words.ts';
import type { DeclaredIndex } from './declared.ts';
import { LAST } from './keys.ts';

/** How much of a key or a word stands in a sort key, which holds 1,024 bytes; the records say the rest. */
const KEY_BYTES_MAX = 400;
const WORD_CHARACTERS_MAX = 60;
/** Above hexadecimal digits: what follows it stands apart keys that are equal as far as they are kept. */
const CUT = '~';

const hex = (key: Uint8Array): string => Buffer.from(key.subarray(0, KEY_BYTES_MAX)).toString('hex');
const isCut = (key: Uint8Array): boolean => key.byteLength > KEY_BYTES_MAX;

const orderEntry = (fields: JsonObject, index: DeclaredIndex, id: string): string => {
  const { key } = entryOf(fields, index.fields, id);
  return isCut(key) ? `${hex(key)}${CUT}${createHash('sha256').update(id).digest('hex').slice(0, 16)}` : hex(key);
};

const wordHead = (word: string): string => [...word].slice(0, WORD_CHARACTERS_MAX).join('');

/** What an index holds of a record, as ends of sort keys: its place in the order, or its words. */
export const entriesOf = (fields: JsonObject, index: DeclaredIndex, id: string): string[] =>
  index.kind === 'order'
    ? [orderEntry(fields, index, id)]
    : [...new Set(recordWords(fields, index.fields).map(wordHead))].map((word) => `${word}\u0001${id}`);

/** The part of an entry that two entries share where the index does not know which comes first. */
export const placeOf = (entry: string): string => entry.split(CUT)[0] ?? '';

export interface Bounds {
  readonly from: string;
  readonly to: string;
}

/** Entries of the words that begin with one. */
export const wordBounds = (word: string): Bounds => ({ from: wordHead(word), to: `${wordHead(word)}${LAST}` });

const above = (a: string, b: string): string => (a > b ? a : b);
const below = (a: string, b: string): string => (a < b ? a : b);

/** Between which entries of an order all that a plan finds lies; what else lies there its conditions sort out. */
export const orderBounds = ({ equals, range = {}, after, direction }: QueryPlan): Bounds => {
  const end = (key: Uint8Array): string => (isCut(key) ? `${hex(key)}${CUT}${CUT}` : hex(key));
  const start = encodeKey(equals);
  let [from, to] = [hex(start), end(endOf(start))];
  const key = (value: IndexValue) => encodeKey([...equals, value]);
  if (range.gt !== undefined) from = above(from, hex(endOf(key(range.gt))));
  if (range.gte !== undefined) from = above(from, hex(key(range.gte)));
  if (range.lt !== undefined) to = below(to, end(key(range.lt)));
  if (range.lte !== undefined) to = below(to, end(endOf(key(range.lte))));
  if (after === undefined) return { from, to };
  const place = encodeKey([...after.values, after.id]);
  return direction === 'asc' ? { from: above(from, hex(place)), to } : { from, to: below(to, end(place)) };
};
