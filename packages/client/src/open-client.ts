import {
  type AppDefinition,
  CONFLICTS,
  type Collections,
  type ErrorCode,
  type JsonObject,
  type MutableJsonObject,
  ok,
  type Refusal,
  type Result,
  refuse,
  upcastFields,
} from '@tidemark/protocol';
import type { HistoryAnswer } from '@tidemark/protocol/messages';
import type { Client, ClientOptions, GroupWriter, Written } from './client.ts';
import { handleOf, writeOne } from './collection-handle.ts';
import { isOpenConflict, openConflicts } from './conflicts.ts';
import type { Edit } from './outbox/queue.ts';
import { browserEnv, browserIndexedDb, openIndexedDbStore } from './platform/browser-env.ts';
import { openSession, type Session } from './session.ts';
import { mutationStateOf } from './status.ts';
import type { ClientStore } from './store/client-store.ts';
import { createMemoryStore } from './store/memory-store.ts';
import { pendingMutations } from './store/mirror.ts';
import { freshMeta, ownerName } from './store/owner.ts';
import { type Meta, toRow } from './store/rows.ts';
import { STORAGE_VERSION } from './store/tables.ts';
import { openTransactions } from './store/transactions.ts';
import { isHistoryAnswer } from './sync/answers.ts';
import { collectionOf } from './view/view.ts';

/**
 * Opens a client: its local store, then its sync with the server. Works offline from the first moment.
 *
 * Without `store` the records are kept in IndexedDB; where there is none or it cannot be opened, in memory, and
 * `status().durable` is false. Throws an Error with `code`: SCHEMA_AHEAD where the store was written by a newer version
 * of the app (nothing of it is touched), WRONG_SPACE where a given store belongs to another app or account.
 */
export const openClient = async <C extends Collections>(options: ClientOptions<C>): Promise<Client<C>> => {
  const env = options.env ?? browserEnv();
  const { app, account } = options;
  const name = ownerName(app, account);
  const store = options.store ?? (await openDefaultStore(name));
  const admit = (meta: Meta): void => {
    if (meta.owner !== name) throw coded('WRONG_SPACE', `The local store belongs to ${meta.owner}, not to ${name}`);
    if (meta.storageVersion > STORAGE_VERSION || meta.schemaVersion > app.schemaVersion) {
      throw coded('SCHEMA_AHEAD', `The local store was written by a newer version of ${app.name} (schemaVersion ${meta.schemaVersion})`);
    }
  };
  const fresh = (): Meta => freshMeta(app, name, env);
  const close = async (): Promise<void> => {
    if (options.store === undefined) await store.close();
  };
  try {
    const session = await openSession({
      client: options,
      env,
      durable: store.durable,
      transactions: async (onTouched) => {
        const transactions = await openTransactions({ store, fresh, onTouched, admit });
        const { schemaVersion } = app;
        await transactions.run(({ meta }) => (meta.schemaVersion === schemaVersion ? null : { meta: { schemaVersion } }));
        return transactions;
      },
    });
    return toClient(options, session, close);
  } catch (fault) {
    await close();
    throw fault;
  }
};

const coded = (code: ErrorCode, message: string): Error & { readonly code: ErrorCode } => Object.assign(new Error(message), { code });

const openDefaultStore = async (name: string): Promise<ClientStore> => {
  if (browserIndexedDb() === undefined) return createMemoryStore();
  try {
    return await openIndexedDbStore(name);
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'VersionError') throw coded('SCHEMA_AHEAD', `The local store ${name} has a newer layout`);
    // Private windows may forbid it; the status says that nothing is kept.
    return createMemoryStore();
  }
};

const toClient = <C extends Collections>(options: ClientOptions<C>, session: Session, closeStore: () => Promise<void>): Client<C> => {
  const { mirror, view, env } = session;
  const history = (collection: string, id: string, more = ''): Promise<Result<HistoryAnswer>> =>
    fetchHistory(session, collection, id, more);
  return {
    get clientId() {
      return mirror.meta.clientId;
    },
    collection: (name) => handleOf(session, definitionOf(options.app, name)),
    group: (write) => writeGroup(session, write),
    status: session.status,
    onStatus: session.news.status.add,
    mutationState: (mutationId) => mutationStateOf(mirror, mutationId, (conflictId) => isOpenConflict(view, conflictId)),
    outbox: () => pendingMutations(mirror),
    parked: () => [...mirror.parked.values()],
    retryParked: (mutationId) => retryParked(session, mutationId),
    discardParked: (mutationId) => session.drop({ parked: new Map([[mutationId, null]]) }),
    exportUnsynced: () => exportUnsynced(options, session),
    conflicts: () => openConflicts(view),
    onConflicts: session.news.conflicts.add,
    resolve: (conflictId, { choose, value, mutationId }) =>
      view.get(CONFLICTS, conflictId) === undefined
        ? Promise.resolve(refuse('CONFLICT_NOT_FOUND', `There is no conflict ${conflictId} here`))
        : writeOne(session, {
            mutationId: mutationId ?? env.uuid(),
            collection: CONFLICTS,
            id: conflictId,
            op: 'patch',
            fields: { choose, ...(value === undefined ? {} : { value }) },
          }),
    history: (collection, id) => history(collection, id),
    restoreRecord: async (collection, id, seq) => {
      const found = await history(collection, id, `&before=${seq}&limit=1`);
      return found.ok ? restore(options.app, session, { collection, id, seq }, found.value) : found;
    },
    sync: async () => {
      await session.loop.ask();
      return session.status();
    },
    setOnline: session.setOnline,
    onTraffic: session.traffic.add,
    signedIn: () => void session.signedIn(),
    close: async () => {
      await session.close();
      await closeStore();
    },
  };
};

const definitionOf = <C extends Collections, N extends keyof C & string>(app: AppDefinition<C>, name: N): C[N] => {
  if (!Object.hasOwn(app.collections, name)) throw new Error(`The app ${app.name} declares no collection ${name}`);
  return app.collections[name];
};

const writeGroup = <C extends Collections>(
  session: Session,
  write: (collection: GroupWriter<C>) => void,
): Promise<Result<readonly Written[]>> => {
  const edits: Edit[] = [];
  const add = (collection: string, op: Edit['op'], id: string, fields?: unknown): void => {
    const mutationId = session.env.uuid();
    edits.push({ mutationId, collection, id, op, ...(fields === undefined ? {} : { fields: toRow(fields) }) });
  };
  write((collection) => ({
    put: (fields, id) => add(collection, 'put', id ?? session.env.uuid(), fields),
    patch: (id, fields) => add(collection, 'patch', id, fields),
    delete: (id) => add(collection, 'delete', id),
  }));
  return session.write(edits, session.env.uuid());
};

const retryParked = async (session: Session, mutationId: string): Promise<Result<Written>> => {
  const { mirror } = session;
  const parked = mirror.parked.get(mutationId);
  if (parked === undefined) return refuse('NOT_FOUND', `No mutation ${mutationId} is parked`);
  // Until its void is answered it may still turn out to have been applied; a copy would then apply twice.
  if (mirror.outbox.has(mutationId))
    return refuse('UNAVAILABLE', `The server's verdict on ${mutationId} is still awaited; try again when it is here`);
  const { collection, id, op, fields } = parked.mutation;
  const edit: Edit = { mutationId: session.env.uuid(), collection, id, op, ...(fields === undefined ? {} : { fields: toRow(fields) }) };
  const result = await session.write([edit], undefined, { parked: new Map([[mutationId, null]]) });
  return result.ok ? ok({ id, mutationId: edit.mutationId }) : result;
};

const exportUnsynced = (options: ClientOptions, { mirror, env }: Session): JsonObject => {
  return {
    app: options.app.name,
    account: { ...options.account },
    exportedAt: env.wall(),
    outbox: pendingMutations(mirror).map(toRow),
    parked: [...mirror.parked.values()].map(toRow),
    replaced: [...mirror.kept.values()].map(toRow),
  };
};

const fetchHistory = async (session: Session, collection: string, id: string, more: string): Promise<Result<HistoryAnswer>> => {
  if (!session.isOnline()) return refuse('UNAVAILABLE', 'The history is at the server, and this client is offline');
  const answer = await session.calls.get(`/sync/history?collection=${encodeURIComponent(collection)}&id=${encodeURIComponent(id)}${more}`);
  if (!answer.ok) return { ok: false, error: answer.failure.error };
  return isHistoryAnswer(answer.body) ? ok(answer.body) : refuse('UNAVAILABLE', "The server's answer to /sync/history has an unknown form");
};

/** How the record was at `seq` becomes an edit of how it is now. */
const restore = (
  app: AppDefinition,
  session: Session,
  { collection, id, seq }: { readonly collection: string; readonly id: string; readonly seq: number },
  { entries, compacted }: HistoryAnswer,
): Promise<Result<Written>> => {
  const entry = entries[0];
  const definition = collectionOf(app, collection);
  const edit = { mutationId: session.env.uuid(), collection, id };
  const refused = (error: Refusal): Promise<Result<never>> => Promise.resolve({ ok: false, error });
  if (definition === undefined) return refused({ code: 'UNKNOWN_COLLECTION', message: `The app declares no collection ${collection}` });
  if (entry === undefined && compacted)
    return refused({ code: 'HISTORY_COMPACTED', message: `The history of ${id} no longer reaches back to ${seq}` });
  if (entry === undefined) return refused({ code: 'RECORD_NOT_FOUND', message: `There was no record ${id} at ${seq}` });
  if (entry.deleted || entry.fields === undefined) return writeOne(session, { ...edit, op: 'delete' });
  const raised = upcastFields(app, definition, entry.fields, entry.schemaVersion);
  if (!raised.ok) return Promise.resolve(raised);
  const fields: MutableJsonObject = {};
  for (const [field, value] of Object.entries(raised.value)) if (!definition.fields[field]?.derived) fields[field] = value;
  return writeOne(session, { ...edit, op: 'put', fields });
};
