import type { AppDefinition } from '@tidemark/protocol';
import { browserEnv, openIndexedDbStore } from '../platform/browser-env.ts';
import type { ClientEnv } from '../platform/client-env.ts';
import type { ClientStore } from '../store/client-store.ts';
import { inOrder, type Mirror } from '../store/mirror.ts';
import { freshMeta, ownerName } from '../store/owner.ts';
import type { OutboxRow } from '../store/rows.ts';
import { STORAGE_VERSION } from '../store/tables.ts';
import { type Change, openTransactions, type Transactions } from '../store/transactions.ts';
import type { AccountKey } from './account.ts';

/** Whose data it is before anybody has signed up: give it to `openClient` with a `token` that answers null. */
export const LOCAL_ACCOUNT: AccountKey = { issuer: 'local', subject: 'here' };

export interface Adoption {
  readonly app: AppDefinition;
  /** The account that signed up or in. */
  readonly account: AccountKey;
  readonly env?: ClientEnv;
  /** The two local stores, where they are not the default ones in IndexedDB; they are left open. */
  readonly stores?: { readonly local: ClientStore; readonly account: ClientStore };
}

const ALL = ['records', 'staged', 'outbox', 'parked', 'journal', 'kept'] as const;

const openFor = (app: AppDefinition, env: ClientEnv, store: ClientStore, owners: readonly string[]): Promise<Transactions> =>
  openTransactions({
    store,
    fresh: () => freshMeta(app, owners[0] ?? '', env),
    onTouched: () => undefined,
    admit: ({ owner, storageVersion, schemaVersion }) => {
      if (!owners.includes(owner)) throw new Error(`The local store belongs to ${owner}, not to ${owners.join(' or ')}`);
      if (storageVersion > STORAGE_VERSION || schemaVersion > app.schemaVersion)
        throw new Error(`The local store was written by a newer version of ${app.name} (schemaVersion ${schemaVersion})`);
    },
  });

/** What is not in the account's store yet, numbered on: with its mutationIds, so that nothing applies twice. */
const queueAll =
  (rows: readonly OutboxRow[]) =>
  (mirror: Mirror): Change | null => {
    const outbox = new Map<string, OutboxRow>();
    for (const { mutation } of rows) {
      const { mutationId } = mutation;
      if (mirror.outbox.has(mutationId) || mirror.journal.has(mutationId) || mirror.parked.has(mutationId)) continue;
      outbox.set(mutationId, { mutation: { ...mutation, n: mirror.meta.nextN + outbox.size } });
    }
    return outbox.size === 0 ? null : { rows: { outbox }, meta: { nextN: mirror.meta.nextN + outbox.size } };
  };

const adopt = async ({ app, account }: Adoption, env: ClientEnv, local: ClientStore, target: ClientStore): Promise<number> => {
  const [from, to] = [ownerName(app, LOCAL_ACCOUNT), ownerName(app, account)];
  const source = await openFor(app, env, local, [from, to]);
  // From here on no tab can add to the local store, and only this account can adopt it. Dying between two steps is mended by
  // adopting again.
  await source.run(({ meta }) => (meta.owner === to ? null : { meta: { owner: to } }));
  const rows = inOrder(source.mirror);
  const queue = await openFor(app, env, target, [to]);
  await queue.run(queueAll(rows));
  const { writes: _, ...empty } = freshMeta(app, from, env);
  const moved = new Set(rows.map(({ mutation }) => mutation.mutationId));
  // Another tab may have been faster and given the store back: what was written there since stays.
  await source.run(({ meta, outbox }) =>
    meta.owner === to && [...outbox.keys()].every((mutationId) => moved.has(mutationId)) ? { clear: ALL, meta: empty } : null,
  );
  return rows.length;
};

/**
 * Moves everything that was written before signing up into the account's local store, from where it syncs like any other
 * edit. Close the client of the local store first and open the account's afterwards. Safe to repeat, also after a crash: each mutation
 * keeps its id. Answers how many mutations were found; none where IndexedDB cannot be opened. Rejects, with nothing lost, where a store
 * cannot be written or is of a newer version, or where another account has begun to adopt the same data.
 */
export const adoptLocalStore = async (adoption: Adoption): Promise<number> => {
  const { app, account, stores, env = browserEnv() } = adoption;
  if (stores !== undefined) return adopt(adoption, env, stores.local, stores.account);
  const local = await openIndexedDbStore(ownerName(app, LOCAL_ACCOUNT)).catch(() => undefined);
  // A client that finds no IndexedDB keeps its records in memory: then nothing is there. What cannot be opened now waits for next time.
  if (local === undefined) return 0;
  try {
    const target = await openIndexedDbStore(ownerName(app, account));
    try {
      return await adopt(adoption, env, local, target);
    } finally {
      await target.close();
    }
  } finally {
    await local.close();
  }
};
