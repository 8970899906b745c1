import { StorageFailure } from '@tidemark/engine/storage';
import type { Env } from '@tidemark/protocol';
import pg from 'pg';
import { isLost, outcomeOf, sqlState, storageFailure } from './failure.ts';

export type SqlValue = string | number | boolean | null | Uint8Array | readonly (string | number | boolean | null | Uint8Array)[];

/** One connection inside a transaction, or the pool outside of one: a statement and its rows, each a tuple. */
export interface Statements {
  rows<Row extends unknown[]>(text: string, values?: readonly SqlValue[]): Promise<Row[]>;
}

export interface Database extends Statements {
  /**
   * Runs `work` in a transaction and commits it. Tried again where it lost against another one (deadlock, serialization); throws
   * StorageFailure with the outcome `nothing`, or `unknown` where the COMMIT was not answered.
   */
  transaction<T>(work: (statements: Statements) => Promise<T>, isolation?: Isolation): Promise<T>;
  /** One statement that writes and commits by itself, under the same rules. */
  write<Row extends unknown[]>(text: string, values: readonly SqlValue[]): Promise<Row[]>;
  /** Waits for what runs. May be called twice. */
  close(): Promise<void>;
}

export type Isolation = 'READ COMMITTED' | 'REPEATABLE READ';

export interface PoolOptions {
  readonly url: string;
  readonly connectionsMax: number;
  /** Milliseconds after which PostgreSQL gives a statement up. */
  readonly statementMs: number;
  /** False behind a pooler that hands each transaction another server connection. */
  readonly prepares: boolean;
}

const TRIES = 8;
const CONNECT_MS = 10_000;
const WAIT_MS = 4;
const WAIT_MS_MAX = 200;

/** Statements are named by their text, so that PostgreSQL parses and plans each once per connection. */
const createNames = (prepares: boolean) => {
  const names = new Map<string, string>();
  return (text: string): { readonly name?: string } => {
    if (!prepares) return {};
    const name = names.get(text) ?? `t${names.size}`;
    names.set(text, name);
    return { name };
  };
};

const pause = (env: Env, ms: number): Promise<void> => new Promise((resolve) => void env.setTimer(ms, resolve));

const openPool = ({ url, connectionsMax, statementMs }: PoolOptions): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: statementMs,
    application_name: 'tidemark',
    keepAlive: true,
  });
  // A connection that breaks while nobody uses it is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
};

/** Runs `work` on a connection of the pool, and throws the connection away where PostgreSQL gave no answer: nothing is known of it then. */
const createLoan = (pool: pg.Pool, isClosed: () => boolean) => {
  const connect = async (): Promise<pg.PoolClient> => {
    if (isClosed()) throw new StorageFailure('storage_failed', 'nothing', 'The storage was closed.');
    try {
      return await pool.connect();
    } catch (error) {
      throw storageFailure(error, 'nothing');
    }
  };
  return async <T>(work: (client: pg.PoolClient) => Promise<T>, outcome: (error: unknown) => StorageFailure['outcome']): Promise<T> => {
    const client = await connect();
    try {
      const answer = await work(client);
      client.release();
      return answer;
    } catch (error) {
      client.release(sqlState(error) === undefined);
      throw storageFailure(error, outcome(error));
    }
  };
};

/** Tries again what lost against another transaction, after a while that grows and differs. */
const tryAgain = async <T>(env: Env, attempt: () => Promise<T>): Promise<T> => {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const cause = error instanceof StorageFailure ? error.cause : error;
      if (!isLost(cause) || tried === TRIES) throw error;
      await pause(env, Math.min(WAIT_MS_MAX, WAIT_MS * 2 ** tried) * env.random('postgres retry'));
    }
  }
};

/** A pool of connections. It connects when first asked. */
export const openDatabase = (options: PoolOptions, env: Env): Database => {
  const pool = openPool(options);
  const nameOf = createNames(options.prepares);
  let closed: Promise<void> | undefined;
  const loan = createLoan(pool, () => closed !== undefined);

  const ask = async <Row extends unknown[]>(from: pg.PoolClient, text: string, values: readonly SqlValue[] = []): Promise<Row[]> =>
    (await from.query<Row>({ ...nameOf(text), text, values: [...values], rowMode: 'array' })).rows;

  const inTransaction = <T>(work: (statements: Statements) => Promise<T>, isolation: Isolation): Promise<T> => {
    let committing = false;
    return loan(
      async (client) => {
        await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
        try {
          const answer = await work({ rows: (text, values) => ask(client, text, values) });
          committing = true;
          await client.query('COMMIT');
          return answer;
        } catch (error) {
          // Where this is not answered either, the connection is thrown away, and PostgreSQL rolls back.
          if (sqlState(error) !== undefined) await client.query('ROLLBACK');
          throw error;
        }
      },
      (error) => (committing ? outcomeOf(error) : 'nothing'),
    );
  };
  return {
    rows: <Row extends unknown[]>(text: string, values?: readonly SqlValue[]) =>
      loan(
        (client) => ask<Row>(client, text, values),
        () => 'nothing',
      ),
    write: <Row extends unknown[]>(text: string, values: readonly SqlValue[]) =>
      tryAgain(env, () => loan((client) => ask<Row>(client, text, values), outcomeOf)),
    transaction: (work, isolation = 'READ COMMITTED') => tryAgain(env, () => inTransaction(work, isolation)),
    close: () => {
      closed ??= pool.end();
      return closed;
    },
  };
};
