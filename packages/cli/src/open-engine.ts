import { createEngine, type Engine, type EngineOptions, type Pokes, type Storage } from '@tidemark/engine';
import { type AccountsStorage, createMemoryAccounts } from '@tidemark/engine/accounts';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { type Env, ok, type Result } from '@tidemark/protocol';
import { openSqliteStorage, type SqliteStorage } from '@tidemark/storage/sqlite';
import { STORED_APPS } from './apps.ts';

/** How long `serve` waits for a process that is just dying to leave the database. */
export const LOCK_WAIT_MS = 5_000;
/** The other commands wait only for what is gone in a moment. */
const SHORT_LOCK_WAIT_MS = 500;

type OnCommit = NonNullable<EngineOptions['onCommit']>;

/** An engine with all apps on a storage that this process alone holds. `close` ends both. */
export interface OpenedEngine<S extends Storage = Storage> {
  readonly engine: Engine;
  readonly storage: S;
  readonly accounts: AccountsStorage;
  /** What the database itself finds wrong with its file; absent where there is no file. */
  readonly integrityCheck?: () => Promise<readonly string[]>;
  close(): Promise<void>;
}

export type OpenedDatabase = OpenedEngine<SqliteStorage>;

const openOn = <S extends Storage>(
  storage: S,
  accounts: AccountsStorage,
  env: Env,
  { onCommit, pokes }: { readonly onCommit?: OnCommit | undefined; readonly pokes?: Pokes } = {},
): OpenedEngine<S> => {
  const given = { ...(onCommit === undefined ? {} : { onCommit }), ...(pokes === undefined ? {} : { pokes }) };
  const engine = createEngine({ storage, apps: STORED_APPS, env, ...given });
  const close = async (): Promise<void> => {
    await engine.close();
    await pokes?.close();
    await storage.close();
  };
  return { engine, storage, accounts, close };
};

/** Opens a database file, making it if it is not there; its folder must exist. Refused when another process holds it. */
export const openDatabase = async (
  file: string,
  env: Env,
  { onCommit, lockWaitMs = SHORT_LOCK_WAIT_MS }: { readonly onCommit?: OnCommit; readonly lockWaitMs?: number } = {},
): Promise<Result<OpenedDatabase>> => {
  const storage = await openSqliteStorage({ file, env, apps: STORED_APPS, busyWaitMs: lockWaitMs });
  if (!storage.ok) return storage;
  const opened = openOn(storage.value, storage.value.accounts, env, { onCommit });
  return ok({ ...opened, integrityCheck: storage.value.integrityCheck });
};

/** An engine on memory, for development. */
export const openMemory = (env: Env, onCommit: OnCommit): Result<OpenedEngine> =>
  ok(openOn(createMemoryStorage(), createMemoryAccounts(), env, { onCommit }));

/** Opens a PostgreSQL database, which other processes may serve at the same time. Refused with what to do where it cannot be used. */
const openPostgres = async (url: string, env: Env, onCommit?: OnCommit): Promise<Result<OpenedEngine>> => {
  // Only now: no other command needs the driver.
  const { openPostgresStorage } = await import('@tidemark/storage/postgres');
  const storage = await openPostgresStorage({ url, env, apps: STORED_APPS });
  if (!storage.ok) return storage;
  return ok(openOn(storage.value, storage.value.accounts, env, { onCommit, pokes: storage.value.openPokes() }));
};

/** Opens a DynamoDB table, which other processes may serve at the same time. Refused with what to do where it cannot be used. */
const openDynamo = async (url: string, env: Env, onCommit?: OnCommit): Promise<Result<OpenedEngine>> => {
  const { openDynamoStorage } = await import('@tidemark/storage/dynamodb');
  const storage = await openDynamoStorage({ url, env, apps: STORED_APPS });
  if (!storage.ok) return storage;
  return ok(openOn(storage.value, storage.value.accounts, env, { onCommit, pokes: storage.value.openPokes() }));
};

/** Opens the database that a URL names. */
export const openByUrl = (storage: { readonly kind: 'postgres' | 'dynamodb'; readonly url: string }, env: Env, onCommit?: OnCommit) =>
  (storage.kind === 'postgres' ? openPostgres : openDynamo)(storage.url, env, onCommit);
