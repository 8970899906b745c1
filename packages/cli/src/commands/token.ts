import { issueDevelopmentToken, openDevelopmentKey } from '@tidemark/server';
import { type Command, InvalidArgumentError } from 'commander';
import { findApp, noSuchApp } from '../apps.ts';
import { appOption, type CommandContext, dataOption, userOption } from '../context.ts';
import { createDataFolder, dataFolder } from '../data-folder.ts';
import { done, failed, type Outcome, wrongInput } from '../outcome.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_MAX = 3_650;

interface TokenOptions {
  readonly data: string;
  readonly app: string;
  readonly user: string;
  readonly days: number;
}

const parseDays = (text: string): number => {
  const days = Number(text);
  if (!Number.isFinite(days) || days <= 0 || days > DAYS_MAX) throw new InvalidArgumentError(`Give a number of days up to ${DAYS_MAX}.`);
  return days;
};

/** Touches the key file only, never the database, so that it works beside `serve`. */
const token = async (context: CommandContext, options: TokenOptions): Promise<Outcome> => {
  if (findApp(options.app) === undefined) return noSuchApp(options.app);
  const folder = dataFolder(options.data);
  const unfit = await createDataFolder(folder);
  if (unfit !== undefined) return unfit;
  const key = await openDevelopmentKey(folder.path);
  if (!key.ok) return failed(key.error.message);
  const claims = { app: options.app, user: options.user, expiresIn: options.days * DAY_MS };
  const issued = await issueDevelopmentToken(key.value, claims, context.env);
  if (!issued.ok) return wrongInput(issued.error.message);
  context.terminal.note(
    `Development token of ${options.user} for ${options.app}, ${options.days} days, signed by the key in ${folder.path}:`,
  );
  context.terminal.print(issued.value);
  return done;
};

export const addToken = (program: Command, context: CommandContext): void => {
  program
    .command('token')
    .summary('print a development token')
    .description('Prints a development token as the last line. Works while `tidemark serve` runs on the same data folder.')
    .addOption(dataOption())
    .addOption(appOption())
    .addOption(userOption())
    .option('--days <number>', 'days until it expires', parseDays, 30)
    .addHelpText('after', '\nExample:\n  TOKEN=$(tidemark token --app time-tracker --user demo | tail -1)')
    .action(async (options: TokenOptions) => context.finish(await token(context, options)));
};
