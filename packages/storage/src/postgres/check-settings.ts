import { ok, type Result, refuse } from '@tidemark/protocol';
import type { Statements } from './database.ts';

const VERSION_MIN = 140_000;

interface Setting {
  readonly name: string;
  readonly fits: (value: string) => boolean;
  /** What is at stake, and what to do. */
  readonly advice: string;
}

const SETTINGS: readonly Setting[] = [
  {
    name: 'server_version_num',
    fits: (value) => Number(value) >= VERSION_MIN,
    advice: 'Tidemark needs PostgreSQL 14 or newer.',
  },
  { name: 'server_encoding', fits: (value) => value === 'UTF8', advice: 'Create the database with ENCODING UTF8.' },
  {
    name: 'transaction_read_only',
    fits: (value) => value === 'off',
    advice: 'This server takes no writes; it may be a replica. Name the primary.',
  },
  {
    name: 'fsync',
    fits: (value) => value === 'on',
    advice: 'Without it an acknowledged write can be lost in a power failure. Set fsync = on.',
  },
  {
    name: 'full_page_writes',
    fits: (value) => value === 'on',
    advice: 'Without it a power failure can tear a page. Set full_page_writes = on.',
  },
  {
    name: 'synchronous_commit',
    fits: (value) => value !== 'off',
    advice: 'With off, PostgreSQL says yes before the write is on disk. Set synchronous_commit = on for this database or role.',
  },
  {
    name: 'default_transaction_isolation',
    fits: (value) => value === 'read committed',
    advice: "Set it back for this role: ALTER ROLE … SET default_transaction_isolation = 'read committed'.",
  },
];

/** Refuses a server whose settings would break a guarantee, with the setting's name and what to do. */
export const checkSettings = async (db: Statements): Promise<Result<true>> => {
  const names = SETTINGS.map(({ name }) => name);
  const found = await db.rows<[string, string]>('SELECT n, current_setting(n) FROM unnest($1::text[]) n', [names]);
  const values = new Map(found);
  for (const { name, fits, advice } of SETTINGS) {
    const value = values.get(name) ?? '';
    if (!fits(value)) return refuse('UNAVAILABLE', `PostgreSQL's ${name} is ${value}. ${advice}`, { setting: name, value });
  }
  return ok(true);
};
