import { type AppDefinition, CONFLICTS, type Collections } from '@tidemark/protocol';
import type { Client, ClientOptions } from './client.ts';
import { editsOf, handleOf, writeOne } from './collection-handle.ts';
import { isOpenConflict, openConflicts } from './conflicts.ts';
import { fetchHistory, restoreRecord } from './history.ts';
import type { Edit } from './outbox/queue.ts';
import { browserEnv, openIndexedDbStore } from './platform/browser-env.ts';
import { refuseAbout } from './refuse-about.ts';
import { openSession, type Session } from './session.ts';
import { mutationStateOf } from './status.ts';
import type { ClientStore } from './store/client-store.ts';
import { createMemoryStore } from './store/memory-store.ts';
import { pendingMutations } from './store/mirror.ts';
import { coded, ownerName } from './store/owner.ts';
import { exportUnsynced, retryParked } from './unsynced.ts';

/**
 * Opens a client: its local store, then its sync with the server. Works offline from the first moment.
 *
 * Without `store` the records are kept in IndexedDB; where there is none or it cannot be opened, in memory, and
 * `status().durable` is false. Throws an Error with `code`: SCHEMA_AHEAD where the store was written by a newer version
 * of the app (nothing of it is touched), WRONG_SPACE where a given store belongs to another app or account.
 */
export const openClient = async <C extends Collections>(options: ClientOptions<C>): Promise<Client<C>> => {
  const { app, account, env = browserEnv() } = options;
  const owner = ownerName(app, account);
  const store = options.store ?? (await openDefaultStore(owner));
  const closeStore = async (): Promise<void> => {
    if (options.store === undefined) await store.close();
  };
  try {
    const session = await openSession(options, env, store, owner);
    return toClient(options, session, closeStore);
  } catch (fault) {
    await closeStore();
    throw fault;
  }
};

const openDefaultStore = async (name: string): Promise<ClientStore> => {
  try {
    return await openIndexedDbStore(name);
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'VersionError') throw coded('SCHEMA_AHEAD', name);
    // Not every platform has it, and private windows may forbid it; the status says that nothing is kept.
    return createMemoryStore();
  }
};

const toClient = <C extends Collections>(options: ClientOptions<C>, session: Session, closeStore: () => Promise<void>): Client<C> => {
  const { view, env, news, status, transactions } = session;
  const { mirror, run } = transactions;
  return {
    get clientId() {
      return mirror.meta.clientId;
    },
    collection: (name) => handleOf(session, definitionOf(options.app, name)),
    group: (write) => {
      const edits: Edit[] = [];
      write((name) => editsOf(env.uuid, name, (edit) => void edits.push(edit)));
      return session.write(edits, env.uuid());
    },
    status,
    onStatus: news.status.add,
    mutationState: (mutationId) => mutationStateOf(mirror, mutationId, (conflictId) => isOpenConflict(view, conflictId)),
    outbox: () => pendingMutations(mirror),
    parked: () => [...mirror.parked.values()],
    retryParked: (mutationId) => retryParked(session, mutationId),
    discardParked: async (mutationId) => {
      await run(() => ({ rows: { parked: new Map([[mutationId, null]]) } }));
    },
    exportUnsynced: () => exportUnsynced(options, session),
    conflicts: () => openConflicts(view),
    onConflicts: news.conflicts.add,
    resolve: async (id, { choose, value, mutationId = env.uuid() }) =>
      view.get(CONFLICTS, id) === undefined
        ? refuseAbout('CONFLICT_NOT_FOUND', id)
        : writeOne(session, {
            ...{ mutationId, collection: CONFLICTS, id, op: 'patch' },
            fields: { choose, ...(value !== undefined && { value }) },
          }),
    history: (collection, id) => fetchHistory(session, collection, id),
    restoreRecord: (collection, id, seq) => restoreRecord(session, collection, id, seq),
    sync: async () => {
      await session.loop.ask();
      return status();
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
  if (!Object.hasOwn(app.collections, name)) throw coded('UNKNOWN_COLLECTION', name);
  return app.collections[name];
};
