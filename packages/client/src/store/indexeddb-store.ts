import { canonicalJson, isJsonObject, type JsonObject } from '@tidemark/protocol';
import type { ClientStore, StoreBatch, StoreRow, StoreTable } from './client-store.ts';
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
  const connect = async (): Promise<IDBDatabase> => {
    if (closed) throw new Error('The local store is closed');
    if (connection !== null) return connection;
    const opened = await openDatabase(options);
    const forget = (): void => {
      if (connection === opened) connection = null;
    };
    opened.onclose = forget;
    // Another tab wants a newer layout or deletes the database: stand aside, or it waits for ever.
    opened.onversionchange = () => {
      forget();
      opened.close();
    };
    connection = opened;
    return opened;
  };
  const run = async <T>(task: (database: IDBDatabase) => Promise<T>): Promise<T> => {
    try {
      return await task(await connect());
    } catch (error) {
      if (!isClosedUnderUs(error)) throw error;
      connection?.close();
      connection = null;
      return task(await connect());
    }
  };
  await connect();
  return {
    durable: true,
    readAll: (table) => run((database) => readRows(database, table)),
    read: (table, key) => run((database) => readRow(database, table, key)),
    write: (batch) => run((database) => writeBatch(database, batch)),
    close: async () => {
      closed = true;
      connection?.close();
      connection = null;
    },
  };
};

const openDatabase = ({ factory, name, setTimer }: IndexedDbOptions): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = factory.open(name, STORAGE_VERSION);
    let late = false;
    const cancel = setTimer(OPEN_TIMEOUT_MS, () => {
      late = true;
      reject(new Error(`IndexedDB did not open ${name}: another tab keeps an older version open`));
    });
    request.onupgradeneeded = () => {
      for (const table of STORE_TABLES) request.result.createObjectStore(table);
    };
    request.onsuccess = () => {
      cancel();
      if (late) request.result.close();
      else resolve(request.result);
    };
    request.onerror = () => {
      cancel();
      reject(request.error);
    };
  });

const isClosedUnderUs = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'InvalidStateError' || /connection.*(clos|lost)/i.test(error.message));

const done = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB aborted the transaction'));
    transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB failed'));
  });

const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const readRows = async (database: IDBDatabase, table: StoreTable): Promise<readonly StoreRow[]> => {
  const store = database.transaction(table, 'readonly').objectStore(table);
  const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
  return keys.map((key, i) => ({ key: String(key), value: checkRow(values[i]) }));
};

const readRow = async (database: IDBDatabase, table: StoreTable, key: string): Promise<JsonObject | undefined> => {
  const value: unknown = await answer(database.transaction(table, 'readonly').objectStore(table).get(key));
  return value === undefined ? undefined : checkRow(value);
};

const checkRow = (value: unknown): JsonObject => {
  if (!isJsonObject(value)) throw new Error('The local store holds a row that is not an object');
  return value;
};

/** Answers false, with nothing written, where a check was not met. Awaits only IndexedDB requests inside, or it would commit too early. */
const writeBatch = async (database: IDBDatabase, batch: StoreBatch): Promise<boolean> => {
  const named = [batch.check, batch.put, batch.delete].flatMap((rows) => (rows ?? []).map((row) => row.table));
  const tables = new Set([...named, ...(batch.clear ?? [])]);
  if (tables.size === 0) return true;
  const transaction = database.transaction([...tables], 'readwrite', { durability: 'strict' });
  const finished = done(transaction);
  // A rejection must have a reader also while the checks below are awaited.
  finished.catch(() => undefined);
  for (const { table, key, value } of batch.check ?? []) {
    const stored: unknown = await answer(transaction.objectStore(table).get(key));
    if (sameRow(stored, value)) continue;
    await finished;
    return false;
  }
  try {
    for (const table of batch.clear ?? []) transaction.objectStore(table).clear();
    for (const { table, key } of batch.delete ?? []) transaction.objectStore(table).delete(key);
    for (const { table, key, value } of batch.put ?? []) transaction.objectStore(table).put(value, key);
  } catch (error) {
    // A put that throws (a value that cannot be cloned) would otherwise leave the earlier ones to be committed.
    transaction.abort();
    throw error;
  }
  await finished;
  return true;
};

const sameRow = (stored: unknown, value: JsonObject | undefined): boolean =>
  stored === undefined || value === undefined ? stored === value : canonicalJson(checkRow(stored)) === canonicalJson(value);
