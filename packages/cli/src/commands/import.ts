import { createReadStream } from 'node:fs';
import type { AppDefinition } from '@tidemark/protocol';
import {
  checkExport,
  type ExportSource,
  type FileProblem,
  type ImportCounts,
  importFile,
  SMALL_BATCHES,
  type SoundExport,
} from '@tidemark/server/transfer';
import type { Command } from 'commander';
import { findApp, noSuchApp } from '../apps.ts';
import { appOption, type CommandContext, dataOption, userOption } from '../context.ts';
import { createDataFolder, dataFolder, fileExists } from '../data-folder.ts';
import type { OpenedEngine } from '../open-engine.ts';
import { done, failed, type Outcome, wrongInput } from '../outcome.ts';
import { openProgress } from '../progress.ts';
import { spaceOf } from '../spaces.ts';
import { storedOption } from '../storage-option.ts';
import { type DatabaseOptions, withDatabase } from '../with-database.ts';

const PROBLEMS_SHOWN_MAX = 20;

interface ImportOptions extends DatabaseOptions {
  readonly app: string;
  readonly user: string;
  readonly dryRun?: boolean;
}

const refused = (file: string, problems: readonly FileProblem[]): Outcome => {
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).map(({ line, problem }) => `  line ${line}: ${problem}`);
  const more = problems.length > shown.length ? [`  and ${problems.length - shown.length} more`] : [];
  return wrongInput([`${file} cannot be imported; nothing was written:`, ...shown, ...more].join('\n'));
};

const summary = (counts: Readonly<ImportCounts>): string =>
  [
    `${counts.written} written`,
    `${counts.merged} merged`,
    `${counts.conflict} with a conflict`,
    `${counts.unchanged} unchanged`,
    `${counts.known} known from an earlier import of this file`,
  ].join(', ');

const sourceOf =
  (file: string): ExportSource =>
  () =>
    createReadStream(file);

const importInto = async (
  context: CommandContext,
  { engine }: OpenedEngine,
  file: string,
  checked: SoundExport,
  options: ImportOptions,
) => {
  const space = spaceOf(options.app, options.user);
  const dryRun = options.dryRun === true;
  const progress = openProgress(context.terminal, context.env, dryRun ? 'Checking records' : 'Importing records', checked.records);
  const job = { engine, space, source: sourceOf(file), checked, mode: 'merge' as const, onProgress: progress.update };
  const report = await importFile(job, checked.records, { dryRun, size: SMALL_BATCHES });
  progress.stop();
  if (!report.ok) return failed(`${report.error.code}: ${report.error.message} Run the import again: it goes on where it stopped.`);
  const { counts, problems } = report.value;
  if (problems.length > 0) return refused(file, problems);
  const what = `${checked.records} records: ${summary(counts)}.`;
  context.terminal.print(dryRun ? `Dry run, nothing was written. ${what}` : `Imported ${what}`);
  return done;
};

const run = async (context: CommandContext, app: AppDefinition, file: string, options: ImportOptions): Promise<Outcome> => {
  if (!(await fileExists(file))) return wrongInput(`There is no file ${file}.`);
  const checked = await checkExport(sourceOf(file), app);
  if (!checked.sound) return refused(file, checked.problems);
  const unfit = options.storage.kind === 'sqlite' ? await createDataFolder(dataFolder(options.data)) : undefined;
  if (unfit !== undefined) return unfit;
  return withDatabase(context, options, (database) => importInto(context, database, file, checked, options), { create: true });
};

export const addImport = (program: Command, context: CommandContext): void => {
  program
    .command('import')
    .summary('merge an export file into the records of one user')
    .description(
      'Checks the whole file first and writes nothing if a line is wrong. Records are merged like edits of one more client:\n' +
        'equal ones change nothing, and the same file a second time adds nothing. For a user who has nothing yet all comes exactly\n' +
        'as it was: numbers, times, who wrote what, open conflicts, and the history if the file has it.\n' +
        'Needs an SQLite database for itself: stop `tidemark serve` first.',
    )
    .argument('<file>', 'a file that `tidemark export` wrote')
    .addOption(dataOption())
    .addOption(storedOption())
    .addOption(appOption())
    .addOption(userOption())
    .option('--dry-run', 'say what would happen, write nothing')
    .addHelpText('after', '\nExample:\n  tidemark import --app time-tracker --user demo --dry-run demo.jsonl')
    .action(async (file: string, options: ImportOptions) => {
      const app = findApp(options.app);
      context.finish(app === undefined ? noSuchApp(options.app) : await run(context, app, file, options));
    });
};
