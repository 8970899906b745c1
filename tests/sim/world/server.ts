import { createEngine, type Engine } from '@tidemark/engine';
import type { Env, Json } from '@tidemark/protocol';
import { createHttpApp, createLogger, createMetrics } from '@tidemark/server';
import { APPS, type Version } from '../app.ts';
import { lightRequest, useLightResponses } from '../platform/light-http.ts';
import { type Context, type Life, strikes } from './context.ts';
import type { Keeper } from './keeper.ts';
import { faultyStorage } from './storage-faults.ts';

useLightResponses();

export const ISSUER = 'sim';
export const MOUNT = '/apps/sim';

/** One process of the server: the real engine and HTTP surface over a storage that may fail. */
export interface ServerProcess {
  readonly life: Life;
  readonly version: Version;
  readonly engine: Engine;
  /** A body is given apart from the rest. */
  request(path: string, init: RequestInit, body?: string): Promise<Response>;
  /** Calls `fire` when the process dies; the returned function ends it. */
  onDeath(fire: () => void): () => void;
  kill(): void;
}

/** `user.expiresAt` → the principal; the expiry is by the server's clock. */
const identityOf = (env: Env) => ({
  authenticate: async ({ authorization }: { readonly authorization: string | null }) => {
    const [user = '', expires = ''] = (authorization ?? '').replace('Bearer ', '').split('.');
    if (user === '' || Number(expires) <= env.wall())
      return { ok: false as const, error: { code: 'UNAUTHENTICATED' as const, message: 'the token has expired' } };
    const expiresAt = Number(expires);
    return {
      ok: true as const,
      value: { issuer: ISSUER, subject: user, spaceKey: user, scopes: ['read', 'write'], emailVerified: true, expiresAt },
    };
  },
});

export interface ServerParts {
  readonly context: Context;
  readonly name: string;
  readonly version: Version;
  readonly env: Env;
  readonly keeper: Keeper;
  readonly onStored: () => void;
}

/** Starts a process on the storage. `onStored` is called after each write, before the process knows of it. */
export const startServer = ({ context, name, version, env, keeper, onStored }: ServerParts): ServerProcess => {
  const life: Life = { name, alive: true };
  const listeners = new Set<() => void>();
  const kill = (): void => {
    life.alive = false;
    for (const fire of [...listeners]) fire();
    listeners.clear();
  };
  const mortalEnv: Env = {
    ...env,
    setTimer: (delayMs, fire) => env.setTimer(delayMs, () => (life.alive ? fire() : undefined)),
    point: async (at) => {
      if (!strikes(context, 'serverPoint')) return;
      context.sometimes.hit(`server died at "${at}"`);
      kill();
      await new Promise(() => undefined);
    },
  };
  const metrics = createMetrics();
  const app = APPS[version];
  const storage = faultyStorage({ context, life, storage: keeper.storage, kill, onStored });
  const engine = createEngine({ storage, apps: [app], env: mortalEnv, onCommit: metrics.onCommit });
  const http = createHttpApp({
    engine,
    env: mortalEnv,
    metrics,
    logger: createLogger({ level: 'silent' }),
    mounts: [{ app, path: MOUNT }],
    identity: identityOf(mortalEnv),
  });
  return {
    life,
    version,
    engine,
    request: async (path, init, body) => http.fetch(lightRequest(`http://server${path}`, init, body)),
    onDeath: (fire) => {
      listeners.add(fire);
      return () => listeners.delete(fire);
    },
    kill,
  };
};

/** What the body of a request or an answer holds, undefined where it is no JSON. */
export const parseJson = (text: string | undefined): Json | undefined => {
  if (text === undefined) return undefined;
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
};
