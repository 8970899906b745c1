import { isJsonObject, type JsonObject, jsonEqual } from '@tidemark/protocol';
import type { ClientStore, StoreBatch } from './client-store.ts';
import { STORAGE_VERSION, STORE_TABLES } from './tables.ts';

/** How long an older tab may keep the database from being opened. */
const OPEN_TIMEOUT_MS = 10_000;

export interface IndexedDbOptions {
  readonly factory: IDBFactory;
  readonly name: string;
  readonly setTimer: (delayMs: number, fire: () => void) => () => void;
}

/**
 * A local store in IndexedDB. A write resolves on `complete` of a `strict` transaction, that is when the data is on
 * the disk; `abort` (where a full disk shows) rejects it. A connection that was closed under us (storage cleared,
 * another version opened) is opened again and the call repeated once; `check` makes the repeat harmless.
 * Rejects when the database cannot be opened.
 */
export const createIndexedDbStore = async (options: IndexedDbOptions): Promise<ClientStore> => {
  let connection: IDBDatabase | null = null;
  let closed = false;
  const disconnect = (): void => {
    connection?.close();
    connection = null;
  };
  const connect = async (): Promise<IDBDatabase> => {
    if (closed) throw new Error('The local store is closed');
    if (connection !== null) return connection;
    const opened = await openDatabase(options);
    const forget = (): void => {
      opened.close();
      if (connection === opened) connection = null;
    };
    opened.onclose = forget;
    // Another tab wants a newer layout or deletes the database: stand aside, or it waits for ever.
    opened.onversionchange = forget;
    connection = opened;
    return opened;
  };
  const run = async <T>(task: (database: IDBDatabase) => Promise<T>): Promise<T> => {
    try {
      return await task(await connect());
    } catch (error) {
      if (!isClosedUnderUs(error)) throw error;
      disconnect();
      return task(await connect());
    }
  };
  await connect();
  return {
    durable: true,
    readAll: (table) =>
      run(async (database) => {
        const store = database.transaction(table).objectStore(table);
        const [keys, values] = await Promise.all([answerOf(store.getAllKeys()), answerOf(store.getAll())]);
        return keys.map((key, i) => ({ key: String(key), value: asRow(values[i]) }));
      }),
    read: (table, key) =>
      run(async (database) => {
        const value: unknown = await answerOf(database.transaction(table).objectStore(table).get(key));
        return value === undefined ? undefined : asRow(value);
      }),
    write: (batch) => run((database) => writeBatch(database, batch)),
    close: async () => {
      closed = true;
      disconnect();
    },
  };
};

const openDatabase = ({ factory, name, setTimer }: IndexedDbOptions): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = factory.open(name, STORAGE_VERSION);
    const cancel = setTimer(OPEN_TIMEOUT_MS, () => {
      reject(new Error('An older tab keeps it closed'));
      // Should it open after all, nobody waits for it any more.
      request.onsuccess = () => request.result.close();
    });
    request.onupgradeneeded = () => {
      for (const table of STORE_TABLES) request.result.createObjectStore(table);
    };
    request.onsuccess = () => {
      cancel();
      resolve(request.result);
    };
    request.onerror = () => {
      cancel();
      reject(request.error);
    };
  });

const isClosedUnderUs = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'InvalidStateError' || /connection.*(clos|lost)/i.test(error.message));

const answerOf = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** What is damaged is told by the row's own marks, which an empty row has none of. */
const asRow = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

/** Answers false, with nothing written, where a check was not met. Awaits only IndexedDB requests inside, or it would commit too early. */
const writeBatch = async (database: IDBDatabase, { check = [], put = [], delete: gone = [], clear = [] }: StoreBatch): Promise<boolean> => {
  const tables = new Set([...check, ...put, ...gone].map((row) => row.table).concat(clear));
  if (tables.size === 0) return true;
  const transaction = database.transaction([...tables], 'readwrite', { durability: 'strict' });
  const finished = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  // A rejection must have a reader also while the checks below are awaited.
  finished.catch(() => undefined);
  for (const { table, key, value } of check) {
    const stored: unknown = await answerOf(transaction.objectStore(table).get(key));
    if (jsonEqual(stored === undefined ? undefined : asRow(stored), value)) continue;
    await finished;
    return false;
  }
  try {
    for (const table of clear) transaction.objectStore(table).clear();
    for (const { table, key } of gone) transaction.objectStore(table).delete(key);
    for (const { table, key, value } of put) transaction.objectStore(table).put(value, key);
  } catch (error) {
    // A put that throws (a value that cannot be cloned) would otherwise leave the earlier ones to be committed.
    transaction.abort();
    throw error;
  }
  await finished;
  return true;
};
