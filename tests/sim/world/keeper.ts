import type { Append, Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import type { Env } from '@tidemark/protocol';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { APPS } from '../app.ts';
import { copyDatabase, removeDatabase, scratchDatabase } from '../platform/scratch.ts';

/** What history hears of: an append, or that everything of a space was erased. */
export type Stored = { readonly kind: 'append'; readonly batch: Append } | { readonly kind: 'erase'; readonly space: string };

/** The server's storage with a record of its writes, so that it can be put back to an earlier moment. */
export interface Keeper {
  /** Another one after each `reopen`. */
  readonly storage: Storage;
  /** What was stored, told before anybody else can see it. */
  readonly stored: readonly Stored[];
  /** A backup of this moment; opening it, also more than once, leaves this storage as it is. */
  backup(): () => Promise<Keeper>;
  /** After the last process over it has died: opens what is on the disk, as the next process does. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** A storage that tells what was written through it. */
const telling = (inner: Storage, tell: (write: (storage: Storage) => Promise<unknown>, stored?: Stored) => void): Storage => {
  const also = async <T>(write: (storage: Storage) => Promise<T>, done?: Stored): Promise<T> => {
    const answer = await write(inner);
    if (answer !== 'head_moved') tell(write, done);
    return answer;
  };
  return {
    ...inner,
    append: (batch) => also((storage) => storage.append(batch), { kind: 'append', batch }),
    putClient: (space, client) => also((storage) => storage.putClient(space, client)),
    compact: (batch) => also((storage) => storage.compact(batch)),
    erase: (batch) => also((storage) => storage.erase(batch), { kind: 'erase', space: batch.space.key }),
  };
};

type Write = (storage: Storage) => Promise<unknown>;

/** On the memory storage, which outlives the processes over it; a backup is what was written so far, to be written again. */
const openMemory = async (writes: readonly Write[], before: readonly Stored[]): Promise<Keeper> => {
  const inner = createMemoryStorage();
  const [written, stored] = [[...writes], [...before]];
  for (const write of written) await write(inner);
  const storage = telling(inner, (write, done) => {
    written.push(write);
    if (done !== undefined) stored.push(done);
  });
  const backup: Keeper['backup'] = () => {
    const [kept, keptStored] = [[...written], [...stored]];
    return () => openMemory(kept, keptStored);
  };
  return { storage, stored, backup, reopen: async () => undefined, close: inner.close };
};

/** On a SQLite file, opened as a server opens it; a backup, and what a crash leaves behind, is a copy of the file and its log. */
const openFile = async (env: Env, file: string, before: readonly Stored[]): Promise<Keeper> => {
  const stored = [...before];
  const tell = (_: Write, done: Stored | undefined): void => void (done === undefined || stored.push(done));
  const open = async (path: string): Promise<Storage> => {
    const opened = await openSqliteStorage({ file: path, env, apps: [APPS[1]] });
    if (!opened.ok) throw new Error(opened.error.message);
    return opened.value;
  };
  let path = file;
  let inner = await open(path);
  let storage = telling(inner, tell);
  const close = async (): Promise<void> => {
    await inner.close();
    removeDatabase(path);
  };
  return {
    get storage() {
      return storage;
    },
    stored,
    backup: () => {
      const [kept, keptStored] = [copyDatabase(path), [...stored]];
      return () => openFile(env, copyDatabase(kept), keptStored);
    },
    reopen: async () => {
      const next = copyDatabase(path);
      await close();
      path = next;
      inner = await open(path);
      storage = telling(inner, tell);
    },
    close,
  };
};

export const openKeeper = (sqlite: boolean, env: Env): Promise<Keeper> =>
  sqlite ? openFile(env, scratchDatabase(), []) : openMemory([], []);
