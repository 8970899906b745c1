import { type CollectionDefinition, ok, type Query, type RecordOf, type Result, runQuery } from '@tidemark/protocol';
import type { CollectionHandle, Written } from './client.ts';
import type { Edit } from './outbox/queue.ts';
import type { Session } from './session.ts';
import { toRow } from './store/rows.ts';
import type { ViewRecord } from './view/view.ts';

/** Records went through the collection's schemas when they were written, here or at the server, so their type is known. */
const isOf = <T>(value: unknown): value is T => value !== undefined;

const typed = <C extends CollectionDefinition>(records: readonly ViewRecord[]): readonly RecordOf<C>[] =>
  isOf<readonly RecordOf<C>[]>(records) ? records : [];

/** A query over typed records is one over their JSON. */
const plain = (query: unknown): Query<ViewRecord> => (isOf<Query<ViewRecord>>(query) ? query : {});

/** One edit alone, answered as one. */
export const writeOne = async (session: Session, edit: Edit, also?: Parameters<Session['write']>[2]): Promise<Result<Written>> => {
  const result = await session.write([edit], undefined, also);
  return result.ok ? ok({ id: edit.id, mutationId: edit.mutationId }) : result;
};

/** The three ways to write to a collection, each as an edit that `take` gets. */
export const editsOf = <R>(newId: () => string, collection: string, take: (edit: Edit) => R) => {
  const edit = (op: Edit['op'], id: string, fields?: unknown): R =>
    take({ mutationId: newId(), collection, id, op, fields: fields === undefined ? undefined : toRow(fields) });
  return {
    put: (fields: unknown, id: string = newId()): R => edit('put', id, fields),
    patch: (id: string, fields: unknown): R => edit('patch', id, fields),
    delete: (id: string): R => edit('delete', id),
  };
};

/** A collection's reads, live queries and writes on a session. */
export const handleOf = <C extends CollectionDefinition>(session: Session, collection: C): CollectionHandle<C> => {
  const { view, queries } = session;
  const { name } = collection;
  return {
    get: (id) => {
      const record = view.get(name, id);
      return isOf<RecordOf<C>>(record) ? record : undefined;
    },
    list: (query) => typed<C>(runQuery(view.records(name).values(), collection, plain(query))),
    live: (query, listener) => queries.add(collection, plain(query), (records) => listener(typed<C>(records))),
    ...editsOf(session.env.uuid, name, (edit) => writeOne(session, edit)),
  };
};
