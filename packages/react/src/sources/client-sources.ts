import type { Client, CollectionHandle, LocalConflict, ParkedMutation, Status } from '@tidemark/client';
import type { CollectionDefinition } from '@tidemark/protocol';
import type { Mutation } from '@tidemark/protocol/messages';
import { createSource, type Source } from './source.ts';

/** What a record is to hooks that do not know its collection. */
export type AnyRecord = { readonly id: string };
type AnyHandle = CollectionHandle<CollectionDefinition>;
type AnyQuery = Parameters<AnyHandle['live']>[0];

export interface Unsynced {
  readonly pending: readonly Mutation[];
  readonly parked: readonly ParkedMutation[];
}

/** The sources of one client, each made once: components that ask for the same share it. */
export interface ClientSources {
  handle(collection: string): AnyHandle;
  query(collection: string, query: AnyQuery): Source<readonly AnyRecord[]>;
  record(collection: string, id: string): Source<AnyRecord | undefined>;
  readonly status: Source<Status>;
  readonly conflicts: Source<readonly LocalConflict[]>;
  readonly unsynced: Source<Unsynced>;
}

const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((one, i) => one === b[i]);

const isSameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const idsOf = ({ pending, parked }: Unsynced): readonly unknown[] => [
  ...pending.map(({ mutationId }) => mutationId),
  ...parked.flatMap(({ mutation, parkedAt }) => [mutation.mutationId, parkedAt]),
];

/** Equal queries have equal keys. A condition that is undefined asks for absent values, as null does. */
const queryKey = (query: AnyQuery): string => JSON.stringify(query, (_, value: unknown) => (value === undefined ? null : value));

const makeSources = (client: Client): ClientSources => {
  const handles = new Map<string, AnyHandle>();
  const handle = (collection: string): AnyHandle => {
    const found = handles.get(collection) ?? client.collection(collection);
    handles.set(collection, found);
    return found;
  };
  /** The source under a key, for as long as somebody uses it. */
  const shared = <T>(sources: Map<string, Source<T>>, key: string, make: (onEnd: () => void) => Source<T>): Source<T> => {
    const found = sources.get(key) ?? make(() => sources.delete(key));
    sources.set(key, found);
    return found;
  };
  const queries = new Map<string, Source<readonly AnyRecord[]>>();
  const records = new Map<string, Source<AnyRecord | undefined>>();
  return {
    handle,
    query: (collection, query) =>
      shared(queries, `${collection}/${queryKey(query)}`, (onEnd) =>
        createSource<readonly AnyRecord[]>({ listen: (next) => handle(collection).live(query, next), isSame: isSameList, onEnd }),
      ),
    record: (collection, id) =>
      shared(records, `${collection}/${id}`, (onEnd) =>
        createSource<AnyRecord | undefined>({
          listen: (next) => handle(collection).live({ where: { id } }, ([found]) => next(found)),
          isSame: Object.is,
          onEnd,
        }),
      ),
    ...accountOfEdits(client),
  };
};

/** How syncing stands, and what waits for the server or for a person. */
const accountOfEdits = (client: Client): Pick<ClientSources, 'status' | 'conflicts' | 'unsynced'> => ({
  status: createSource<Status>({
    listen: (next) => {
      next(client.status());
      return client.onStatus(next);
    },
    isSame: isSameText,
  }),
  conflicts: createSource<readonly LocalConflict[]>({
    listen: (next) => {
      next(client.conflicts());
      return client.onConflicts(next);
    },
    isSame: isSameText,
  }),
  unsynced: createSource<Unsynced>({
    listen: (next) => {
      const tell = (): void => next({ pending: client.outbox(), parked: client.parked() });
      tell();
      const stops = [client.onStatus(tell), client.onTraffic(tell)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    isSame: (a, b) => isSameList(idsOf(a), idsOf(b)),
  }),
});

const sourcesByClient = new WeakMap<Client, ClientSources>();

export const sourcesOf = (client: Client): ClientSources => {
  const found = sourcesByClient.get(client) ?? makeSources(client);
  sourcesByClient.set(client, found);
  return found;
};
