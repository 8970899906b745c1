import { createHttpApp, createLogger, createMetrics, type Mount } from '@tidemark/server';
import type { Command } from 'commander';
import { addressOf, hostOption, portOption } from '../address.ts';
import { findApp, mountsOf, noSuchApp } from '../apps.ts';
import type { CommandContext } from '../context.ts';
import { openMemory } from '../open-engine.ts';
import { done, failed, type Outcome } from '../outcome.ts';

interface AppsOptions {
  readonly port: number;
  readonly host: string;
  readonly app?: string;
}

interface ListedRoute {
  readonly method: string;
  readonly path: string;
}

/** What a server answers under a mount; entries for every method only refuse. */
const routesUnder = (mount: Mount, routes: readonly ListedRoute[]): readonly ListedRoute[] => {
  const base = mount.path.replace(/\/$/, '');
  return routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith(`${base}/`))
    .map(({ method, path }) => ({ method, path: path.slice(base.length) }));
};

/** Puts together the very server that `serve` starts, on memory, and reads its routes. */
const list = async (context: CommandContext, options: AppsOptions): Promise<Outcome> => {
  const only = options.app === undefined ? undefined : findApp(options.app);
  if (options.app !== undefined && only === undefined) return noSuchApp(options.app);
  const { env, terminal } = context;
  const metrics = createMetrics();
  const opened = openMemory(env, metrics.onCommit);
  if (!opened.ok) return failed(opened.error.message);
  const mounts = mountsOf(only);
  const identity = { authenticate: async () => ({ ok: false as const, error: { code: 'UNAUTHENTICATED' as const, message: '' } }) };
  const http = createHttpApp({ engine: opened.value.engine, identity, env, logger: createLogger({ level: 'silent' }), metrics, mounts });
  for (const mount of mounts) {
    terminal.print(`${mount.app.name}  ${addressOf(options.host, options.port)}${mount.path}`);
    for (const { method, path } of routesUnder(mount, http.routes)) terminal.print(`  ${method.padEnd(6)} ${path}`);
  }
  await opened.value.close();
  return done;
};

export const addApps = (program: Command, context: CommandContext): void => {
  program
    .command('apps')
    .summary('list the apps, where they are served, and their routes')
    .description(
      'Lists what `tidemark serve` with the same options mounts: each app, its address, its routes. Needs no running server\n' +
        'and touches no data.',
    )
    .addOption(portOption())
    .addOption(hostOption())
    .option('--app <name>', 'only this app, at /')
    .addHelpText('after', '\nExample:\n  tidemark apps --port 8080')
    .action(async (options: AppsOptions) => context.finish(await list(context, options)));
};
