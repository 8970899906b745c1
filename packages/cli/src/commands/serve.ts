import { createLogger, createMetrics, type Metrics } from '@tidemark/server';
import { type Command, Option } from 'commander';
import { addressOf, hostOption, portOption } from '../address.ts';
import { findApp, noSuchApp } from '../apps.ts';
import { configOption, loadConfig } from '../config-file.ts';
import { type CommandContext, dataOption } from '../context.ts';
import { createDataFolder, dataFolder } from '../data-folder.ts';
import { unfinishedMove } from '../migrate/mark.ts';
import { LOCK_WAIT_MS, openByUrl, openDatabase, openMemory } from '../open-engine.ts';
import { openServer, type ServerParts } from '../open-server.ts';
import { done, failed, type Outcome, wrongInput } from '../outcome.ts';
import { stopSignal } from '../platform/stop-signal.ts';
import { type StorageChoice, storageOption } from '../storage-option.ts';

const SAY_WAITING_AFTER_MS = 1_000;
const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'];

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly app?: string;
  readonly storage: StorageChoice;
  readonly logLevel?: string;
  readonly config?: string;
  readonly allowDevelopmentTokens?: boolean;
}

const openStorage = async (context: CommandContext, options: ServeOptions, database: string, metrics: Metrics) => {
  const { storage } = options;
  if ('url' in storage) return openByUrl(storage, context.env, metrics.onCommit);
  if (storage.kind === 'memory') {
    context.terminal.note('Everything is kept in memory and gone when this process ends.');
    return openMemory(context.env, metrics.onCommit);
  }
  const cancel = context.env.setTimer(SAY_WAITING_AFTER_MS, () =>
    context.terminal.note('Waiting for another process to leave the database …'),
  );
  const opened = await openDatabase(database, context.env, { onCommit: metrics.onCommit, lockWaitMs: LOCK_WAIT_MS });
  cancel();
  return opened;
};

const addressFault = (fault: unknown, { port, host }: ServeOptions): Outcome => {
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
  if (code === 'EADDRINUSE')
    return failed(`Port ${port} of ${host} is taken by another program. Stop it, or choose another with --port (0 takes any free one).`);
  if (code === 'EACCES') return failed(`This user may not listen on port ${port}. Choose one above 1023 with --port.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return wrongInput(`${host} is no address of this machine. Mend --host.`);
  throw fault;
};

const serveUntilStopped = async (context: CommandContext, options: ServeOptions, parts: Omit<ServerParts, 'address'>): Promise<Outcome> => {
  const { terminal } = context;
  let address = addressOf(options.host, options.port);
  const unfinished = await unfinishedMove(parts.opened.accounts);
  if (unfinished !== undefined) return failed(unfinished);
  const server = await openServer(context, { ...parts, address: () => address });
  if (!server.ok) return failed(server.error.message);
  const stopped = stopSignal();
  for (const [name, at] of server.value.localIssuers)
    terminal.note(`The local issuer ${name} signs tokens for whoever asks at ${at}/token`);
  try {
    const { port } = await server.value.listen(options.port, options.host);
    address = addressOf(options.host, port);
    terminal.print(`Tidemark is ready at ${address}`);
  } catch (fault) {
    await server.value.close();
    return addressFault(fault, options);
  }
  terminal.note(`${await stopped}: finishing what is under way …`);
  await server.value.close();
  return done;
};

const serve = async (context: CommandContext, options: ServeOptions): Promise<Outcome> => {
  const only = options.app === undefined ? undefined : findApp(options.app);
  if (options.app !== undefined && only === undefined) return noSuchApp(options.app);
  const config = await loadConfig(context, options);
  if ('exit' in config) return config;
  const folder = dataFolder(options.data);
  const unfit = await createDataFolder(folder);
  if (unfit !== undefined) return unfit;
  const logger = createLogger({ level: options.logLevel ?? (context.terminal.interactive ? 'warn' : 'info') });
  const metrics = createMetrics({ process: true });
  const opened = await openStorage(context, options, folder.database, metrics);
  if (!opened.ok) return failed(opened.error.message);
  const allowDevelopmentTokens = options.allowDevelopmentTokens === true;
  try {
    return await serveUntilStopped(context, options, {
      config,
      allowDevelopmentTokens,
      folder: folder.path,
      opened: opened.value,
      logger,
      metrics,
      only,
    });
  } finally {
    await opened.value.close();
  }
};

export const addServe = (program: Command, context: CommandContext): void => {
  program
    .command('serve')
    .summary('serve the apps and the page')
    .description(
      'Serves every app at /apps/NAME and the page at /; with --app that one app at /. Prints its address as soon as it listens.\n' +
        'Ends on Ctrl+C or SIGTERM, after finishing what is under way. Logs JSON lines.',
    )
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(dataOption())
    .addOption(configOption())
    .option('--app <name>', 'serve only this app, at /')
    .addOption(storageOption())
    .addOption(
      new Option('--log-level <level>', 'least level that is logged (default: info; on a terminal: warn)')
        .env('LOG_LEVEL')
        .choices(LOG_LEVELS),
    )
    .option('--allow-development-tokens', 'take development tokens although NODE_ENV is production')
    .addHelpText('after', '\nExample:\n  tidemark serve --port 8080 --data /var/lib/tidemark')
    .action(async (options: ServeOptions) => context.finish(await serve(context, options)));
};
