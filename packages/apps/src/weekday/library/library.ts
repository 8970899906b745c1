import { compareStrings, type JsonObject, searchWords } from '@tidemark/protocol';
import MiniSearch, { type SearchResult } from 'minisearch';
import { type Entry, TABLE_PREFIXES } from './entry.ts';
import { FINDING, numberAt, textsOf } from './facets.ts';
import { KINDS, type Kind } from './shapes.ts';

/** What is asked of a library. Values of `facets` and bounds of `ranges` are by the names of FINDING. */
export interface Question {
  /** Words, all of which an entry must have; typos and beginnings of words will do. */
  readonly q?: string | undefined;
  readonly facets: Readonly<Record<string, string>>;
  readonly ranges: Readonly<Record<string, { readonly min?: number | undefined; readonly max?: number | undefined }>>;
  /** A range, or `name`. Default: how well it fits `q`; without it, `name`. */
  readonly sort?: string | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** An entry as it is answered. */
export type Item = JsonObject & { readonly id: string };

export interface Page {
  readonly items: readonly Item[];
  /** How many there are on all pages. */
  readonly total: number;
}

/** One version of all libraries, in memory. */
export interface Library {
  readonly version: string;
  find(kind: Kind, question: Question): Page;
  get(kind: Kind, id: string): Item | undefined;
  /** All of a kind, by name. */
  all(kind: Kind): readonly Item[];
}

interface Shelf {
  readonly items: ReadonlyMap<string, Item>;
  /** By name, then id. */
  readonly sorted: readonly Item[];
  readonly index: MiniSearch<Item>;
  /** By letter, the ids of those with a word in what is searched that begins with it. One letter alone would be half the index. */
  readonly initials: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Entries that are indexed before others get their turn. */
const CHUNK = 200;
/** A word from this length on may have a typo; from twice it, two. */
const TYPO_FROM = 4;
const FIRST_FIELD_BOOST = 4;

/** The starter catalogue comes before what large tables call the same thing. */
const OWN_BOOST = 1.5;

const boostOf = ({ id }: SearchResult): number => (TABLE_PREFIXES.some((prefix) => String(id).startsWith(prefix)) ? 1 : OWN_BOOST);

const typosOf = (term: string): number | false => (term.length < TYPO_FROM ? false : term.length < 2 * TYPO_FROM ? 1 : 2);

const indexOf = (kind: Kind): MiniSearch<Item> => {
  const [first = 'name', ...others] = FINDING[kind].search;
  return new MiniSearch<Item>({
    fields: [first, ...others],
    extractField: (item, field) => (field === 'id' ? item.id : textsOf(item, field).join(' ')),
    tokenize: searchWords,
    processTerm: (term) => term,
    searchOptions: {
      boost: { [first]: FIRST_FIELD_BOOST },
      prefix: true,
      fuzzy: typosOf,
      combineWith: 'AND',
    },
  });
};

const byNameThenId = (a: Item, b: Item): number => compareStrings(String(a.name), String(b.name)) || compareStrings(a.id, b.id);

const initialsOf = (kind: Kind, items: readonly Item[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const initials = new Map<string, Set<string>>();
  for (const item of items) {
    const words = FINDING[kind].search.flatMap((field) => textsOf(item, field).flatMap(searchWords));
    for (const letter of new Set(words.map(([first = '']) => first))) {
      const ids = initials.get(letter) ?? new Set();
      initials.set(letter, ids.add(item.id));
    }
  }
  return initials;
};

const shelfOf = async (kind: Kind, entries: readonly Entry[]): Promise<Shelf> => {
  const items = entries.filter((entry) => entry.kind === kind).map(({ id, fields }): Item => ({ id, ...fields }));
  const sorted = items.sort(byNameThenId);
  const index = indexOf(kind);
  await index.addAllAsync(sorted, { chunkSize: CHUNK });
  return { items: new Map(sorted.map((item) => [item.id, item])), sorted, index, initials: initialsOf(kind, sorted) };
};

const fits = (item: Item, kind: Kind, { facets, ranges }: Question): boolean => {
  const finding = FINDING[kind];
  for (const [name, wanted] of Object.entries(facets)) {
    if (!(finding.facets[name] ?? []).some((field) => textsOf(item, field).includes(wanted))) return false;
  }
  for (const [name, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }] of Object.entries(ranges)) {
    const figure = numberAt(item, finding.ranges[name] ?? []);
    if (figure === undefined || figure < min || figure > max) return false;
  }
  return true;
};

/** The entries that have all words, the best first. */
const searched = ({ index, items, sorted, initials }: Shelf, words: readonly string[]): readonly Item[] => {
  const long = words.filter((word) => word.length > 1);
  const letters = words.filter((word) => word.length === 1).map((letter) => initials.get(letter));
  const ranked = (): readonly SearchResult[] => index.search(long.join(' ')).sort((a, b) => b.score * boostOf(b) - a.score * boostOf(a));
  const found = long.length === 0 ? sorted : ranked().flatMap(({ id }) => items.get(String(id)) ?? []);
  return letters.length === 0 ? found : found.filter(({ id }) => letters.every((ids) => ids?.has(id) === true));
};

/** By a number, what is not known of it at the end in both directions; what is equal stays as it was. */
const sortedBy = (items: readonly Item[], path: readonly string[], isDescending: boolean): readonly Item[] => {
  const unknown = isDescending ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const sign = isDescending ? -1 : 1;
  const figures = items.map((item) => [numberAt(item, path) ?? unknown, item] as const);
  return figures.sort(([a], [b]) => (a === b ? 0 : sign * (a - b))).map(([, item]) => item);
};

const find = (shelf: Shelf, kind: Kind, question: Question): Page => {
  const { q = '', sort, order, offset, limit } = question;
  const words = searchWords(q);
  const found = (words.length > 0 ? searched(shelf, words) : shelf.sorted).filter((item) => fits(item, kind, question));
  const isDescending = order === 'desc';
  const path = sort === undefined ? undefined : FINDING[kind].ranges[sort];
  const byName = path === undefined && (sort === 'name' || words.length === 0);
  const items = path !== undefined ? sortedBy(found, path, isDescending) : byName ? found.sort(byNameThenId) : found;
  if (byName && isDescending) found.reverse();
  return { items: items.slice(offset, offset + limit), total: found.length };
};

/** Puts entries on their shelves and indexes them, letting others have their turn meanwhile. */
export const openLibrary = async (version: string, entries: readonly Entry[]): Promise<Library> => {
  const shelves = new Map<Kind, Shelf>();
  for (const kind of KINDS) shelves.set(kind, await shelfOf(kind, entries));
  return {
    version,
    find: (kind, question) => {
      const shelf = shelves.get(kind);
      return shelf === undefined ? { items: [], total: 0 } : find(shelf, kind, question);
    },
    get: (kind, id) => shelves.get(kind)?.items.get(id),
    all: (kind) => shelves.get(kind)?.sorted ?? [],
  };
};
