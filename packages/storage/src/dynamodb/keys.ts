import type { RecordKey } from '@tidemark/engine/storage';
import type { Key } from './table.ts';

/**
 * Where things are. Every partition but that of the head and the list of spaces is of one generation of one space: a space that is
 * erased goes on in the next generation, so nothing that was left of the last can be read into it.
 */
export interface Place {
  readonly space: string;
  /** `appends` when the space was created or last erased. */
  readonly generation: number;
}

export type Kind = 'log' | 'kept' | 'blobs' | 'records' | 'receipts' | 'clients' | 'index' | 'staged';
/** Everything of a generation, for its removal. */
export const KINDS: readonly Kind[] = ['log', 'kept', 'blobs', 'records', 'receipts', 'clients', 'index', 'staged'];

export const partitionOf = (kind: Kind, { space, generation }: Place): string => `${kind}/${generation}/${space}`;

/** The list of all spaces. */
export const SPACES = 'spaces';

export const headKey = (space: string): Key => ({ pk: `head/${space}`, sk: 'head' });

/** Sixteen digits take every seq, so that text sorts as numbers do. */
export const pad = (seq: number): string => String(seq).padStart(16, '0');

/** Above every text that begins with ASCII, and above every code point there is. */
export const LAST = '\u{10FFFF}';

// No collection's name holds a control character, so the joined keys sort as the pairs do.
const SEPARATOR = '\u0001';

export const recordSort = ({ collection, id }: RecordKey): string => `${collection}${SEPARATOR}${id}`;

/** All records of a collection lie between these. */
export const collectionRange = (collection: string): { readonly from: string; readonly to: string } => ({
  from: `${collection}${SEPARATOR}`,
  to: `${collection}${SEPARATOR}${LAST}`,
});

export const recordOfSort = (sort: string): RecordKey => {
  const end = sort.indexOf(SEPARATOR);
  return { collection: sort.slice(0, end), id: sort.slice(end + 1) };
};
