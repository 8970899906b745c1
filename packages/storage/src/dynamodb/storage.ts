import type { Pokes } from '@tidemark/engine';
import type { AccountsStorage } from '@tidemark/engine/accounts';
import type { Storage, StorageCapabilities } from '@tidemark/engine/storage';
import type { Env } from '@tidemark/protocol';
import { createAccountsStorage } from './accounts.ts';
import { carryOut, createAppend } from './append.ts';
import { createClients } from './clients.ts';
import type { DeclaredIndex } from './declared.ts';
import { createHeads } from './head.ts';
import { createLoad } from './load.ts';
import { createLog } from './log.ts';
import { createCompact, createErase } from './maintain.ts';
import { createQuery } from './query.ts';
import { createReadRecords } from './records.ts';
import { readStaged } from './stage.ts';
import type { Table } from './table.ts';

export interface DynamoStorage extends Storage {
  /** The accounts kept in the same table. */
  readonly accounts: AccountsStorage;
  /** How the processes over this table learn of each other's changes: by looking; close it before the storage. */
  openPokes(): Pokes;
}

/** An append that is too large for one transaction is laid down aside first (append.ts), so no push has to be cut. */
const CAPABILITIES: StorageCapabilities = { appendChangesMax: 100_000, appendBytesMax: 64 * 1024 * 1024, loadsTogether: true };

export interface StorageParts {
  readonly table: Table;
  readonly declared: readonly DeclaredIndex[];
  readonly env: Env;
  readonly openPokes: (storage: Storage) => Pokes;
  readonly close: () => void;
}

/** Puts the parts together. */
export const createStorage = ({ table, declared, env, openPokes, close }: StorageParts): DynamoStorage => {
  const heads = createHeads(table, async (head) => {
    const batch = await readStaged(table, head, head.staged);
    if (batch !== undefined) await carryOut(table, head, batch);
  });
  const log = createLog(table, heads, env);
  const readRecords = createReadRecords(table, heads, log.readLog);
  const storage: Storage = {
    capabilities: CAPABILITIES,
    readSpace: async (space) => (await heads.read(space))?.row,
    load: createLoad(table, heads),
    append: createAppend(table, heads, env),
    ...log,
    readRecords,
    query: createQuery(table, heads, declared, readRecords, env),
    ...createClients(table, heads),
    compact: createCompact(table, heads, env),
    erase: createErase(table, heads),
    close: async () => close(),
  };
  return { ...storage, accounts: createAccountsStorage(table), openPokes: () => openPokes(storage) };
};
