import type { CollectionConfig, PendingMutation, TransactionWithMutations, UtilsRecord } from '@tanstack/db';
import { type CollectionDefinition, GROUP_MUTATIONS_MAX, type RecordOf, type Result } from '@tidemark/protocol';
import type { Client, CollectionHandle, MutationState, Written } from '../client.ts';

type AnyHandle = CollectionHandle<CollectionDefinition>;
type Row = { readonly id: string };
type Writer = { put(fields: object, id?: string): unknown; patch(id: string, fields: object): unknown; delete(id: string): unknown };

export interface TidemarkUtils extends UtilsRecord {
  /** Where the mutation stands that a write of TanStack DB became: `pending` until the server has acknowledged it. */
  readonly receiptOf: (tanstackMutationId: string) => MutationState | undefined;
}

/** Records went through the collection's schemas when they were written, so their type is known. */
const isOf = <T>(value: unknown): value is T => value !== undefined;

/** What a record lost has to be named: null clears a field. */
const changesOf = (original: object, modified: object): object => {
  const kept: { [field: string]: unknown } = {};
  for (const [field, value] of Object.entries(fieldsOf(modified))) if (value !== Object(original)[field]) kept[field] = value ?? null;
  for (const field of Object.keys(fieldsOf(original))) if (!(field in modified)) kept[field] = null;
  return kept;
};

/** What TanStack DB adds to the rows that it answers; a row that was read may be inserted again. */
const NO_FIELDS: ReadonlySet<string> = new Set(['id', '$synced', '$origin', '$key', '$collectionId', '$hasPendingWrites']);

const fieldsOf = (record: object): object => Object.fromEntries(Object.entries(record).filter(([field]) => !NO_FIELDS.has(field)));

type Mutation = Pick<PendingMutation, 'mutationId' | 'type'> & {
  readonly key: unknown;
  readonly original: object;
  readonly modified: object;
};

const writeTo = (writer: Writer, { type, key, original, modified }: Mutation): unknown => {
  const id = String(key);
  if (type === 'insert') return writer.put(fieldsOf(modified), id);
  return type === 'delete' ? writer.delete(id) : writer.patch(id, changesOf(original, modified));
};

/** Throws what the client refused, with its code: TanStack DB then takes the optimistic write back. */
const taken = <T>(result: Result<T>): T => {
  if (!result.ok) throw Object.assign(new Error(result.error.message), { code: result.error.code, details: result.error.details });
  return result.value;
};

/** One write alone; several as a group, which stands together; more than a group may hold, in groups one after the other. */
const store = async (client: Client, handle: AnyHandle, name: string, mutations: readonly Mutation[]): Promise<readonly Written[]> => {
  const [only] = mutations;
  if (only === undefined) return [];
  if (mutations.length === 1) {
    const written = writeTo(handle, only);
    return isOf<Promise<Result<Written>>>(written) ? [taken(await written)] : [];
  }
  const now = mutations.slice(0, GROUP_MUTATIONS_MAX);
  const written = taken(
    await client.group((collection) => {
      for (const mutation of now) writeTo(collection(name), mutation);
    }),
  );
  return [...written, ...(await store(client, handle, name, mutations.slice(GROUP_MUTATIONS_MAX)))];
};

/** What it takes to make the rows that were written the ones that are found now. */
const differences = (before: ReadonlyMap<string, Row>, found: readonly Row[]) => {
  const after = new Map(found.map((row) => [row.id, row]));
  const gone = [...before.values()].filter(({ id }) => !after.has(id)).map((value) => ({ type: 'delete' as const, value }));
  const there = found
    .filter((row) => before.get(row.id) !== row)
    .map((value) => ({ type: before.has(value.id) ? ('update' as const) : ('insert' as const), value }));
  return { after, changes: [...gone, ...there] };
};

export interface TidemarkCollectionOptions<C extends CollectionDefinition> {
  readonly client: Client;
  readonly collection: C;
  /** TanStack DB's own id of the collection. Default: the collection's name. */
  readonly id?: string;
}

/**
 * Options for TanStack DB's `createCollection`: its collection holds every record of ours, the edits made here included, and writes to it
 * go through the client. A write is settled when it is durable on this device, so it works offline; what the client refuses is rolled
 * back, with the refusal's `code` on the error. What the server refuses later, and what a reset changes, comes as a change of the rows.
 */
export const tidemarkCollectionOptions = <C extends CollectionDefinition>({
  client,
  collection,
  id = collection.name,
}: TidemarkCollectionOptions<C>): CollectionConfig<RecordOf<C>, string, never, TidemarkUtils> & { utils: TidemarkUtils } => {
  const handle: AnyHandle = client.collection(collection.name);
  const receipts = new Map<string, string>();
  const persist = async ({ transaction }: { readonly transaction: TransactionWithMutations<RecordOf<C>> }): Promise<void> => {
    const mutations: readonly Mutation[] = transaction.mutations;
    const written = await store(client, handle, collection.name, mutations);
    for (const [i, { mutationId }] of mutations.entries()) receipts.set(mutationId, written[i]?.mutationId ?? '');
  };
  return {
    id,
    getKey: (record) => record.id,
    sync: {
      rowUpdateMode: 'full',
      sync: ({ begin, write, commit, markReady }) => {
        let rows: ReadonlyMap<string, Row> = new Map();
        let isReady = false;
        return handle.live({}, (found) => {
          const { after, changes } = differences(rows, found);
          rows = after;
          begin();
          for (const { type, value } of changes) if (isOf<RecordOf<C>>(value)) write({ type, value });
          void commit();
          if (!isReady) markReady();
          isReady = true;
        });
      },
    },
    onInsert: persist,
    onUpdate: persist,
    onDelete: persist,
    utils: { receiptOf: (mutationId) => client.mutationState(receipts.get(mutationId) ?? '') },
  };
};
