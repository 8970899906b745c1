import type { AccountsItem, AccountsStorage, ItemAddress, ItemWrite } from '@tidemark/engine/accounts';
import type { Env } from '@tidemark/protocol';
import type * as z from 'zod';
import { accountRow, claimRow, deletionRow, eventRow, familyRow, keyRow, onceRow, type Purpose } from './rows.ts';

/** What is stored at an address: the shape of its JSON. */
export interface Place<T> extends ItemAddress {
  readonly schema: z.ZodType<T>;
}

/** A row as it was read, with the revision that a write of it expects. */
export interface Found<T> extends Place<T> {
  readonly row: T;
  readonly revision: number;
  readonly expiresAt: number | null;
}

export const ownerOf = (accountId: string): string => `account/${accountId}`;

/** Where everything stands. */
export const places = {
  account: (accountId: string) => ({ owner: ownerOf(accountId), id: 'account', schema: accountRow }),
  claim: (emailIndex: string) => ({ owner: `email/${emailIndex}`, id: 'claim', schema: claimRow }),
  family: (accountId: string, familyId: string) => ({ owner: ownerOf(accountId), id: `family/${familyId}`, schema: familyRow }),
  once: (accountId: string, purpose: Purpose, id: string) => ({
    owner: ownerOf(accountId),
    id: `once/${purpose}/${id}`,
    schema: onceRow,
  }),
  key: (accountId: string, keyId: string) => ({ owner: ownerOf(accountId), id: `key/${keyId}`, schema: keyRow }),
  keyOwner: (keyId: string) => ({ owner: `key/${keyId}`, id: 'owner', schema: claimRow }),
  event: (owner: string, id: string) => ({ owner, id: `event/${id}`, schema: eventRow }),
  deletion: (accountId: string) => ({ owner: DELETIONS, id: accountId, schema: deletionRow }),
};

export const DELETIONS = 'deletions';

/** The row to be there next: over `found`, or where nothing is. */
export const put = <T>(place: Place<T> & { readonly revision?: number }, row: T, expiresAt: number | null = null): ItemWrite => ({
  kind: 'put',
  owner: place.owner,
  id: place.id,
  expected: place.revision ?? 0,
  expiresAt,
  json: JSON.stringify(row),
});

export const remove = (item: ItemAddress & { readonly revision: number }): ItemWrite => ({
  kind: 'delete',
  owner: item.owner,
  id: item.id,
  expected: item.revision,
});

export const check = (place: ItemAddress, revision = 0): ItemWrite => ({
  kind: 'check',
  owner: place.owner,
  id: place.id,
  expected: revision,
});

/** Rows of the accounts storage: read with their shape checked, and hidden once they have expired. */
export interface Items {
  find<T>(place: Place<T>): Promise<Found<T> | undefined>;
  findAll<T>(places: readonly Place<T>[]): Promise<readonly (Found<T> | undefined)[]>;
  list<T>(
    owner: string,
    page: {
      readonly prefix: string;
      readonly schema: z.ZodType<T>;
      readonly limit: number;
      readonly after?: string;
      readonly descending?: boolean;
    },
  ): Promise<readonly Found<T>[]>;
  write(batch: readonly ItemWrite[]): Promise<'stored' | 'moved'>;
  readonly storage: AccountsStorage;
}

const foundOf = <T>(item: AccountsItem, schema: z.ZodType<T>): Found<T> => ({
  owner: item.owner,
  id: item.id,
  revision: item.revision,
  expiresAt: item.expiresAt,
  schema,
  row: schema.parse(JSON.parse(item.json)),
});

export const createItems = (storage: AccountsStorage, env: Env): Items => {
  const isLive = (item: AccountsItem): boolean => item.expiresAt === null || item.expiresAt > env.wall();
  const findAll: Items['findAll'] = async (wanted) => {
    const items = await storage.read(wanted.map(({ owner, id }) => ({ owner, id })));
    return wanted.map(({ schema }, i) => {
      const item = items[i];
      return item !== undefined && isLive(item) ? foundOf(item, schema) : undefined;
    });
  };
  return {
    storage,
    find: async (place) => (await findAll([place]))[0],
    findAll,
    list: async (owner, { schema, ...page }) => (await storage.list(owner, page)).filter(isLive).map((item) => foundOf(item, schema)),
    write: async (batch) => {
      await env.point?.('accounts: before write');
      const outcome = await storage.write(batch);
      await env.point?.('accounts: after write');
      return outcome;
    },
  };
};
