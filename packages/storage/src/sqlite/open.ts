import { StorageFailure } from '@tidemark/engine/storage';
import { type AppDefinition, type Env, ok, type Result, refuse } from '@tidemark/protocol';
import { connect, type Database } from './database.ts';
import { declareIndexes } from './declare-indexes.ts';
import { isFull, resultCode } from './failure.ts';
import type { IndexCatalogue } from './indexing.ts';
import { holdLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { realFile } from './platform/node.ts';
import { createStorage, type SqliteStorage } from './storage.ts';

export interface SqliteOptions {
  /** The database file; its folder must exist. `:memory:` keeps everything in memory, for tests and the simulator. */
  readonly file: string;
  readonly env: Env;
  /** Apps whose declared indexes the file shall have. Those of other apps are kept up as they are. */
  readonly apps?: readonly AppDefinition[];
  /** Milliseconds to wait for another process that has the file open and may be dying. Default 0: refuse at once. */
  readonly busyWaitMs?: number;
  /** Always FULL: an acknowledged write survives power loss (G1). Not an option. */
  readonly synchronous?: never;
  /** Called after each commit: how many appends shared it, and milliseconds from BEGIN to its return. */
  readonly onCommit?: (commit: { readonly appends: number; readonly ms: number }) => void;
}

const IN_MEMORY = ':memory:';
const SQLITE_NOTADB = 26;

const openRefusal = (file: string, error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  if (isFull(error)) return refuse('STORAGE_FULL', `${file} cannot be opened, the disk is full: ${text}`, { file });
  if (resultCode(error) === SQLITE_NOTADB) return refuse('UNAVAILABLE', `${file} is not a database. Name another file.`, { file });
  return refuse('UNAVAILABLE', `${file} cannot be opened: ${text}`, { file });
};

/** True for what a file system or SQLite reports; anything else is a bug and goes on up. */
const isReported = (error: unknown): boolean =>
  resultCode(error) !== undefined || (error instanceof Error && 'code' in error && typeof error.code === 'string');

const prepareFile = (file: string, apps: readonly AppDefinition[]): Result<{ db: Database; catalogue: IndexCatalogue }> => {
  const db = connect(file);
  try {
    const migrated = migrate(db, file);
    if (migrated.ok) return ok({ db, catalogue: declareIndexes(db, apps) });
    db.close();
    return migrated;
  } catch (error) {
    db.close();
    throw error;
  }
};

/**
 * Opens a storage on one SQLite file, creating and migrating it as needed. Refused, with a message that names the file
 * and says what to do: UNAVAILABLE where another process (or this one) has it open, where a newer Tidemark or another
 * program wrote it, or where it cannot be opened; STORAGE_FULL where the disk is full.
 */
export const openSqliteStorage = async (options: SqliteOptions): Promise<Result<SqliteStorage>> => {
  const { env, apps = [], busyWaitMs = 0 } = options;
  let release = (): void => {};
  try {
    const file = options.file === IN_MEMORY ? IN_MEMORY : realFile(options.file);
    if (file !== IN_MEMORY) {
      const lock = await holdLock(file, env, busyWaitMs);
      if (!lock.ok) return lock;
      release = lock.value;
    }
    const prepared = prepareFile(file, apps);
    if (!prepared.ok) {
      release();
      return prepared;
    }
    return ok(createStorage({ ...prepared.value, file, release, env, onCommit: options.onCommit }));
  } catch (error) {
    release();
    if (error instanceof StorageFailure || !isReported(error)) throw error;
    return openRefusal(options.file, error);
  }
};
