import { compareStrings } from '@tidemark/protocol';
import type { AccountsItem, AccountsStorage, ItemAddress, ItemPage, ItemWrite } from './accounts-storage.ts';

// Neither part may hold U+0000, so the joined keys are unique.
const keyOf = ({ owner, id }: ItemAddress): string => `${owner}\u0000${id}`;

const pageOf = (items: Iterable<AccountsItem>, { prefix, after, descending = false, limit }: ItemPage): AccountsItem[] => {
  const sign = descending ? -1 : 1;
  return [...items]
    .filter(({ id }) => id.startsWith(prefix) && (after === undefined || sign * compareStrings(id, after) > 0))
    .sort((a, b) => sign * compareStrings(a.id, b.id))
    .slice(0, limit);
};

/** An accounts storage in memory: the readable reference, for tests and development. Gone when the process ends. */
export const createMemoryAccounts = (): AccountsStorage => {
  const owners = new Map<string, Map<string, AccountsItem>>();
  const itemAt = ({ owner, id }: ItemAddress) => owners.get(owner)?.get(id);
  const put = (item: AccountsItem): void => {
    const items = owners.get(item.owner) ?? new Map<string, AccountsItem>();
    owners.set(item.owner, items.set(item.id, item));
  };
  const remove = ({ owner, id }: ItemAddress): void => {
    const items = owners.get(owner);
    items?.delete(id);
    if (items?.size === 0) owners.delete(owner);
  };
  const apply = (write: ItemWrite): void => {
    if (write.kind === 'delete') remove(write);
    if (write.kind !== 'put') return;
    const { owner, id, expected, expiresAt, json } = write;
    put({ owner, id, revision: expected + 1, expiresAt, json });
  };
  const all = (): AccountsItem[] => [...owners.values()].flatMap((items) => [...items.values()]);
  return {
    read: async (addresses) => addresses.map(itemAt),
    list: async (owner, page) => pageOf(owners.get(owner)?.values() ?? [], page),
    write: async (batch) => {
      if (batch.some((write) => (itemAt(write)?.revision ?? 0) !== write.expected)) return 'moved';
      for (const write of batch) apply(write);
      return 'stored';
    },
    scan: async ({ after, limit }) => {
      const sorted = all().sort((a, b) => compareStrings(keyOf(a), keyOf(b)));
      const items = sorted.filter((item) => after === undefined || compareStrings(keyOf(item), after) > 0).slice(0, limit);
      const last = items.at(-1);
      return last === undefined || items.length < limit ? { items } : { items, next: keyOf(last) };
    },
    purge: async ({ now, limit }) => {
      const expired = all()
        .filter(({ expiresAt }) => expiresAt !== null && expiresAt <= now)
        .slice(0, limit);
      for (const item of expired) remove(item);
      return expired.length;
    },
  };
};
