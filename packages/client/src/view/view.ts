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
export const shownMutations = ({ outboxIndex, meta }: Mirror, key: string): readonly Mutation[] =>
  pendingOf(outboxIndex.of(key).filter(({ settled, mutation }) => (settled === undefined ? mutation.n > meta.ackedN : settled > meta.seq)));

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

/** The optimistic state of everything, kept up to date record by record. */
export interface View {
  records(collection: string): ReadonlyMap<string, ViewRecord>;
  get(collection: string, id: string): ViewRecord | undefined;
  /** Recomputes what was touched and tells what changed, per collection. */
  update(touched: Touched): ReadonlyMap<string, ViewChange>;
}

export const createView = (app: AppDefinition, mirror: Mirror): View => {
  const collections = new Map<string, Map<string, ViewRecord>>();
  const recordsOf = (collection: string): Map<string, ViewRecord> => memberOf(collections, collection);
  const update = (touched: Touched): ReadonlyMap<string, ViewChange> => {
    const changes = new Map<string, Map<string, RecordChange>>();
    const look = (key: string): void => {
      const [collection, id] = splitKey(key);
      const definition = collectionOf(app, collection);
      if (definition === undefined) return;
      const records = recordsOf(collection);
      const before = records.get(id);
      const fields = fold(foldContext(app, mirror, definition), mirror.records.get(key), shownMutations(mirror, key));
      // A conflict has a field of that name: the id of the record that it is about.
      const after = fields === null ? undefined : { id, ...fields };
      if (jsonEqual(before, after)) return;
      if (after === undefined) records.delete(id);
      else records.set(id, after);
      memberOf(changes, collection).set(id, { before, after });
    };
    // Those that are no more; then all that are.
    if (touched === 'all') for (const [name, records] of collections) for (const id of records.keys()) look(recordKey(name, id));
    for (const keys of touched === 'all' ? [mirror.records.keys(), mirror.outboxIndex.keys()] : [touched])
      for (const key of keys) look(key);
    return changes;
  };
  update('all');
  return { records: recordsOf, get: (collection, id) => recordsOf(collection).get(id), update };
};

/** The map under a name; a new one where there is none yet. */
const memberOf = <K, V>(maps: Map<string, Map<K, V>>, name: string): Map<K, V> => {
  const found = maps.get(name) ?? new Map<K, V>();
  maps.set(name, found);
  return found;
};

/** Collection names hold no slash, so the first one ends it. */
const splitKey = (key: string): readonly [string, string] => {
  const at = key.indexOf('/');
  return [key.slice(0, at), key.slice(at + 1)];
};
