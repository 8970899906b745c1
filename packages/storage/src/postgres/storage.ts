import type { Pokes } from '@tidemark/engine';
import type { AccountsStorage } from '@tidemark/engine/accounts';
import type { Append, Storage, StorageCapabilities } from '@tidemark/engine/storage';
import { createAccountsStorage } from './accounts.ts';
import { APPEND, appendValues, PUT_CLIENT, putClientValues } from './append.ts';
import type { Database } from './database.ts';
import type { DeclaredIndex } from './declare-indexes.ts';
import { isMachineFault } from './failure.ts';
import { createGroup } from './group.ts';
import { compact, erase } from './maintain.ts';
import { createQuery } from './query.ts';
import { createReads } from './read.ts';

export interface PostgresStorage extends Storage {
  /** The accounts kept in the same database. */
  readonly accounts: AccountsStorage;
  /** How the processes over this database tell each other of changes; close it before the storage. */
  openPokes(): Pokes;
}

/** One statement takes what one message of the protocol holds (1 GB), with room for escapes. */
const CAPABILITIES: StorageCapabilities = { appendChangesMax: 100_000, appendBytesMax: 64 * 1024 * 1024 };

export interface StorageParts {
  readonly db: Database;
  readonly declared: readonly DeclaredIndex[];
  readonly openPokes: (storage: Storage) => Pokes;
  readonly onCommit: ((commit: { readonly appends: number }) => void) | undefined;
}

/** Puts the parts together. `onCommit` is told how many appends shared a commit. */
export const createStorage = ({ db, declared, openPokes, onCommit }: StorageParts): PostgresStorage => {
  const appendAll = async (batches: readonly Append[]): Promise<('stored' | 'head_moved')[]> => {
    const stored = new Set((await db.write<[number]>(APPEND, appendValues(batches))).map(([place]) => place));
    if (stored.size > 0) onCommit?.({ appends: stored.size });
    return batches.map((_, place) => (stored.has(place) ? 'stored' : 'head_moved'));
  };
  const reads = createReads(db);
  const storage: Storage = {
    capabilities: CAPABILITIES,
    ...reads,
    query: createQuery(db, declared),
    append: createGroup(appendAll, (error) => !isMachineFault(error instanceof Error ? (error.cause ?? error) : error)),
    compact: (batch) => compact(db, batch),
    erase: (batch) => erase(db, batch),
    putClient: async (space, client) => void (await db.write(PUT_CLIENT, putClientValues(space, client))),
    close: () => db.close(),
  };
  return { ...storage, accounts: createAccountsStorage(db), openPokes: () => openPokes(storage) };
};
