import type { Result } from '@tidemark/protocol';
import { type Accounts, createKey, type KeyView, listKeys, type NewKey, revokeKey, rotateKey } from '@tidemark/server/accounts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { findApp, noSuchApp } from '../apps.ts';
import { configOption, loadConfig } from '../config-file.ts';
import { type CommandContext, dataOption } from '../context.ts';
import { dataFolder } from '../data-folder.ts';
import { accountIdOf, openAccountsOf } from '../open-accounts.ts';
import { done, failed, type Outcome, wrongInput } from '../outcome.ts';
import { storedOption } from '../storage-option.ts';
import { type DatabaseOptions, withDatabase } from '../with-database.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_MAX = 3_650;
const SCOPES = ['read', 'write'] as const;

interface KeyOptions extends DatabaseOptions {
  readonly config?: string;
  readonly email: string;
}

interface CreateOptions extends KeyOptions {
  readonly name: string;
  readonly scopes: readonly (typeof SCOPES)[number][];
  readonly app?: string;
  readonly days?: number;
}

const parseScopes = (text: string): readonly (typeof SCOPES)[number][] => {
  const named = text.split(',').map((scope) => scope.trim());
  if (!named.every((name) => SCOPES.some((scope) => scope === name))) throw new InvalidArgumentError('Give read, write, or read,write.');
  return SCOPES.filter((scope) => named.includes(scope));
};

const parseDays = (text: string): number => {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX)
    throw new InvalidArgumentError(`Give a whole number of days up to ${DAYS_MAX}.`);
  return days;
};

/** Runs `work` on the accounts of the data folder, for the account with that address. */
const withAccount = async (
  context: CommandContext,
  options: KeyOptions,
  work: (accounts: Accounts, accountId: string) => Promise<Outcome>,
): Promise<Outcome> => {
  const config = await loadConfig(context, options);
  if ('exit' in config) return config;
  return withDatabase(context, options, async (database) => {
    const accounts = await openAccountsOf(context, dataFolder(options.data), database, config);
    if (!accounts.ok) return failed(accounts.error.message);
    const accountId = await accountIdOf(accounts.value, options.email);
    return typeof accountId === 'string' ? work(accounts.value, accountId) : accountId;
  });
};

/** Prints a new key as the last line: the only time it can be read. */
const printKey = ({ terminal }: CommandContext, made: Result<NewKey>): Outcome => {
  if (!made.ok) return wrongInput(made.error.message);
  terminal.note(`Key ${made.value.view.id}. It is not shown again:`);
  terminal.print(made.value.key);
  return done;
};

const day = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString().slice(0, 10));

const lineOf = ({ id, name, scopes, app, expiresAt, usedAt }: KeyView): string =>
  [id, scopes.join(','), app ?? 'every app', `expires ${day(expiresAt)}`, `used ${day(usedAt)}`, name].join('  ');

const create = (context: CommandContext, options: CreateOptions): Promise<Outcome> => {
  if (options.app !== undefined && findApp(options.app) === undefined) return Promise.resolve(noSuchApp(options.app));
  const { name, scopes, app, days } = options;
  const expiresAt = days === undefined ? undefined : context.env.wall() + days * DAY_MS;
  return withAccount(context, options, async (accounts, accountId) =>
    printKey(context, await createKey(accounts.context, accountId, { name, scopes: [...scopes], app, expiresAt })),
  );
};

const list = (context: CommandContext, options: KeyOptions): Promise<Outcome> =>
  withAccount(context, options, async (accounts, accountId) => {
    for (const key of await listKeys(accounts.context, accountId)) context.terminal.print(lineOf(key));
    return done;
  });

const rotate = (context: CommandContext, id: string, options: KeyOptions): Promise<Outcome> =>
  withAccount(context, options, async (accounts, accountId) => printKey(context, await rotateKey(accounts.context, accountId, id)));

const revoke = (context: CommandContext, id: string, options: KeyOptions): Promise<Outcome> =>
  withAccount(context, options, async (accounts, accountId) => {
    const revoked = await revokeKey(accounts.context, accountId, id);
    if (!revoked.ok) return wrongInput(revoked.error.message);
    context.terminal.note(`Key ${id} opens nothing any more.`);
    return done;
  });

const emailOption = (): Option => new Option('--email <address>', 'address of the account that the key belongs to').makeOptionMandatory();

export const addKey = (program: Command, context: CommandContext): void => {
  const key = program
    .command('key')
    .summary('make, list, rotate and revoke API keys')
    .description(
      'API keys of an account, for programs. Each opens what its account has, within its scopes.\n' +
        'Works on PostgreSQL, on DynamoDB, or on a data folder that no server has open; beside such a server its owner uses /auth/keys.',
    )
    .addHelpText('after', '\nExample:\n  tidemark key create --email ann@example.com --name backup --scopes read --days 90');
  const add = (name: string, summary: string): Command =>
    key
      .command(name)
      .description(summary)
      .addOption(emailOption())
      .addOption(dataOption())
      .addOption(storedOption())
      .addOption(configOption());
  add('create', 'print a new key as the last line')
    .requiredOption('--name <text>', 'what it is for')
    .option('--scopes <list>', 'read, write, or read,write', parseScopes, ['read'])
    .option('--app <name>', 'the only app it opens')
    .option('--days <number>', 'days until it expires', parseDays)
    .action(async (options: CreateOptions) => context.finish(await create(context, options)));
  add('list', 'list the keys, without their secrets').action(async (options: KeyOptions) => context.finish(await list(context, options)));
  add('rotate <id>', 'print a successor; the old key goes on for a day').action(async (id: string, options: KeyOptions) =>
    context.finish(await rotate(context, id, options)),
  );
  add('revoke <id>', 'end a key at once').action(async (id: string, options: KeyOptions) =>
    context.finish(await revoke(context, id, options)),
  );
};
