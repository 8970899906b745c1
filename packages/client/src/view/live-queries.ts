import { type CollectionDefinition, type Query, runQuery } from '@tidemark/protocol';
import type { ViewChange, ViewRecord } from './view.ts';

/** Queries that are answered anew when something they look at changes. */
export interface LiveQueries {
  add(collection: CollectionDefinition, query: Query<ViewRecord>, listener: (records: readonly ViewRecord[]) => void): () => void;
  /** To be called after each change of the view. */
  notify(changes: ReadonlyMap<string, ViewChange>): void;
}

interface LiveQuery {
  readonly collection: CollectionDefinition;
  readonly query: Query<ViewRecord>;
  readonly listener: (records: readonly ViewRecord[]) => void;
  answer: readonly ViewRecord[];
}

export const createLiveQueries = (records: (collection: string) => ReadonlyMap<string, ViewRecord>): LiveQueries => {
  const queries = new Set<LiveQuery>();
  const run = ({ collection, query }: LiveQuery): readonly ViewRecord[] => runQuery(records(collection.name).values(), collection, query);
  return {
    add: (collection, query, listener) => {
      const live: LiveQuery = { collection, query, listener, answer: [] };
      live.answer = run(live);
      queries.add(live);
      listener(live.answer);
      return () => queries.delete(live);
    },
    notify: (changes) => {
      for (const live of queries) {
        const changed = changes.get(live.collection.name);
        if (changed === undefined || !concerns(live, changed)) continue;
        const answer = run(live);
        if (sameRecords(answer, live.answer)) continue;
        live.answer = answer;
        live.listener(answer);
      }
    },
  };
};

/** A record that neither is in the answer nor meets the conditions now cannot change the answer. */
const concerns = (live: LiveQuery, changes: ViewChange): boolean => {
  const shown = new Set(live.answer);
  for (const { before, after } of changes.values()) {
    if (before !== undefined && shown.has(before)) return true;
    if (after !== undefined && runQuery([after], live.collection, live.query).length > 0) return true;
  }
  return false;
};

/** Records keep their identity while they do not change. */
const sameRecords = (a: readonly ViewRecord[], b: readonly ViewRecord[]): boolean =>
  a.length === b.length && a.every((record, i) => record === b[i]);
