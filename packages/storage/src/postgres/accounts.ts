import type { AccountsItem, AccountsStorage, ItemWrite } from '@tidemark/engine/accounts';
import type { Database, SqlValue, Statements } from './database.ts';

type ItemTuple = [string, string, number, number | null, string];

const COLUMNS = 'a.owner, a.id, a.revision::float8, a.expiresAt, a.json';
const SELECT = `SELECT ${COLUMNS} FROM tidemark.accounts a WHERE`;

const toItem = ([owner, id, revision, expiresAt, json]: ItemTuple): AccountsItem => ({ owner, id, revision, expiresAt, json });

const toAfter = ({ owner, id }: AccountsItem): string => JSON.stringify([owner, id]);

const fromAfter = (after: string | undefined): [string, string] => {
  if (after === undefined) return ['', ''];
  const place: [string, string] = JSON.parse(after);
  return place;
};

const addresses = (all: readonly { readonly owner: string; readonly id: string }[]): SqlValue[] => [
  all.map(({ owner }) => owner),
  all.map(({ id }) => id),
];

const LISTED = 'unnest($1::text[], $2::text[]) AS w (owner, id)';

/**
 * One batch inside a transaction. Owners are locked in order, also those of which nothing is there yet: only so does a check that an
 * item is absent hold until the commit.
 */
const writeBatch =
  (batch: readonly ItemWrite[]) =>
  async ({ rows }: Statements): Promise<'stored' | 'moved'> => {
    const owners = [...new Set(batch.map(({ owner }) => owner))];
    await rows(
      'SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashtextextended(o, 0) AS k FROM unnest($1::text[]) o ORDER BY k) l',
      [owners],
    );
    const found = await rows<[string, string, number]>(
      `SELECT a.owner, a.id, a.revision::float8 FROM tidemark.accounts a JOIN ${LISTED} USING (owner, id)`,
      addresses(batch),
    );
    const revisions = new Map(found.map(([owner, id, revision]) => [JSON.stringify([owner, id]), revision]));
    if (batch.some(({ owner, id, expected }) => (revisions.get(JSON.stringify([owner, id])) ?? 0) !== expected)) return 'moved';
    const removed = batch.filter(({ kind }) => kind === 'delete');
    if (removed.length > 0)
      await rows(`DELETE FROM tidemark.accounts a USING ${LISTED} WHERE a.owner = w.owner AND a.id = w.id`, addresses(removed));
    for (const write of batch) {
      if (write.kind !== 'put') continue;
      await rows(
        `INSERT INTO tidemark.accounts (owner, id, revision, expiresAt, json) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (owner, id) DO UPDATE SET revision = excluded.revision, expiresAt = excluded.expiresAt, json = excluded.json`,
        [write.owner, write.id, write.expected + 1, write.expiresAt, write.json],
      );
    }
    return 'stored';
  };

/** The accounts of a database. */
export const createAccountsStorage = (db: Database): AccountsStorage => {
  const write: AccountsStorage['write'] = (batch) => db.transaction(writeBatch(batch));
  return {
    read: async (wanted) => {
      const found = await db.rows<ItemTuple>(
        `SELECT ${COLUMNS} FROM tidemark.accounts a JOIN ${LISTED} USING (owner, id)`,
        addresses(wanted),
      );
      const items = found.map(toItem);
      return wanted.map(({ owner, id }) => items.find((item) => item.owner === owner && item.id === id));
    },
    list: async (owner, { prefix, after = '', descending = false, limit }) => {
      const bound = descending ? "($3 = '' OR a.id < $3)" : 'a.id > $3';
      const text = `${SELECT} a.owner = $1 AND a.id >= $2 AND starts_with(a.id, $2) AND ${bound}
        ORDER BY a.id ${descending ? 'DESC' : 'ASC'} LIMIT $4`;
      return (await db.rows<ItemTuple>(text, [owner, prefix, after, limit])).map(toItem);
    },
    write,
    scan: async ({ after, limit }) => {
      const text = `${SELECT} (a.owner, a.id) > ($1, $2) ORDER BY a.owner, a.id LIMIT $3`;
      const items = (await db.rows<ItemTuple>(text, [...fromAfter(after), limit])).map(toItem);
      const last = items.at(-1);
      return last === undefined || items.length < limit ? { items } : { items, next: toAfter(last) };
    },
    purge: async ({ now, limit }) => {
      const removed = await db.write<[string]>(
        `DELETE FROM tidemark.accounts WHERE (owner, id) IN (
           SELECT owner, id FROM tidemark.accounts WHERE expiresAt <= $1 ORDER BY expiresAt LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING id`,
        [now, limit],
      );
      return removed.length;
    },
  };
};
