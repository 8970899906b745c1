import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AppDefinition } from '@tidemark/protocol';
import { openExport } from '@tidemark/server/transfer';
import type { Command } from 'commander';
import { findApp, noSuchApp } from '../apps.ts';
import { appOption, type CommandContext, dataOption, userOption } from '../context.ts';
import { missingFolderOf } from '../data-folder.ts';
import type { OpenedEngine } from '../open-engine.ts';
import { done, failed, type Outcome } from '../outcome.ts';
import { openProgress } from '../progress.ts';
import { noSuchSpace, spaceOf } from '../spaces.ts';
import { storedOption } from '../storage-option.ts';
import { type DatabaseOptions, withDatabase } from '../with-database.ts';
import { writeThroughDraft } from '../write-file.ts';

interface ExportOptions extends DatabaseOptions {
  readonly app: string;
  readonly user: string;
  readonly output?: string;
  readonly history?: boolean;
}

const exportSpace = async (context: CommandContext, { storage, engine }: OpenedEngine, app: AppDefinition, options: ExportOptions) => {
  const space = spaceOf(app.name, options.user);
  if ((await storage.readSpace(space.key)) === undefined) return noSuchSpace(app.name, options.user);
  const opened = await openExport(engine, space, { app, exportedAt: context.env.wall(), history: options.history === true });
  if (!opened.ok) return failed(`${opened.error.code}: ${opened.error.message}`);
  const { manifest } = opened.value;
  const records = Object.values(manifest.counts).reduce((sum, count) => sum + count, 0);
  const progress = openProgress(context.terminal, context.env, 'Exporting records', records);
  const text = opened.value.text(progress.update);
  if (options.output === undefined) for await (const piece of text) await context.terminal.write(piece);
  else {
    await writeThroughDraft(resolve(options.output), context.env.uuid(), async (draft) => {
      for await (const piece of text) await appendFile(draft, piece);
    });
  }
  progress.stop();
  context.terminal.note(
    `Exported ${records} records of ${options.user} at seq ${manifest.seq}${options.output === undefined ? '' : ` to ${options.output}`}.`,
  );
  if (manifest.openConflicts > 0) context.terminal.note(`${manifest.openConflicts} open conflicts are in the file.`);
  return done;
};

const run = async (context: CommandContext, options: ExportOptions): Promise<Outcome> => {
  const app = findApp(options.app);
  if (app === undefined) return noSuchApp(options.app);
  const unfit = options.output === undefined ? undefined : await missingFolderOf(resolve(options.output));
  if (unfit !== undefined) return unfit;
  return withDatabase(context, options, (database) => exportSpace(context, database, app, options));
};

export const addExport = (program: Command, context: CommandContext): void => {
  program
    .command('export')
    .summary('write the records of one user as JSON lines')
    .description(
      'Writes everything of one user of one app as JSON lines: a manifest, the records in order, a seal with a SHA-256 of each part.\n' +
        'Deleted records are in it as far as the server still keeps them; with --history so are all changes and receipts.\n' +
        'Needs an SQLite database for itself: stop `tidemark serve` first.',
    )
    .addOption(dataOption())
    .addOption(storedOption())
    .addOption(appOption())
    .addOption(userOption())
    .option('-o, --output <file>', 'file to write, replaced as a whole when it exists (default: stdout)')
    .option('--history', 'also every change and every receipt')
    .addHelpText('after', '\nExample:\n  tidemark export --app time-tracker --user demo -o demo.jsonl')
    .action(async (options: ExportOptions) => context.finish(await run(context, options)));
};
