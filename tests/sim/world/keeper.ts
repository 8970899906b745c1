import type { Append, Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import type { Env } from '@tidemark/protocol';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { APPS } from '../app.ts';

type Write = (storage: Storage) => Promise<unknown>;

/** What history hears of: an append, or that everything of a space was erased. */
export type Stored = { readonly kind: 'append'; readonly batch: Append } | { readonly kind: 'erase'; readonly space: string };

/** The server's storage with a record of its writes, so that it can be put back to an earlier moment. */
export interface Keeper {
  readonly storage: Storage;
  /** What was stored, told before anybody else can see it. */
  readonly stored: readonly Stored[];
  /** A backup of this moment; opening it leaves this storage as it is. */
  backup(): () => Promise<Keeper>;
}

const openStorage = async (sqlite: boolean, env: Env): Promise<Storage> => {
  if (!sqlite) return createMemoryStorage();
  const opened = await openSqliteStorage({ file: ':memory:', env, apps: [APPS[1]] });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
};

export const openKeeper = async (
  sqlite: boolean,
  env: Env,
  earlier: { readonly writes: readonly Write[]; readonly stored: readonly Stored[] } = { writes: [], stored: [] },
): Promise<Keeper> => {
  const inner = await openStorage(sqlite, env);
  const writes = [...earlier.writes];
  const stored = [...earlier.stored];
  for (const write of writes) await write(inner);
  const also = async <T>(write: (storage: Storage) => Promise<T>, done?: Stored): Promise<T> => {
    const answer = await write(inner);
    if (answer === 'head_moved') return answer;
    writes.push(write);
    if (done !== undefined) stored.push(done);
    return answer;
  };
  const storage: Storage = {
    ...inner,
    append: (batch) => also((again) => again.append(batch), { kind: 'append', batch }),
    putClient: (space, client) => also((again) => again.putClient(space, client)),
    compact: (batch) => also((again) => again.compact(batch)),
    erase: (batch) => also((again) => again.erase(batch), { kind: 'erase', space: batch.space.key }),
  };
  return {
    storage,
    stored,
    backup: () => {
      const kept = { writes: [...writes], stored: [...stored] };
      return () => openKeeper(sqlite, env, kept);
    },
  };
};
