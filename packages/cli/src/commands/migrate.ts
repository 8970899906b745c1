import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../context.ts';
import { createDataFolder, dataFolder, fileExists, noDatabase } from '../data-folder.ts';
import { type MoveProgress, moveServer } from '../migrate/move-server.ts';
import { done, failed, type Outcome, wrongInput } from '../outcome.ts';
import { openProgress, type Progress } from '../progress.ts';
import { type StoredChoice, toStored } from '../storage-option.ts';
import { type DatabaseOptions, databaseName, withDatabase } from '../with-database.ts';

const toPlace = (given: string): DatabaseOptions => {
  if (given.startsWith('sqlite:')) {
    const data = given.slice('sqlite:'.length);
    if (data !== '') return { data, storage: { kind: 'sqlite' } };
  }
  if (given === 'sqlite') throw new InvalidArgumentError('Name the folder: sqlite:./data');
  const storage: StoredChoice = toStored(given);
  return { data: '', storage };
};

const placeOption = (flag: string, what: string): Option =>
  new Option(`${flag} <where>`, `${what}: sqlite:FOLDER, postgres://… or dynamodb://TABLE?region=…`)
    .argParser(toPlace)
    .makeOptionMandatory();

const progressOf = ({ terminal, env }: CommandContext): MoveProgress & Pick<Progress, 'stop'> => {
  let shown: Progress | undefined;
  return {
    begin: (title, total) => {
      shown?.stop();
      shown = openProgress(terminal, env, title, total);
    },
    done: (count) => shown?.update(count),
    stop: () => shown?.stop(),
  };
};

interface MigrateOptions {
  readonly from: DatabaseOptions;
  readonly to: DatabaseOptions;
}

const run = async (context: CommandContext, { from, to }: MigrateOptions): Promise<Outcome> => {
  const source = databaseName(from);
  if (source === databaseName(to)) return wrongInput('--from and --to are the same place.');
  const folder = dataFolder(from.data);
  if (from.storage.kind === 'sqlite' && !(await fileExists(folder.database))) return noDatabase(folder);
  const unfit = to.storage.kind === 'sqlite' ? await createDataFolder(dataFolder(to.data)) : undefined;
  if (unfit !== undefined) return unfit;
  const move = (old: Parameters<Parameters<typeof withDatabase>[2]>[0]) =>
    withDatabase(
      context,
      to,
      async (next) => {
        const progress = progressOf(context);
        const moved = await moveServer(old, next, source, progress);
        progress.stop();
        if (!moved.ok) return moved.error.code === 'BAD_REQUEST' ? wrongInput(moved.error.message) : failed(moved.error.message);
        const { spaces, changes, items, before } = moved.value;
        const what = `${spaces} spaces with ${changes} changes and ${items} account items`;
        if (before) context.terminal.print(`Everything was moved from ${source} before; nothing was done.`);
        else context.terminal.print(`Moved ${what}. Both places are the same.`);
        return done;
      },
      { create: true },
    );
  return withDatabase(context, from, move);
};

export const addMigrate = (program: Command, context: CommandContext): void => {
  program
    .command('migrate')
    .summary('move a whole server to another storage')
    .description(
      'Moves everything of a server into an empty database: all users of all apps with their history, receipts and devices, accounts,\n' +
        'sessions and API keys. Clients go on with the new server as if nothing had been. Stop the servers of both places first.\n' +
        'It can be cut off at any point and run again: it goes on where it stopped, and `serve` refuses the new place before its end.\n' +
        'In the end both places are compared, row by row. Keys are files in the --data folder, not in a database: serve with the same\n' +
        'folder, or copy its files (all but tidemark.db*).',
    )
    .addOption(placeOption('--from', 'where the data is'))
    .addOption(placeOption('--to', 'where it goes'))
    .addHelpText('after', '\nExample:\n  tidemark migrate --from sqlite:./data --to postgres://tidemark:secret@localhost:5432/tidemark')
    .action(async (options: MigrateOptions) => context.finish(await run(context, options)));
};
