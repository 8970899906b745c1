import type { CommandContext } from './context.ts';
import { dataFolder, fileExists, noDatabase } from './data-folder.ts';
import { type OpenedEngine, openByUrl, openDatabase } from './open-engine.ts';
import { failed, type Outcome } from './outcome.ts';
import type { StoredChoice } from './storage-option.ts';

/** Which database a command works on. */
export interface DatabaseOptions {
  readonly data: string;
  readonly storage: StoredChoice;
}

/** How it is called in what a command prints. */
export const databaseName = ({ data, storage }: DatabaseOptions): string => {
  if (storage.kind === 'sqlite') return dataFolder(data).database;
  const { host, pathname } = new URL(storage.url);
  return `${host}${pathname}`;
};

/**
 * Runs `work` on a database and closes it. A file is held by this process alone: says so when another process has it. PostgreSQL
 * and DynamoDB may be served meanwhile.
 */
export const withDatabase = async (
  context: CommandContext,
  { data, storage }: DatabaseOptions,
  work: (database: OpenedEngine) => Promise<Outcome>,
  { create = false }: { readonly create?: boolean } = {},
): Promise<Outcome> => {
  const folder = dataFolder(data);
  if (storage.kind === 'sqlite' && !create && !(await fileExists(folder.database))) return noDatabase(folder);
  const opened = storage.kind === 'sqlite' ? await openDatabase(folder.database, context.env) : await openByUrl(storage, context.env);
  if (!opened.ok) return failed(opened.error.message);
  try {
    return await work(opened.value);
  } finally {
    await opened.value.close();
  }
};
