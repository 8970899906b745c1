import { createEngine, type Engine, type Storage } from '@tidemark/engine';
import { createMemoryStorage } from '@tidemark/engine/memory';
import { counter, defineApp, defineCollection, type Env, max, review, set } from '@tidemark/protocol';
import { createHttpApp, createLogger, createMetrics } from '@tidemark/server';
import * as z from 'zod';

export const notes = defineApp({
  name: 'notes',
  schemaVersion: 1,
  collections: {
    notes: defineCollection({
      name: 'notes',
      fields: {
        title: { schema: z.string().max(100) },
        body: { schema: z.string().optional(), merge: review() },
        likes: { schema: z.number().optional(), merge: counter() },
        best: { schema: z.number().optional(), merge: max() },
        tags: { schema: z.array(z.string()).optional(), merge: set() },
      },
    }),
  },
});

/** A storage that can be copied: the writes so far are played again on an empty one. */
export interface Recorded {
  readonly storage: Storage;
  readonly inner: Storage;
  /** The same writes again on an empty storage: a copy of this moment. */
  copy(): () => Promise<Recorded>;
}

export const record = (writes: readonly ((storage: Storage) => Promise<unknown>)[] = []): Recorded => {
  const done = [...writes];
  const inner = createMemoryStorage();
  const also = <T>(write: (storage: Storage) => Promise<T>): Promise<T> => {
    done.push(write);
    return write(inner);
  };
  return {
    inner,
    storage: {
      ...inner,
      append: (batch) => also((storage) => storage.append(batch)),
      putClient: (space, client) => also((storage) => storage.putClient(space, client)),
      compact: (batch) => also((storage) => storage.compact(batch)),
      erase: (batch) => also((storage) => storage.erase(batch)),
    },
    copy: () => {
      const kept = [...done];
      return async () => {
        const again = record(kept);
        for (const write of kept) await write(again.inner);
        return again;
      };
    },
  };
};

/** The real engine and server on a storage; whoever says a name is that user. */
export const createHttp = (env: Env, storage: Storage): { readonly app: ReturnType<typeof createHttpApp>; readonly engine: Engine } => {
  const metrics = createMetrics();
  const engine = createEngine({ storage, apps: [notes], env, onCommit: metrics.onCommit });
  const app = createHttpApp({
    engine,
    env,
    metrics,
    logger: createLogger({ level: 'silent' }),
    mounts: [{ app: notes, path: '/apps/notes' }],
    identity: {
      authenticate: async ({ authorization }) => {
        const subject = (authorization ?? '').replace('Bearer ', '');
        if (subject === '' || subject === 'expired') return { ok: false, error: { code: 'UNAUTHENTICATED', message: 'expired' } };
        const expiresAt = env.wall() + 3_600_000;
        return {
          ok: true,
          value: { issuer: 'test', subject, spaceKey: subject, scopes: ['read', 'write'], emailVerified: true, expiresAt },
        };
      },
    },
  });
  return { app, engine };
};
