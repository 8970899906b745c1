import { type AppDefinition, CONFLICTS, type CollectionDefinition, type JsonObject, jsonEqual } from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import type { Mirror } from '../store/mirror.ts';
import { pendingOf } from '../store/outbox-index.ts';
import { recordKey } from '../store/rows.ts';
import type { Touched } from '../store/transactions.ts';
import { type FoldContext, fold } from './fold.ts';

/** A record as the page sees it: its fields and its id. */
export type ViewRecord = JsonObject & { readonly id: string };

/** Conflicts are records like others, of a collection without declared fields. */
const CONFLICT_COLLECTION: CollectionDefinition = {
  name: CONFLICTS,
  fields: {},
  onDelete: 'deleteWins',
  indexes: [],
  search: [],
  recordBytesMax: 0,
  upcasts: {},
};

export const collectionOf = (app: AppDefinition, name: string): CollectionDefinition | undefined => {
  if (name === CONFLICTS) return CONFLICT_COLLECTION;
  return Object.hasOwn(app.collections, name) ? app.collections[name] : undefined;
};

/** The pending mutations of one record that are not in its server state yet, in order; never a void. */
export const shownMutations = ({ outboxIndex, meta }: Mirror, key: string): readonly Mutation[] => {
  const rows = outboxIndex.of(key);
  // Most records have none, and a first sync asks of all of them.
  if (rows.length === 0) return NONE;
  return pendingOf(rows.filter(({ settled, mutation }) => (settled === undefined ? mutation.n > meta.ackedN : settled > meta.seq)));
};

const NONE: readonly Mutation[] = [];

export const foldContext = (app: AppDefinition, mirror: Mirror, collection: CollectionDefinition): FoldContext => ({
  app,
  collection,
  clientId: mirror.meta.clientId,
  epoch: mirror.meta.epoch,
});

/** What changed in one collection: for each id the record before and after, undefined where there was or is none. */
export type ViewChange = ReadonlyMap<string, RecordChange>;

interface RecordChange {
  readonly before: ViewRecord | undefined;
  readonly after: ViewRecord | undefined;
}

/** The optimistic state of everything, kept up to date record by record. A collection is worked out when it is first asked for. */
export interface View {
  records(collection: string): ReadonlyMap<string, ViewRecord>;
  get(collection: string, id: string): ViewRecord | undefined;
  /** Recomputes what was touched and tells what changed, per collection; nothing of those that nobody asked for yet. */
  update(touched: Touched): ReadonlyMap<string, ViewChange>;
}

export const createView = (app: AppDefinition, mirror: Mirror): View => {
  const collections = new Map<string, Map<string, ViewRecord>>();
  const look = (key: string, changes: Map<string, Map<string, RecordChange>>): void => {
    const [collection, id] = splitKey(key);
    const records = collections.get(collection);
    const definition = records && collectionOf(app, collection);
    if (definition === undefined) return;
    const before = records?.get(id);
    const fields = fold(foldContext(app, mirror, definition), mirror.records.get(key), shownMutations(mirror, key));
    // A conflict has a field of that name: the id of the record that it is about.
    const after = fields === null ? undefined : { id, ...fields };
    if (jsonEqual(before, after)) return;
    if (after === undefined) records?.delete(id);
    else records?.set(id, after);
    const changed = changes.get(collection) ?? new Map<string, RecordChange>();
    changes.set(collection, changed.set(id, { before, after }));
  };
  const lookAtAll = (changes: Map<string, Map<string, RecordChange>>, prefix = ''): void => {
    for (const keys of [mirror.records.keys(), mirror.outboxIndex.keys()])
      for (const key of keys) if (key.startsWith(prefix)) look(key, changes);
  };
  const recordsOf = (collection: string): Map<string, ViewRecord> => {
    const known = collections.get(collection);
    if (known !== undefined) return known;
    const records = new Map<string, ViewRecord>();
    collections.set(collection, records);
    lookAtAll(new Map(), recordKey(collection, ''));
    return records;
  };
  const update = (touched: Touched): ReadonlyMap<string, ViewChange> => {
    const changes = new Map<string, Map<string, RecordChange>>();
    if (touched !== 'all') for (const key of touched) look(key, changes);
    else {
      // Those that are no more; then all that are.
      for (const [name, records] of collections) for (const id of records.keys()) look(recordKey(name, id), changes);
      lookAtAll(changes);
    }
    return changes;
  };
  return { records: recordsOf, get: (collection, id) => recordsOf(collection).get(id), update };
};

/** Collection names hold no slash, so the first one ends it. */
const splitKey = (key: string): readonly [string, string] => {
  const at = key.indexOf('/');
  return [key.slice(0, at), key.slice(at + 1)];
};
