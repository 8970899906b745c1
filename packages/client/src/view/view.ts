import { type AppDefinition, CONFLICTS, type CollectionDefinition, type JsonObject, jsonEqual } from '@tidemark/protocol';
import type { Mutation, RecordState } from '@tidemark/protocol/messages';
import type { Mirror } from '../store/mirror.ts';
import { type OutboxRow, recordKey } from '../store/rows.ts';
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

/** Is the effect of this outbox row to be shown on top of the record? Not once the server's state contains it, and never a void. */
const isShown = (mirror: Mirror, row: OutboxRow, state: RecordState | undefined): row is OutboxRow & { readonly mutation: Mutation } => {
  if (row.mutation.op === 'void') return false;
  if (row.settled !== undefined) return (state?.seq ?? 0) < row.settled && mirror.meta.seq < row.settled;
  return row.mutation.n > mirror.meta.ackedN;
};

/** The pending mutations of one record that are not in its server state yet, in order. */
export const shownMutations = (mirror: Mirror, key: string): Mutation[] => {
  const state = mirror.records.get(key);
  return mirror.outboxIndex.of(key).flatMap((row) => (isShown(mirror, row, state) ? [row.mutation] : []));
};

export const foldContext = (app: AppDefinition, mirror: Mirror, collection: CollectionDefinition): FoldContext => ({
  app,
  collection,
  clientId: mirror.meta.clientId,
  epoch: mirror.meta.epoch,
});

/** What changed in one collection: for each id the record before and after, undefined where there was or is none. */
export type ViewChange = ReadonlyMap<string, { readonly before: ViewRecord | undefined; readonly after: ViewRecord | undefined }>;

/** The optimistic state of everything, kept up to date record by record. */
export interface View {
  records(collection: string): ReadonlyMap<string, ViewRecord>;
  get(collection: string, id: string): ViewRecord | undefined;
  /** Recomputes what was touched and tells what changed, per collection. */
  update(touched: Touched): ReadonlyMap<string, ViewChange>;
}

export const createView = (app: AppDefinition, mirror: Mirror): View => {
  const collections = new Map<string, Map<string, ViewRecord>>();
  const recordsOf = (collection: string): Map<string, ViewRecord> => {
    const found = collections.get(collection) ?? new Map<string, ViewRecord>();
    collections.set(collection, found);
    return found;
  };
  const compute = (collection: string, id: string, pending: readonly Mutation[]): ViewRecord | undefined => {
    const definition = collectionOf(app, collection);
    if (definition === undefined) return undefined;
    const fields = fold(foldContext(app, mirror, definition), mirror.records.get(recordKey(collection, id)), pending);
    // A conflict has a field of that name: the id of the record that it is about.
    return fields === null ? undefined : { id, ...fields };
  };
  const update = (touched: Touched): ReadonlyMap<string, ViewChange> => {
    const keys = touched === 'all' ? new Set([...mirror.records.keys(), ...mirror.outboxIndex.keys()]) : new Set(touched);
    if (touched === 'all') for (const [name, records] of collections) for (const id of records.keys()) keys.add(recordKey(name, id));
    const changes = new Map<string, Map<string, { before: ViewRecord | undefined; after: ViewRecord | undefined }>>();
    for (const key of keys) {
      const [collection, id] = splitKey(key);
      const records = recordsOf(collection);
      const before = records.get(id);
      const after = compute(collection, id, shownMutations(mirror, key));
      if (jsonEqual(before, after)) continue;
      if (after === undefined) records.delete(id);
      else records.set(id, after);
      const changed = changes.get(collection) ?? new Map();
      changes.set(collection, changed.set(id, { before, after }));
    }
    return changes;
  };
  update('all');
  return { records: recordsOf, get: (collection, id) => recordsOf(collection).get(id), update };
};

/** Collection names hold no slash, so the first one ends it. */
const splitKey = (key: string): readonly [string, string] => {
  const at = key.indexOf('/');
  return [key.slice(0, at), key.slice(at + 1)];
};
