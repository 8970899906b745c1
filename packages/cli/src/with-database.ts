import type { CommandContext } from './context.ts';
import { type DataFolder, fileExists, noDatabase } from './data-folder.ts';
import { type OpenedDatabase, openDatabase } from './open-engine.ts';
import { failed, type Outcome } from './outcome.ts';

/** Runs `work` on the database of a data folder, held by this process alone, and closes it; says so when another process has it. */
export const withDatabase = async (
  context: CommandContext,
  folder: DataFolder,
  work: (database: OpenedDatabase) => Promise<Outcome>,
): Promise<Outcome> => {
  if (!(await fileExists(folder.database))) return noDatabase(folder);
  const opened = await openDatabase(folder.database, context.env);
  if (!opened.ok) return failed(opened.error.message);
  try {
    return await work(opened.value);
  } finally {
    await opened.value.close();
  }
};
