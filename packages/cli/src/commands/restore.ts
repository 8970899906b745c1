import { resolve } from 'node:path';
import { holdLock } from '@tidemark/storage/sqlite';
import type { Command } from 'commander';
import { type CommandContext, dataOption } from '../context.ts';
import { createDataFolder, dataFolder, fileExists } from '../data-folder.ts';
import { done, failed, type Outcome, wrongInput } from '../outcome.ts';
import { copyDatabase, removeDatabase, replaceDatabase } from '../restore/database-files.ts';
import { prepareDraft } from '../restore/prepare-draft.ts';
import { draftOf } from '../write-file.ts';

const restoreInto = async (context: CommandContext, backup: string, database: string): Promise<Outcome> => {
  const draft = draftOf(database, context.env.uuid());
  try {
    await copyDatabase(backup, draft);
    const prepared = await prepareDraft(context, draft, backup);
    if ('exit' in prepared) return prepared;
    const kept = await replaceDatabase(draft, database, `${database}.before-restore-${Math.floor(context.env.wall())}`);
    if (kept !== undefined) context.terminal.note(`The replaced database is kept as ${kept}.`);
    context.terminal.print(
      `Restored ${prepared.spaces} spaces from ${backup}, each with a new epoch: clients pull anew and keep their outbox.`,
    );
    return done;
  } finally {
    await removeDatabase(draft);
  }
};

const run = async (context: CommandContext, file: string, data: string): Promise<Outcome> => {
  const backup = resolve(file);
  const folder = dataFolder(data);
  if (!(await fileExists(backup))) return wrongInput(`There is no file ${file}.`);
  if (backup === folder.database) return wrongInput(`${file} is the database itself. Name a file that \`tidemark backup\` wrote.`);
  const unfit = await createDataFolder(folder);
  if (unfit !== undefined) return unfit;
  const release = await holdLock(folder.database, context.env, 0);
  if (!release.ok) return failed(release.error.message);
  try {
    return await restoreInto(context, backup, folder.database);
  } finally {
    release.value();
  }
};

export const addRestore = (program: Command, context: CommandContext): void => {
  program
    .command('restore')
    .summary('put a backup in the place of the database')
    .description(
      'Checks the backup as doctor does, starts a new epoch in each space, then puts it in place.\n' +
        'The replaced database stays beside it. Needs the database for itself: stop `tidemark serve` first.',
    )
    .argument('<file>', 'a file that `tidemark backup` wrote')
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  tidemark restore /backups/tidemark.db')
    .action(async (file: string, options: { readonly data: string }) => context.finish(await run(context, file, options.data)));
};
