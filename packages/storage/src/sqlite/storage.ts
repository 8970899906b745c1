import { type Storage, type StorageCapabilities, StorageFailure } from '@tidemark/engine/storage';
import type { Env } from '@tidemark/protocol';
import { type BackupProgress, backupTo } from './backup.ts';
import { connect, type Database, rows } from './database.ts';
import { storageFailure } from './failure.ts';
import { createGroup, storedAppends } from './group.ts';
import type { IndexCatalogue } from './indexing.ts';
import { afterThisTurn } from './platform/node.ts';
import { createReads, type Reads } from './read.ts';
import { createWrites, type Job, type JobAnswer } from './write.ts';
import { type JobOutcome, runJobs } from './writer.ts';

export interface SqliteStorage extends Storage {
  /** Copies the database to a new file while writes go on. Throws where that file exists or cannot be written. */
  backup(toFile: string, onProgress?: (progress: BackupProgress) => void): Promise<void>;
  /** What SQLite finds wrong with the file; empty where it is sound. Reads all of it. */
  integrityCheck(): Promise<string[]>;
}

/** One transaction takes what memory holds. */
const CAPABILITIES: StorageCapabilities = { appendChangesMax: Number.MAX_SAFE_INTEGER, appendBytesMax: Number.MAX_SAFE_INTEGER };

/** A connection with its statements. */
interface Session {
  readonly db: Database;
  readonly reads: Reads;
  readonly write: (job: Job) => JobAnswer;
}

export interface StorageParts {
  readonly db: Database;
  readonly catalogue: IndexCatalogue;
  readonly file: string;
  /** Lets the lock on the file go. */
  readonly release: () => void;
  readonly env: Env;
  readonly onCommit: ((commit: { readonly appends: number; readonly ms: number }) => void) | undefined;
}

/** The one connection, replaced by a fresh one after a commit of unknown outcome. */
const createConnection = ({ db: first, catalogue, file, release }: StorageParts) => {
  const sessionOn = (db: Database): Session => ({ db, reads: createReads(db, catalogue), write: createWrites(db, catalogue) });
  let session: Session | undefined = sessionOn(first);
  let closed = false;
  return {
    /** Throws where the storage is closed or the file cannot be opened again. */
    current: (): Session => {
      if (closed) throw new StorageFailure('storage_failed', 'nothing', `${file} was closed.`);
      session ??= sessionOn(connect(file));
      return session;
    },
    /**
     * Closes a connection whose last commit failed half way. The next one recovers from the write-ahead log, and so
     * finds out, before anybody reads, whether that commit counts.
     */
    abandon: (): void => {
      session?.db.close();
      session = undefined;
    },
    close: (): void => {
      if (closed) return;
      closed = true;
      session?.db.close();
      release();
    },
  };
};

/** Puts the parts together: reads at once, writes by groups that share a commit. */
export const createStorage = (parts: StorageParts): SqliteStorage => {
  const { env, onCommit } = parts;
  const connection = createConnection(parts);
  const runGroup = (jobs: readonly Job[]): JobOutcome[] => {
    const start = env.mono();
    try {
      const { db, write } = connection.current();
      const outcomes = runJobs(db, write, jobs);
      if (outcomes.some((one) => !one.ok && one.outcome === 'unknown')) connection.abandon();
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
  const read = async <T>(from: (session: Session) => T): Promise<T> => {
    try {
      return from(connection.current());
    } catch (error) {
      throw error instanceof StorageFailure ? error : storageFailure(error, 'nothing');
    }
  };
  return {
    capabilities: CAPABILITIES,
    readSpace: (key) => read(({ reads }) => reads.readSpace(key)),
    load: (key, wanted) => read(({ reads }) => reads.load(key, wanted)),
    readLog: (key, range) => read(({ reads }) => reads.readLog(key, range)),
    readLogRow: (key, seq) => read(({ reads }) => reads.readLogRow(key, seq)),
    findLogRowAt: (key, time) => read(({ reads }) => reads.findLogRowAt(key, time)),
    readHistory: (key, from) => read(({ reads }) => reads.readHistory(key, from)),
    readRecords: (key, page) => read(({ reads }) => reads.readRecords(key, page)),
    query: (key, plan) => read(({ reads }) => reads.query(key, plan)),
    readClients: (key) => read(({ reads }) => reads.readClients(key)),
    listSpaces: (page) => read(({ reads }) => reads.listSpaces(page)),
    append: (batch) => write({ kind: 'append', batch }),
    compact: (batch) => write({ kind: 'compact', batch }),
    erase: (batch) => write({ kind: 'erase', batch }),
    putClient: async (space, client) => void (await write({ kind: 'putClient', space, client })),
    backup: (toFile, onProgress) => backupTo(connection.current().db, toFile, onProgress),
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
