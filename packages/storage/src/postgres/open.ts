import { createPollingPokes } from '@tidemark/engine';
import { type Storage, StorageFailure } from '@tidemark/engine/storage';
import { type AppDefinition, type Env, ok, type Result, refuse } from '@tidemark/protocol';
import { checkSettings } from './check-settings.ts';
import { openDatabase } from './database.ts';
import { declareIndexes } from './declare-indexes.ts';
import { migrate } from './migrate.ts';
import { createPostgresPokes } from './pokes.ts';
import { createStorage, type PostgresStorage } from './storage.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`. */
  readonly url: string;
  readonly env: Env;
  /** Apps whose declared indexes the database shall have. Those of other apps and versions stay. */
  readonly apps?: readonly AppDefinition[];
  /** Connections of this process; default 10. */
  readonly connectionsMax?: number;
  /** Milliseconds after which PostgreSQL gives a statement up; default 30,000. */
  readonly statementMs?: number;
  /**
   * True behind a pooler that hands each transaction another server connection: statements are then not kept prepared, and live
   * streams poll once a second instead of listening. Default: whether the URL says `pgbouncer=true`.
   */
  readonly pooler?: boolean;
  /** Called after each commit: how many appends shared it. */
  readonly onCommit?: (commit: { readonly appends: number }) => void;
}

const CONNECTIONS_MAX = 10;
const STATEMENT_MS = 30_000;
/** How late a live stream may be where LISTEN cannot be had. */
const POLLED_EVERY_MS = 1_000;

const saysPooler = (url: string): boolean => URL.canParse(url) && new URL(url).searchParams.get('pgbouncer') === 'true';

/** The URL as it may be shown: without a password. */
const shown = (url: string): string => {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  } catch {
    return 'the given URL';
  }
};

/**
 * Opens a storage on a PostgreSQL database, creating and migrating its tables as needed. Refused as UNAVAILABLE, with a message
 * that says what to do, where the server cannot be reached or lets us not in, takes no writes, is older than 14, has settings that
 * would break a guarantee, or where a newer Tidemark wrote the database.
 */
export const openPostgresStorage = async (options: PostgresOptions): Promise<Result<PostgresStorage>> => {
  const { url, env, apps = [], connectionsMax = CONNECTIONS_MAX, statementMs = STATEMENT_MS, pooler = saysPooler(url) } = options;
  const db = openDatabase({ url, connectionsMax, statementMs, prepares: !pooler }, env);
  const give = async <T>(refusal: Result<T>): Promise<Result<T>> => {
    await db.close();
    return refusal;
  };
  try {
    const fits = await checkSettings(db);
    if (!fits.ok) return give(fits);
    const migrated = await migrate(db);
    if (!migrated.ok) return give(migrated);
    const openPokes = (storage: Storage) =>
      pooler ? createPollingPokes(storage, env, POLLED_EVERY_MS) : createPostgresPokes(db, url, env);
    return ok(createStorage({ db, declared: await declareIndexes(db, apps), openPokes, onCommit: options.onCommit }));
  } catch (error) {
    await db.close();
    if (!(error instanceof StorageFailure)) throw error;
    return refuse('UNAVAILABLE', `${shown(url)} cannot be used: ${error.message}`, { url: shown(url) });
  }
};
