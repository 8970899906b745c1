import { resolve } from 'node:path';
import { backupFile } from '@tidemark/storage/sqlite';
import type { Command } from 'commander';
import { type CommandContext, dataOption } from '../context.ts';
import { dataFolder, fileExists, missingFolderOf, noDatabase } from '../data-folder.ts';
import { done, type Outcome, wrongInput } from '../outcome.ts';
import { openProgress } from '../progress.ts';
import { writeThroughDraft } from '../write-file.ts';

const run = async (context: CommandContext, file: string, data: string): Promise<Outcome> => {
  const folder = dataFolder(data);
  const target = resolve(file);
  if (target === folder.database) return wrongInput(`${file} is the database itself. Name another file for the backup.`);
  if (!(await fileExists(folder.database))) return noDatabase(folder);
  const unfit = await missingFolderOf(target);
  if (unfit !== undefined) return unfit;
  const progress = openProgress(context.terminal, context.env, 'Pages copied', 0);
  await writeThroughDraft(target, context.env.uuid(), (draft) =>
    backupFile(folder.database, draft, ({ pagesDone }) => progress.update(pagesDone)),
  );
  progress.stop();
  context.terminal.print(`Backed up ${folder.database} to ${target}.`);
  return done;
};

export const addBackup = (program: Command, context: CommandContext): void => {
  program
    .command('backup')
    .summary('copy the whole database to a file')
    .description(
      'Copies the database with everything in it: records, log, receipts, conflicts, of all apps and users.\n' +
        'The file appears complete or not at all. ' +
        'May run while `tidemark serve` does: it copies one moment, and nobody waits. The development key is not part of it.',
    )
    .argument('<file>', 'file to write, replaced as a whole when it exists')
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  tidemark backup /backups/tidemark.db')
    .action(async (file: string, options: { readonly data: string }) => context.finish(await run(context, file, options.data)));
};
