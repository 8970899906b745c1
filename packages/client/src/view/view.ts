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
  const shown = (definition: CollectionDefinition, key: string, id: string): ViewRecord | undefined => {
    const fields = fold(foldContext(app, mirror, definition), mirror.records.get(key), shownMutations(mirror, key));
    // A conflict has a field of that name: the id of the record that it is about.
    return fields === null ? undefined : { id, ...fields };
  };
  const recordsOf = (collection: string): Map<string, ViewRecord> => {
    const known = collections.get(collection);
    if (known !== undefined) return known;
    const records = new Map<string, ViewRecord>();
    collections.set(collection, records);
    const definition = collectionOf(app, collection);
    const add = (key: string, id: string): void => {
      const record = definition && shown(definition, key, id);
      if (record !== undefined) records.set(id, record);
    };
    for (const [key, state] of mirror.records) if (state.collection === collection) add(key, state.id);
    for (const key of mirror.outboxIndex.keys()) if (splitKey(key)[0] === collection) add(key, splitKey(key)[1]);
    return records;
  };
  const update = (touched: Touched): ReadonlyMap<string, ViewChange> => {
    const changes = new Map<string, Map<string, RecordChange>>();
    const look = (key: string, [collection, id] = splitKey(key)): void => {
      const records = collections.get(collection);
      const definition = records && collectionOf(app, collection);
      if (definition === undefined) return;
      const before = records?.get(id);
      const after = shown(definition, key, id);
      if (jsonEqual(before, after)) return;
      if (after === undefined) records?.delete(id);
      else records?.set(id, after);
      const changed = changes.get(collection) ?? new Map<string, RecordChange>();
      changes.set(collection, changed.set(id, { before, after }));
    };
    if (touched !== 'all') for (const key of touched) look(key);
    else {
      for (const [name, records] of collections) for (const id of records.keys()) look(recordKey(name, id), [name, id]);
      for (const [key, { collection, id }] of mirror.records) if (!collections.get(collection)?.has(id)) look(key, [collection, id]);
      for (const key of mirror.outboxIndex.keys()) look(key);
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
