import type { AccountsStorage } from '@tidemark/engine/accounts';
import { type Storage, type StorageCapabilities, StorageFailure } from '@tidemark/engine/storage';
import type { Env } from '@tidemark/protocol';
import { createAccountReads, createAccountsStorage } from './accounts.ts';
import { type BackupProgress, backupTo } from './backup.ts';
import { createIsIndexed } from './catch-up.ts';
import { type Database, disconnect, emptyLog, rows } from './database.ts';
import { storageFailure } from './failure.ts';
import { createGroup, storedAppends } from './group.ts';
import type { IndexCatalogue } from './indexing.ts';
import { afterThisTurn } from './platform/node.ts';
import { createReads } from './read.ts';
import { createSharedRead, NO_SHARED_READ } from './shared-read.ts';
import { createSpaceCache, createSpaceReader } from './spaces.ts';
import { createSweep } from './sweep.ts';
import { createWrites, type Job, type JobAnswer } from './write.ts';
import { type JobOutcome, runJobs } from './writer.ts';

export interface SqliteStorage extends Storage {
  /** The accounts kept in the same file; their writes share commits with appends. */
  readonly accounts: AccountsStorage;
  /** Copies the database to a new file while writes go on. Throws where that file exists or cannot be written. */
  backup(toFile: string, onProgress?: (progress: BackupProgress) => void): Promise<void>;
  /** What SQLite finds wrong with the file; empty where it is sound. Reads all of it. */
  integrityCheck(): Promise<string[]>;
}

/** One transaction takes what memory holds. */
const CAPABILITIES: StorageCapabilities = { appendChangesMax: Number.MAX_SAFE_INTEGER, appendBytesMax: Number.MAX_SAFE_INTEGER };

/** Changes that are indexed in one go, so that nobody waits long for it; doubled each time, so that a query gets ahead of any writer. */
const INDEXED_AT_ONCE = 1_000;

export interface StorageParts {
  readonly db: Database;
  readonly catalogue: IndexCatalogue;
  readonly file: string;
  /** Lets the lock on the file go. */
  readonly release: () => void;
  readonly env: Env;
  readonly onCommit: ((commit: { readonly appends: number; readonly ms: number }) => void) | undefined;
}

/** The one connection, its statements, and whether it can be trusted. */
const createConnection = ({ db, catalogue, file, release }: StorageParts) => {
  const spaces = createSpaceCache(createSpaceReader(db));
  const reads = createReads(db, catalogue, spaces.read);
  const isIndexed = createIsIndexed(db);
  const accountReads = createAccountReads(db);
  const write = createWrites(db, catalogue);
  const sharedRead = db.location() === null ? NO_SHARED_READ : createSharedRead(db, afterThisTurn);
  const session = { db, reads, isIndexed, accountReads, write, spaces, sweep: createSweep(db) };
  let state: 'open' | 'unsettled' | 'closed' = 'open';
  /** Takes away what a failed commit may have left in the log, so that no crash later can bring it back. */
  const settle = (): void => {
    if (!emptyLog(db)) throw new StorageFailure('storage_failed', 'nothing', `${file} is not usable since a commit failed.`);
    state = 'open';
  };
  const checkState = (): void => {
    if (state === 'closed') throw new StorageFailure('storage_failed', 'nothing', `${file} was closed.`);
    if (state === 'unsettled') settle();
  };
  return {
    isOpen: () => state !== 'closed',
    /** To read. Throws where the storage is closed, or a failed commit cannot be settled yet. */
    reading: () => {
      checkState();
      sharedRead.enter();
      return session;
    },
    /** For what brings a transaction of its own. Throws as `reading` does. */
    alone: () => {
      sharedRead.leave();
      checkState();
      return session;
    },
    /** After a commit of unknown outcome: true if nothing of it is stored for sure. Else all calls fail until that is so. */
    settleCommit: (): boolean => {
      state = 'unsettled';
      try {
        settle();
        return true;
      } catch {
        return false;
      }
    },
    close: (): void => {
      if (state === 'closed') return;
      sharedRead.leave();
      state = 'closed';
      disconnect(db);
      release();
    },
  };
};

type Session = ReturnType<ReturnType<typeof createConnection>['reading']>;

/** Queries by declared index, brought up to the log first. Between that look and the query nothing can be written. */
const createQuery =
  (read: <T>(from: (session: Session) => T) => Promise<T>, write: (job: Job) => Promise<JobAnswer>): Storage['query'] =>
  async (key, plan) => {
    const byId = plan.index.length === 0 && (plan.words ?? []).length === 0;
    for (let changesMax = INDEXED_AT_ONCE; ; changesMax *= 2) {
      const found = await read(({ reads, isIndexed }) => (byId || isIndexed(key) ? reads.query(key, plan) : undefined));
      if (found !== undefined) return found;
      await write({ kind: 'index', space: key, changesMax });
    }
  };

/** Takes away what a purge has left in the file, in steps between which others write. What fails here does not undo the purge. */
const createSweeping =
  ({ isOpen, alone, settleCommit }: ReturnType<typeof createConnection>) =>
  async (): Promise<void> => {
    // Closing empties the log too.
    for (let isFirst = true; isOpen(); isFirst = false) {
      try {
        if (alone().sweep(isFirst)) return;
      } catch {
        // The next purge sweeps again.
        if (isOpen()) settleCommit();
        return;
      }
      await new Promise<void>(afterThisTurn);
    }
  };

/** Puts the parts together: reads at once, writes by groups that share a commit. */
export const createStorage = (parts: StorageParts): SqliteStorage => {
  const { env, onCommit } = parts;
  const connection = createConnection(parts);
  const runGroup = (jobs: readonly Job[]): JobOutcome[] => {
    const start = env.mono();
    try {
      const { db, write, spaces } = connection.alone();
      const outcomes = runJobs(db, write, jobs, connection.settleCommit);
      for (const [i, job] of jobs.entries()) {
        const outcome = outcomes[i];
        spaces.ran(job, outcome?.ok === true ? outcome.answer : undefined);
      }
      const appends = storedAppends(jobs, outcomes);
      if (appends > 0) onCommit?.({ appends, ms: env.mono() - start });
      return outcomes;
    } catch (error) {
      return jobs.map(() => ({ ok: false, outcome: 'nothing', error }));
    }
  };
  const group = createGroup(runGroup, afterThisTurn);
  const write = async (job: Job): Promise<JobAnswer> => {
    const outcome = await group.add(job);
    if (outcome.ok) return outcome.answer;
    throw outcome.error instanceof StorageFailure ? outcome.error : storageFailure(outcome.error, outcome.outcome);
  };
  const sweep = createSweeping(connection);
  const purge = async (job: Job): Promise<JobAnswer> => {
    const answer = await write(job);
    if (answer === 'stored') await sweep();
    return answer;
  };
  const read = async <T>(from: (session: Session) => T): Promise<T> => {
    try {
      return from(connection.reading());
    } catch (error) {
      throw error instanceof StorageFailure ? error : storageFailure(error, 'nothing');
    }
  };
  return {
    capabilities: CAPABILITIES,
    accounts: createAccountsStorage((from) => read(({ accountReads }) => from(accountReads)), write),
    readSpace: (key) => read(({ reads }) => reads.readSpace(key)),
    load: (key, wanted) => read(({ reads }) => reads.load(key, wanted)),
    readLog: (key, range) => read(({ reads }) => reads.readLog(key, range)),
    readLogRow: (key, seq) => read(({ reads }) => reads.readLogRow(key, seq)),
    readLogRows: (key, seqs) => read(({ reads }) => reads.readLogRows(key, seqs)),
    findLogRowAt: (key, time) => read(({ reads }) => reads.findLogRowAt(key, time)),
    readHistory: (key, from) => read(({ reads }) => reads.readHistory(key, from)),
    readRecords: (key, page) => read(({ reads }) => reads.readRecords(key, page)),
    query: createQuery(read, write),
    readReceipts: (key, page) => read(({ reads }) => reads.readReceipts(key, page)),
    readClients: (key) => read(({ reads }) => reads.readClients(key)),
    listSpaces: (page) => read(({ reads }) => reads.listSpaces(page)),
    append: (batch) => write({ kind: 'append', batch }),
    compact: (batch) => purge({ kind: 'compact', batch }),
    erase: (batch) => purge({ kind: 'erase', batch }),
    putClient: async (space, client) => void (await write({ kind: 'putClient', space, client })),
    backup: (toFile, onProgress) => backupTo(connection.alone().db, toFile, onProgress),
    integrityCheck: () =>
      read(({ db }) =>
        rows<[string]>(db, 'PRAGMA integrity_check')()
          .map(([text]) => text)
          .filter((text) => text !== 'ok'),
      ),
    close: async () => {
      group.flush();
      connection.close();
    },
  };
};
