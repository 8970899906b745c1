import type { AccountsItem, AccountsStorage, ItemWrite } from '@tidemark/engine/accounts';
import { type Database, row, rows, run } from './database.ts';
import type { Job, JobAnswer } from './write.ts';

type ItemTuple = [string, string, number, number | null, string];

const COLUMNS = 'owner, id, revision, expiresAt, json';

const toItem = ([owner, id, revision, expiresAt, json]: ItemTuple): AccountsItem => ({ owner, id, revision, expiresAt, json });

const toAfter = ({ owner, id }: AccountsItem): string => JSON.stringify([owner, id]);

const fromAfter = (after: string | undefined): [string, string] => {
  if (after === undefined) return ['', ''];
  const place: [string, string] = JSON.parse(after);
  return place;
};

/** Prepares the reads of accounts on a connection. */
export const createAccountReads = (db: Database) => {
  const one = row<ItemTuple>(db, `SELECT ${COLUMNS} FROM accounts WHERE owner = ? AND id = ?`);
  const up = rows<ItemTuple>(
    db,
    `SELECT ${COLUMNS} FROM accounts WHERE owner = ?1 AND id >= ?2 AND id > ?3 AND substr(id, 1, length(?2)) = ?2 ORDER BY id LIMIT ?4`,
  );
  const down = rows<ItemTuple>(
    db,
    `SELECT ${COLUMNS} FROM accounts WHERE owner = ?1 AND id >= ?2 AND (?3 = '' OR id < ?3) AND substr(id, 1, length(?2)) = ?2
     ORDER BY id DESC LIMIT ?4`,
  );
  const all = rows<ItemTuple>(db, `SELECT ${COLUMNS} FROM accounts WHERE (owner, id) > (?, ?) ORDER BY owner, id LIMIT ?`);
  const expired = rows<ItemTuple>(db, `SELECT ${COLUMNS} FROM accounts WHERE expiresAt <= ? ORDER BY expiresAt LIMIT ?`);
  return {
    read: (owner: string, id: string): AccountsItem | undefined => {
      const found = one(owner, id);
      return found && toItem(found);
    },
    list: (owner: string, { prefix, after = '', descending = false, limit }: Parameters<AccountsStorage['list']>[1]): AccountsItem[] =>
      (descending ? down : up)(owner, prefix, after, limit).map(toItem),
    scan: (after: string | undefined, limit: number): AccountsItem[] => all(...fromAfter(after), limit).map(toItem),
    expired: (now: number, limit: number): AccountsItem[] => expired(now, limit).map(toItem),
  };
};

/** Prepares the writes of accounts on a connection. What it answers runs one batch inside the transaction that is open. */
export const createAccountWrites = (db: Database): ((batch: readonly ItemWrite[]) => JobAnswer) => {
  const revisionOf = row<[number]>(db, 'SELECT revision FROM accounts WHERE owner = ? AND id = ?');
  const put = run(db, `INSERT OR REPLACE INTO accounts (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`);
  const remove = run(db, 'DELETE FROM accounts WHERE owner = ? AND id = ?');
  return (batch) => {
    // All are looked at before any is written: other batches share the transaction, so it cannot be rolled back for this one.
    if (batch.some(({ owner, id, expected }) => (revisionOf(owner, id)?.[0] ?? 0) !== expected)) return 'head_moved';
    for (const write of batch) {
      if (write.kind === 'delete') remove(write.owner, write.id);
      if (write.kind === 'put') put(write.owner, write.id, write.expected + 1, write.expiresAt, write.json);
    }
    return 'stored';
  };
};

/** The accounts of a database, over its one connection and its writer. */
export const createAccountsStorage = (
  read: <T>(from: (reads: ReturnType<typeof createAccountReads>) => T) => Promise<T>,
  write: (job: Job) => Promise<JobAnswer>,
): AccountsStorage => {
  const store = async (batch: readonly ItemWrite[]) => ((await write({ kind: 'accounts', batch })) === 'stored' ? 'stored' : 'moved');
  return {
    read: (addresses) => read((reads) => addresses.map(({ owner, id }) => reads.read(owner, id))),
    list: (owner, page) => read((reads) => reads.list(owner, page)),
    write: store,
    scan: async ({ after, limit }) => {
      const items = await read((reads) => reads.scan(after, limit));
      const last = items.at(-1);
      return last === undefined || items.length < limit ? { items } : { items, next: toAfter(last) };
    },
    purge: async ({ now, limit }) => {
      const expired = await read((reads) => reads.expired(now, limit));
      if (expired.length === 0) return 0;
      const batch = expired.map(({ owner, id, revision }): ItemWrite => ({ kind: 'delete', owner, id, expected: revision }));
      // What was written again meanwhile is left for the next purge, and all others with it.
      return (await store(batch)) === 'stored' ? expired.length : 0;
    },
  };
};
