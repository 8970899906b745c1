import type { CollectionHandle } from '@tidemark/client';
import type { CollectionDefinition, Query, RecordOf } from '@tidemark/protocol';

import { useClient } from '../provider.tsx';
import { sourcesOf } from '../sources/client-sources.ts';
import { useSource } from './use-source.ts';

/** A client answers the records of the definition that it was opened with; the name stands for it. */
const isOf = <T>(value: unknown): value is T => value !== undefined;

/**
 * The records that a query finds, kept up to date, the edits made here included. Ask as you like: equal queries are answered once, and
 * the list and each of its records keep their identity while they do not change.
 *
 * @example const open = useLiveQuery(tasks, { where: { done: false }, orderBy: [['title', 'asc']], limit: 100 });
 */
export const useLiveQuery = <C extends CollectionDefinition>(collection: C, query: Query<RecordOf<C>> = {}): readonly RecordOf<C>[] => {
  const asked: unknown = query;
  const found = useSource(sourcesOf(useClient()).query(collection.name, isOf<Query>(asked) ? asked : {}));
  return isOf<readonly RecordOf<C>[]>(found) ? found : [];
};

/** One record, kept up to date; undefined where there is none. Renders again for this record only. */
export const useRecord = <C extends CollectionDefinition>(collection: C, id: string): RecordOf<C> | undefined => {
  const found = useSource(sourcesOf(useClient()).record(collection.name, id));
  return isOf<RecordOf<C>>(found) ? found : undefined;
};

export type Mutate<C extends CollectionDefinition> = Pick<CollectionHandle<C>, 'put' | 'patch' | 'delete'>;

/**
 * The writes to a collection, the same object at each render. Each resolves when it is durable on this device, with a refusal as a
 * value where it was not taken; the server's verdict comes later. Several writes that stand together: `useClient().group`.
 */
export const useMutate = <C extends CollectionDefinition>(collection: C): Mutate<C> => {
  const handle: unknown = sourcesOf(useClient()).handle(collection.name);
  if (!isOf<CollectionHandle<C>>(handle)) throw new Error(`The client has no collection ${collection.name}`);
  return handle;
};
