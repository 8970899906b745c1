import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { median } from '../statistics.ts';
import { now } from './clock.ts';
import { freshFolder } from './process.ts';

const SYNCS = 200;
const PAGE_BYTES = 4_096;

export interface Machine {
  readonly node: string;
  readonly sqlite: string;
  readonly cores: string;
  /** Milliseconds to append 4 KiB to a file and sync its data, the median of 200, in the folder the databases are in. */
  readonly syncMs: number;
  /** Load average of the last minute. */
  readonly load: number;
}

const syncMs = (): number => {
  const file = openSync(join(freshFolder(), 'sync'), 'w');
  const page = Buffer.alloc(PAGE_BYTES, 1);
  const sample = Array.from({ length: SYNCS }, () => {
    const began = now();
    writeSync(file, page);
    fdatasyncSync(file);
    return now() - began;
  });
  closeSync(file);
  return median(sample);
};

const sqliteVersion = (): string => {
  const db = new DatabaseSync(':memory:');
  const version = String(Object.values(db.prepare('SELECT sqlite_version()').get() ?? {})[0]);
  db.close();
  return version;
};

/** What every figure depends on. Measure it before the workloads: they raise the load. */
export const readMachine = (): Machine => ({
  node: process.versions.node,
  sqlite: sqliteVersion(),
  cores: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  syncMs: syncMs(),
  load: loadavg()[0] ?? Number.NaN,
});
