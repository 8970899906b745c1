/**
 * The accounts storage port: small items, compared and put. What an implementation must promise:
 *
 * - **All or nothing.** `write` stores all puts and deletes of a batch, or none; and only if every item it names still
 *   has the revision that the caller expects (0: it is not there). Otherwise it answers `moved` and stores nothing. Of
 *   two concurrent batches that expect the same revision of an item, at most one is stored, across processes too.
 * - **Durable.** When `write` resolves `stored`, the batch survives kill -9 and power loss. It throws StorageFailure as
 *   the engine's storage does; after outcome 'unknown' the caller reads before it writes again.
 * - **Current.** A read sees every write that resolved before it began, of `list` too: never a replica, never an index
 *   that lags behind.
 * - **Expired items are still there.** `expiresAt` is data: whoever reads hides what has expired, `purge` removes it.
 *
 * Everything of an item is reached by its owner, so that a storage whose only consistent read is by partition can do it.
 * Nothing here knows what an account is. Owners and ids are compared as bytes of UTF-8.
 */
export interface AccountsStorage {
  /** The items at these addresses (at most ADDRESSES_MAX), by place; undefined where there is none. */
  read(addresses: readonly ItemAddress[]): Promise<readonly (AccountsItem | undefined)[]>;
  /** Items of one owner whose id begins with `prefix`, ascending (or descending) by id, after (or before) `after`. */
  list(owner: string, page: ItemPage): Promise<readonly AccountsItem[]>;
  /** A batch names every item at most once and holds at most WRITES_MAX of them. */
  write(batch: readonly ItemWrite[]): Promise<'stored' | 'moved'>;
  /**
   * For jobs, never for a request: items of all owners in an order of the storage's choice, each at least once if it is there from
   * the first page to the last. `next` is absent on the last page.
   */
  scan(page: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<{ readonly items: readonly AccountsItem[]; readonly next?: string }>;
  /** Removes at most `limit` items with expiresAt <= `now`; answers how many. A storage that does so by itself answers 0. */
  purge(expired: { readonly now: number; readonly limit: number }): Promise<number>;
}

/** Addresses of one `read`. */
export const ADDRESSES_MAX = 20;
/** Items of one `write`. */
export const WRITES_MAX = 20;

export interface ItemAddress {
  /** Up to 256 characters without U+0000; the unit that is listed, and removed as a whole. */
  readonly owner: string;
  /** Up to 256 characters without U+0000; unique for its owner. */
  readonly id: string;
}

export interface AccountsItem extends ItemAddress {
  /** From 1; every put counts it up by one. */
  readonly revision: number;
  /** Wall clock, milliseconds; null: never. */
  readonly expiresAt: number | null;
  /** JSON text, up to 32 KiB; comes back as it was given. */
  readonly json: string;
}

export interface ItemPage {
  readonly prefix: string;
  readonly after?: string;
  readonly descending?: boolean;
  readonly limit: number;
}

/** One part of a batch. `check` stores nothing: it only makes the batch depend on an item's revision. */
export type ItemWrite =
  | (ItemAddress & { readonly kind: 'put'; readonly expected: number; readonly expiresAt: number | null; readonly json: string })
  | (ItemAddress & { readonly kind: 'delete' | 'check'; readonly expected: number });
