import { type CollectionDefinition, isJsonObject, ok, type Query, type RecordOf, type Result, runQuery } from '@tidemark/protocol';
import type { CollectionHandle, Written } from './client.ts';
import type { Edit } from './outbox/queue.ts';
import type { Session } from './session.ts';
import { toRow } from './store/rows.ts';
import type { ViewRecord } from './view/view.ts';

/** Records went through the collection's schemas when they were written, here or at the server. */
const isRecordOf = <C extends CollectionDefinition>(record: unknown): record is RecordOf<C> => isJsonObject(record);
const areRecordsOf = <C extends CollectionDefinition>(records: unknown): records is readonly RecordOf<C>[] => Array.isArray(records);
/** A query over typed records is one over their JSON. */
const isPlainQuery = (query: unknown): query is Query<ViewRecord> => isJsonObject(query);

const plain = (query: unknown): Query<ViewRecord> => {
  if (!isPlainQuery(query)) throw new Error('A query is an object');
  return query;
};

const typed = <C extends CollectionDefinition>(records: readonly ViewRecord[]): readonly RecordOf<C>[] =>
  areRecordsOf<C>(records) ? records : [];

/** One edit alone, answered as one. */
export const writeOne = async (session: Session, edit: Edit): Promise<Result<Written>> => {
  const result = await session.write([edit]);
  return result.ok ? ok({ id: edit.id, mutationId: edit.mutationId }) : result;
};

/** A collection's reads, live queries and writes on a session. */
export const handleOf = <C extends CollectionDefinition>(session: Session, collection: C): CollectionHandle<C> => {
  const { view, queries, env } = session;
  const { name } = collection;
  const edit = (op: Edit['op'], id: string, fields?: unknown): Edit => ({
    mutationId: env.uuid(),
    collection: name,
    id,
    op,
    ...(fields === undefined ? {} : { fields: toRow(fields) }),
  });
  return {
    get: (id) => {
      const record = view.get(name, id);
      return isRecordOf<C>(record) ? record : undefined;
    },
    list: (query) => typed<C>(runQuery(view.records(name).values(), collection, plain(query ?? {}))),
    live: (query, listener) => queries.add(collection, plain(query), (records) => listener(typed<C>(records))),
    put: (fields, id) => writeOne(session, edit('put', id ?? env.uuid(), fields)),
    patch: (id, fields) => writeOne(session, edit('patch', id, fields)),
    delete: (id) => writeOne(session, edit('delete', id)),
  };
};
