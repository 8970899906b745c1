import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '@tidemark/protocol';
import { openSqliteStorage, type SqliteOptions } from './open.ts';
import type { SqliteStorage } from './storage.ts';

/** A real clock and timers; ids and randomness are not asked for by a storage. */
export const testEnv: Env = {
  wall: () => performance.timeOrigin + performance.now(),
  mono: () => performance.now(),
  random: () => 0.5,
  uuid: () => '00000000-0000-4000-8000-000000000000',
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A fresh folder, and what removes it. */
export const freshFolder = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'tidemark-sqlite-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** Opens a storage or fails the test with the refusal's message. */
export const opened = async (file: string, options: Partial<SqliteOptions> = {}): Promise<SqliteStorage> => {
  const result = await openSqliteStorage({ file, env: testEnv, ...options });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};
