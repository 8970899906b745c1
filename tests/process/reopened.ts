import { timeTracker } from '@tidemark/apps/time-tracker';
import { createEngine, type Engine, type Storage } from '@tidemark/engine';
import { createDevelopmentIdentity, createHttpApp, createLogger, createMetrics, createNodeEnv, openDevelopmentKey } from '@tidemark/server';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { expect } from 'vitest';
import { auditLog } from './audit.ts';
import { type Caller, callerBy } from './platform/http.ts';
import type { Sender } from './writer.ts';

const LOCK_WAIT_MS = 5_000;

/** A data folder opened in this process, as a server would after a crash, but without starting one. */
interface Reopened {
  readonly caller: Caller;
  readonly engine: Engine;
  readonly storage: Storage;
  /** What is wrong with the file, the log's chain and the digests. */
  problems(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const reopen = async (folder: string, keyFolder: string, token: string): Promise<Reopened> => {
  const env = createNodeEnv();
  const opened = await openSqliteStorage({ file: `${folder}/tidemark.db`, env, apps: [timeTracker], busyWaitMs: LOCK_WAIT_MS });
  if (!opened.ok) throw new Error(opened.error.message);
  const key = await openDevelopmentKey(keyFolder);
  if (!key.ok) throw new Error(key.error.message);
  const identity = createDevelopmentIdentity({ key: key.value, env, nodeEnv: 'test' });
  if (!identity.ok) throw new Error(identity.error.message);
  const storage = opened.value;
  const engine = createEngine({ storage, apps: [timeTracker], env });
  const app = createHttpApp({
    engine,
    env,
    identity: identity.value,
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    mounts: [{ app: timeTracker, path: '/' }],
  });
  return {
    caller: callerBy(async (path, request) => app.request(path, request), token, ''),
    engine,
    storage,
    problems: async () => {
      const found = [...(await storage.integrityCheck())];
      for await (const space of engine.listSpaces()) found.push(...(await engine.verify(space)).problems);
      return found;
    },
    close: async () => {
      await engine.close();
      await storage.close();
    },
  };
};

/** The ids of all mutations in the log, each as often as it stands there. */
const loggedMutations = async ({ engine, storage }: Reopened): Promise<Map<string, number>> => {
  const times = new Map<string, number>();
  for await (const { key } of engine.listSpaces()) {
    const rows = await storage.readLog(key, { after: 0, limit: 100_000, bytesMax: 2 ** 30 });
    for (const { mutationId } of rows) times.set(mutationId ?? '', (times.get(mutationId ?? '') ?? 0) + 1);
  }
  return times;
};

/** Acknowledged mutations stand in the log once, others at most once, and of a group all or none. */
const checkLogged = (logged: ReadonlyMap<string, number>, { sent, acknowledged }: Sender): void => {
  const groups = new Map<string, Set<number>>();
  for (const { mutationId, group } of sent.values()) {
    const times = logged.get(mutationId) ?? 0;
    if (acknowledged.has(mutationId)) expect([mutationId, times]).toEqual([mutationId, 1]);
    expect(times).toBeLessThanOrEqual(1);
    if (group !== undefined) groups.set(group, (groups.get(group) ?? new Set()).add(times));
  }
  for (const [group, times] of groups) expect([group, times.size]).toEqual([group, 1]);
};

/**
 * What must hold of a data folder after any crash: it opens, file, chain and digests are sound, every acknowledged
 * mutation is in the log once, unacknowledged ones are whole or absent; and when the writers send what they still have,
 * everything sent again is a duplicate with the first answer. `keyFolder` holds the key that signed the token.
 */
export const auditFolder = async (
  folder: string,
  writers: readonly Sender[],
  token: string,
  keyFolder: string = folder,
): Promise<{ readonly changes: number }> => {
  const reopened = await reopen(folder, keyFolder, token);
  try {
    expect(await reopened.problems()).toEqual([]);
    const logged = await loggedMutations(reopened);
    for (const writer of writers) checkLogged(logged, writer);
    for (const writer of writers) await writer.flush(reopened.caller);
    const audited = await auditLog(reopened.caller, writers);
    expect(await reopened.problems()).toEqual([]);
    return audited;
  } finally {
    await reopened.close();
  }
};
