import type { QueryClient } from '@tanstack/query-core';
import type { CollectionDefinition, Query, RecordOf } from '@tidemark/protocol';
import type { Client, CollectionHandle, Status } from '../client.ts';

type AnyHandle = CollectionHandle<CollectionDefinition>;
type AnyQuery = Parameters<AnyHandle['live']>[0];

const ROOT = 'tidemark';

/** A client answers the records of the definition that it was opened with. */
const isOf = <T>(value: unknown): value is T => value !== undefined;

/** The keys under which TanStack Query keeps what a client answers. */
export const tidemarkKeys = {
  all: [ROOT] as const,
  collection: (name: string) => [ROOT, 'records', name] as const,
  query: (name: string, query: object = {}) => [ROOT, 'records', name, 'query', query] as const,
  record: (name: string, id: string) => [ROOT, 'records', name, 'record', id] as const,
  pull: [ROOT, 'pull'] as const,
};

/** Answers come from the local store: never stale, never waiting for a network, and shared as they are. */
const LOCAL = { staleTime: Number.POSITIVE_INFINITY, networkMode: 'always', structuralSharing: false, retry: false } as const;

/** Keeps one cached query as the client answers it; undefined for the queries of others. */
const follow = (client: Client, queryClient: QueryClient, key: readonly unknown[]): (() => void) | undefined => {
  const [root, kind, name, form, asked] = key;
  if (root !== ROOT || kind !== 'records' || typeof name !== 'string') return undefined;
  const handle: AnyHandle = client.collection(name);
  if (form === 'query' && isOf<AnyQuery>(asked)) return handle.live(asked, (found) => queryClient.setQueryData(key, found));
  if (form !== 'record' || typeof asked !== 'string') return undefined;
  return handle.live({ where: { id: asked } }, ([found]) => queryClient.setQueryData(key, found ?? null));
};

export interface TidemarkQueries {
  /** Options for `useQuery`: the records that a query finds, the edits made here included, kept up to date without refetching. */
  readonly list: <C extends CollectionDefinition>(
    collection: C,
    query?: Query<RecordOf<C>>,
  ) => typeof LOCAL & { queryKey: readonly unknown[]; queryFn: () => Promise<readonly RecordOf<C>[]> };
  /** One record; null where there is none. */
  readonly record: <C extends CollectionDefinition>(
    collection: C,
    id: string,
  ) => typeof LOCAL & { queryKey: readonly unknown[]; queryFn: () => Promise<RecordOf<C> | null> };
  /**
   * A pull (with the push before it) as a query: its answer is cached, and refetched in the background whenever TanStack Query refetches
   * (on focus, on reconnect, by `refetchInterval`). Fails with the server's refusal; edits stay in the outbox.
   */
  readonly pull: () => { queryKey: readonly unknown[]; queryFn: () => Promise<Status>; networkMode: 'always' };
  /** Ends the following and takes everything of this client out of the cache: do so before somebody else signs in. */
  readonly close: () => void;
}

/** Puts a client's answers into a TanStack Query cache, and keeps them up to date there for as long as they are cached. */
export const tidemarkQueries = (client: Client, queryClient: QueryClient): TidemarkQueries => {
  const following = new Map<string, () => void>();
  const stop = (hash: string): void => {
    following.get(hash)?.();
    following.delete(hash);
  };
  const unsubscribe = queryClient.getQueryCache().subscribe(({ type, query: { queryHash, queryKey } }) => {
    if (type === 'removed') return stop(queryHash);
    if (type !== 'added' || following.has(queryHash)) return;
    const end = follow(client, queryClient, queryKey);
    if (end !== undefined) following.set(queryHash, end);
  });
  return {
    list: (collection, query = {}) => ({
      ...LOCAL,
      queryKey: tidemarkKeys.query(collection.name, query),
      queryFn: async () => {
        const asked: unknown = query;
        const found: unknown = client.collection(collection.name).list(isOf<AnyQuery>(asked) ? asked : {});
        return isOf<readonly RecordOf<typeof collection>[]>(found) ? found : [];
      },
    }),
    record: (collection, id) => ({
      ...LOCAL,
      queryKey: tidemarkKeys.record(collection.name, id),
      queryFn: async () => {
        const found: unknown = client.collection(collection.name).get(id);
        return isOf<RecordOf<typeof collection>>(found) ? found : null;
      },
    }),
    pull: () => ({
      queryKey: tidemarkKeys.pull,
      networkMode: 'always',
      queryFn: async () => {
        const status = await client.sync();
        if (status.error !== null) throw Object.assign(new Error(status.error.message), { code: status.error.code });
        return status;
      },
    }),
    close: () => {
      unsubscribe();
      for (const hash of [...following.keys()]) stop(hash);
      queryClient.removeQueries({ queryKey: tidemarkKeys.all });
    },
  };
};
