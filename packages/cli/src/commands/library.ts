import { readFile } from 'node:fs/promises';
import type { Entry, FillReport, ReadFile, RefusedRow } from '@tidemark/apps/weekday/pipeline';
import { ok, type Result } from '@tidemark/protocol';
import { Argument, type Command } from 'commander';
import { type CommandContext, dataOption } from '../context.ts';
import { createDataFolder, dataFolder, fileExists } from '../data-folder.ts';
import { done, failed, type Outcome, wrongInput } from '../outcome.ts';
import { openProgress } from '../progress.ts';
import { storedOption } from '../storage-option.ts';
import { type DatabaseOptions, withDatabase } from '../with-database.ts';

const REFUSED_SHOWN_MAX = 20;

interface LibraryOptions extends DatabaseOptions {
  readonly dryRun?: boolean;
}

/** The pipeline with its catalogue, only where it is wanted. */
const pipeline = () => import('@tidemark/apps/weekday/pipeline');

const READERS: Readonly<Record<string, (text: string) => Promise<Result<ReadFile>>>> = {
  'usda-sr': async (text) => (await pipeline()).readUsdaSr(text),
  'free-exercise-db': async (text) => (await pipeline()).readFreeExerciseDb(text),
};

const refusalsOf = (refused: readonly RefusedRow[], rows: number): Outcome => {
  if (refused.length === 0) return done;
  const shown = refused.slice(0, REFUSED_SHOWN_MAX).map(({ row, problem }) => `  row ${row}: ${problem}`);
  const more = refused.length > shown.length ? [`  and ${refused.length - shown.length} more`] : [];
  return failed([`${refused.length} of ${rows} rows were refused; the others are in:`, ...shown, ...more].join('\n'));
};

const summary = ({ added, changed, same }: FillReport): string => `${added} added, ${changed} changed, ${same} the same`;

const store = async (context: CommandContext, options: LibraryOptions, what: string, { entries, refused }: ReadFile): Promise<Outcome> => {
  const unfit = options.storage.kind === 'sqlite' ? await createDataFolder(dataFolder(options.data)) : undefined;
  if (unfit !== undefined) return unfit;
  const { fillLibrary } = await pipeline();
  const work = async (engine: Parameters<typeof fillLibrary>[0]): Promise<Outcome> => {
    const progress = openProgress(context.terminal, context.env, 'Storing entries', entries.length);
    const dryRun = options.dryRun === true;
    const filled = await fillLibrary(engine, context.env, entries, { onProgress: progress.update, dryRun });
    progress.stop();
    if (!filled.ok) return failed(`${filled.error.code}: ${filled.error.message} Run it again: it goes on where it stopped.`);
    context.terminal.print(`${dryRun ? 'Dry run, nothing was written. ' : ''}${what}: ${summary(filled.value)}.`);
    return refusalsOf([...refused, ...filled.value.refused], entries.length + refused.length);
  };
  return withDatabase(context, options, ({ engine }) => work(engine), { create: true });
};

const importFile = async (context: CommandContext, table: string, file: string, options: LibraryOptions): Promise<Outcome> => {
  if (!(await fileExists(file))) return wrongInput(`There is no file ${file}.`);
  const read = (await READERS[table]?.(await readFile(file, 'utf8'))) ?? ok({ entries: [], refused: [] });
  if (!read.ok) return wrongInput(`${file} cannot be imported; nothing was written. ${read.error.message}`);
  return store(context, options, table, read.value);
};

const seed = async (context: CommandContext, options: LibraryOptions): Promise<Outcome> => {
  const { CATALOGUE, CATALOGUE_VERSION } = await pipeline();
  const entries: readonly Entry[] = CATALOGUE;
  return store(context, options, CATALOGUE_VERSION, { entries, refused: [] });
};

const withOptions = (command: Command): Command =>
  command.addOption(dataOption()).addOption(storedOption()).option('--dry-run', 'say what would happen, write nothing');

export const addLibrary = (program: Command, context: CommandContext): void => {
  const library = program
    .command('library')
    .summary('fill the libraries of foods, exercises and more')
    .description(
      'The libraries that everybody may read under /library: foods, nutrients, supplements, exercises, programs, nutrition templates.\n' +
        'A server that nobody filled answers from the catalogue that it ships with. What is new is added, what differs replaced, and\n' +
        'nothing removed, so that each command may be repeated, and goes on where it stopped.\n' +
        'Needs an SQLite database for itself: stop `tidemark serve` first.',
    )
    .addHelpText('after', '\nExample:\n  tidemark library import usda-sr usda-sr-abbrev.csv');
  withOptions(
    library
      .command('import')
      .description(
        'Add what a public table holds: usda-sr, the abbreviated table of the USDA National Nutrient Database for Standard Reference\n' +
          '(CSV with a header row); free-exercise-db, its list of exercises (JSON). Rows that are refused are reported, and the command\n' +
          'then answers 1; the other rows are in.',
      )
      .addArgument(new Argument('<table>', 'what the file is').choices(Object.keys(READERS)))
      .argument('<file>', 'the file'),
  ).action(async (table: string, file: string, options: LibraryOptions) => context.finish(await importFile(context, table, file, options)));
  withOptions(library.command('seed').description('Store the starter catalogue of this version of Tidemark.')).action(
    async (options: LibraryOptions) => context.finish(await seed(context, options)),
  );
};
