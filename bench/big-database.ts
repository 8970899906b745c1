import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { timeTracker } from '@tidemark/apps/time-tracker';
import { createEngine } from '@tidemark/engine';
import { createNodeEnv } from '@tidemark/server';
import { openSqliteStorage } from '@tidemark/storage/sqlite';
import { now } from './platform/clock.ts';
import { APP, pushOfTasks } from './tasks.ts';

const CHUNK = 5_000;
/** A machine that is slower than this gets a smaller database, and the report says so. */
const BUILD_MS_MAX = 240_000;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What decides about the content of the file: its tables, what stands in a record's rows, and the tasks. */
const CONTENT = [
  'packages/storage/src/sqlite/schema.ts',
  'packages/storage/src/sqlite/index-key.ts',
  'packages/storage/src/sqlite/search-words.ts',
  'packages/engine/src/hash.ts',
  'packages/engine/src/plan/meta.ts',
  'packages/protocol/src/digest.ts',
  'packages/apps/src/time-tracker/schema.ts',
  'bench/tasks.ts',
];

/** The user whose space the records are in. */
export const BIG_USER = 'big';
/** The file's name in a data folder of the server. */
const DATABASE_FILE = 'tidemark.db';

export interface BigDatabase {
  /** A data folder for `tidemark serve --data`. */
  readonly data: string;
  readonly records: number;
}

const fill = async (file: string, records: number): Promise<number> => {
  const env = createNodeEnv();
  const opened = await openSqliteStorage({ file, env, apps: [timeTracker] });
  if (!opened.ok) throw new Error(opened.error.message);
  const engine = createEngine({ storage: opened.value, apps: [timeTracker], env });
  const began = now();
  let at = 0;
  while (at < records && now() - began < BUILD_MS_MAX) {
    const count = Math.min(CHUNK, records - at);
    const answer = await engine.push({ app: APP, key: `${APP}/${BIG_USER}` }, pushOfTasks('builder', at, count, at + 1));
    if (!answer.ok) throw new Error(answer.error.message);
    at += count;
  }
  await engine.close();
  await opened.value.close();
  return at;
};

/**
 * A data folder with one space of so many records, made through the engine by pushes of 5,000, and kept in the system's
 * folder for temporary files under a key of its content. A build that was cut off by its time is used once, not kept.
 */
export const bigDatabase = async (records: number): Promise<BigDatabase> => {
  const hash = createHash('sha256').update(`${records}`);
  for (const path of CONTENT) hash.update(readFileSync(join(ROOT, path)));
  const data = join(tmpdir(), `tidemark-bench-database-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(data)) return { data, records };
  const unfinished = `${data}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const written = await fill(join(unfinished, DATABASE_FILE), records);
  if (written === records) {
    renameSync(unfinished, data);
    return { data, records };
  }
  process.once('exit', () => rmSync(unfinished, { recursive: true, force: true }));
  return { data: unfinished, records: written };
};
