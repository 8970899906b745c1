import type { AppDefinition } from '@tidemark/protocol';
import { createDevelopmentIdentity, createLogger, createMetrics, createServer, openDevelopmentKey } from '@tidemark/server';
import { type Command, Option } from 'commander';
import { addressOf, hostOption, portOption } from '../address.ts';
import { findApp, mountsOf, noSuchApp } from '../apps.ts';
import { type CommandContext, dataOption } from '../context.ts';
import { createDataFolder, dataFolder } from '../data-folder.ts';
import { LOCK_WAIT_MS, type OpenedEngine, openDatabase, openMemory } from '../open-engine.ts';
import { done, failed, type Outcome, wrongInput } from '../outcome.ts';
import { pageFolder } from '../page-folder.ts';
import { stopSignal } from '../platform/stop-signal.ts';

const SAY_WAITING_AFTER_MS = 1_000;
const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'];

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly app?: string;
  readonly storage: 'sqlite' | 'memory';
  readonly logLevel?: string;
  readonly allowDevelopmentTokens?: boolean;
}

type Prepared = Pick<Parameters<typeof createServer>[0], 'identity' | 'logger' | 'metrics'> &
  Required<Pick<Parameters<typeof createServer>[0], 'developmentKey'>>;

const prepare = async (context: CommandContext, options: ServeOptions, folder: string): Promise<Prepared | Outcome> => {
  const key = await openDevelopmentKey(folder);
  if (!key.ok) return failed(key.error.message);
  const identity = createDevelopmentIdentity({
    key: key.value,
    env: context.env,
    nodeEnv: context.variables.NODE_ENV,
    allowDevelopmentTokens: options.allowDevelopmentTokens === true,
  });
  if (!identity.ok) return wrongInput(identity.error.message);
  const level = options.logLevel ?? (context.terminal.interactive ? 'warn' : 'info');
  return {
    developmentKey: key.value,
    identity: identity.value,
    logger: createLogger({ level }),
    metrics: createMetrics({ process: true }),
  };
};

const openStorage = async (context: CommandContext, options: ServeOptions, database: string, metrics: Prepared['metrics']) => {
  if (options.storage === 'memory') {
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

const serveUntilStopped = async (
  context: CommandContext,
  options: ServeOptions,
  only: AppDefinition | undefined,
  opened: OpenedEngine,
  prepared: Prepared,
) => {
  const { env, terminal, variables } = context;
  const otlpEndpoint = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  const server = await createServer({
    ...prepared,
    engine: opened.engine,
    env,
    mounts: mountsOf(only),
    ...(only === undefined ? { staticFiles: pageFolder() } : {}),
    ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }),
  });
  const stopped = stopSignal();
  try {
    const { port } = await server.listen(options.port, options.host);
    terminal.print(`Tidemark is ready at ${addressOf(options.host, port)}`);
  } catch (fault) {
    await server.close();
    return addressFault(fault, options);
  }
  terminal.note(`${await stopped}: finishing what is under way …`);
  await server.close();
  return done;
};

const serve = async (context: CommandContext, options: ServeOptions): Promise<Outcome> => {
  const named = options.app === undefined ? undefined : findApp(options.app);
  if (options.app !== undefined && named === undefined) return noSuchApp(options.app);
  const folder = dataFolder(options.data);
  const unfit = await createDataFolder(folder);
  if (unfit !== undefined) return unfit;
  const prepared = await prepare(context, options, folder.path);
  if ('exit' in prepared) return prepared;
  const opened = await openStorage(context, options, folder.database, prepared.metrics);
  if (!opened.ok) return failed(opened.error.message);
  try {
    return await serveUntilStopped(context, options, named, opened.value, prepared);
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
    .option('--app <name>', 'serve only this app, at /')
    .addOption(new Option('--storage <kind>', 'where the data is kept').choices(['sqlite', 'memory']).default('sqlite'))
    .addOption(
      new Option('--log-level <level>', 'least level that is logged (default: info; on a terminal: warn)')
        .env('LOG_LEVEL')
        .choices(LOG_LEVELS),
    )
    .option('--allow-development-tokens', 'take development tokens although NODE_ENV is production')
    .addHelpText('after', '\nExample:\n  tidemark serve --port 8080 --data /var/lib/tidemark')
    .action(async (options: ServeOptions) => context.finish(await serve(context, options)));
};
