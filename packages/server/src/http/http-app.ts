import { type Engine, StorageFailure } from '@tidemark/engine';
import { type AccountsStorage, createMemoryAccounts } from '@tidemark/engine/accounts';
import { type Env, LIMITS, type Limits, type Refusal, refuse } from '@tidemark/protocol';
import { Hono } from 'hono';
import type { Accounts } from '../accounts/assemble-accounts.ts';
import type { Mailbox } from '../accounts/mail/mailbox.ts';
import { mountMailbox } from '../accounts/routes/mailbox-page.ts';
import type { DevelopmentKey } from '../identity/development-key.ts';
import { mountDevelopmentRoute } from '../identity/development-route.ts';
import type { Identity } from '../identity/identity.ts';
import { mountPage } from '../page/static-page.ts';
import { createLiveStreams, type LiveStreams } from '../sync/live-streams.ts';
import { type Mount, mountApp } from '../sync/mount.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { answerRefusal } from './answer.ts';
import { completeHeaders } from './answer-headers.ts';
import type { HttpApp, HttpEnv } from './context.ts';
import { limitOrigins } from './limit-origins.ts';
import { observe } from './observe.ts';
import { mountRootRoutes } from './root-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { createSplitRouter } from './split-router.ts';

export interface HttpAppOptions {
  readonly engine: Engine;
  readonly identity: Identity;
  readonly env: Env;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly mounts: readonly Mount[];
  /** Where routes keep small durable items; in memory unless given. */
  readonly items?: AccountsStorage;
  /** Folder of the page at '/'. */
  readonly staticFiles?: string;
  readonly tracing?: Tracing;
  /** People reach this server by HTTPS only: browsers are told never to try anything else. */
  readonly https?: boolean;
  /** The only origins whose websites may read answers; every origin may unless given. */
  readonly origins?: readonly string[];
  /** The accounts of this server: their routes stand at the root and under every mount. */
  readonly accounts?: Pick<Accounts, 'mount' | 'mountJwks'> & Partial<Pick<Accounts, 'forApps'>>;
  /** Mails that were kept instead of sent, shown at /dev/mail while `isLoopback` holds. For development only. */
  readonly mail?: { readonly mailbox: Mailbox; readonly isLoopback: () => boolean };
  /** With this key the page may get development tokens, while `isLoopback` holds. */
  readonly development?: { readonly key: DevelopmentKey; readonly isLoopback: () => boolean };
  readonly liveStreams?: LiveStreams;
  /** `poll` where nothing can be streamed: GET /sync/live answers what there is now and when to ask again. */
  readonly live?: 'stream' | 'poll';
  /** Limits of what stands before this server, where they are smaller than those of the protocol; they are advertised. */
  readonly limits?: Partial<Limits>;
  readonly isStopping?: () => boolean;
}

/** The whole HTTP surface as a pure function of requests: `app.request()` answers without a socket. */
export const createHttpApp = (options: HttpAppOptions): HttpApp => {
  const { engine, env, logger, metrics, mounts } = options;
  const http: HttpApp = new Hono<HttpEnv>({ router: createSplitRouter() });
  const startHeaders = securityHeaders({ https: options.https ?? false });
  const start = observe({ env, logger, metrics, tracing: options.tracing });
  http.use(async (c, next) => {
    startHeaders(c);
    const answered = start(c);
    await next();
    answered();
    completeHeaders(c);
  });
  if (options.origins !== undefined) http.use(limitOrigins(options.origins));
  http.onError((error, c) => {
    logger.error({ correlationId: c.get('correlationId'), err: error }, 'request failed');
    return answerRefusal(c, refusalOf(error));
  });
  http.notFound((c) => answerRefusal(c, refuse('NOT_FOUND', 'There is nothing at this address.').error));
  mountRootRoutes(http, { engine, metrics, logger, isStopping: options.isStopping ?? (() => false) });
  const { accounts, ...rest } = options;
  const services = {
    ...rest,
    ...(accounts?.forApps === undefined ? {} : { accounts: accounts.forApps }),
    liveStreams: options.liveStreams ?? createLiveStreams(),
    items: options.items ?? createMemoryAccounts(),
    live: options.live ?? ('stream' as const),
    limits: { ...LIMITS, ...options.limits },
  };
  for (const mount of mounts) mountApp(http, mount, services);
  if (accounts !== undefined) mountAccountsEverywhere(http, accounts, mounts);
  if (options.development !== undefined) {
    mountDevelopmentRoute(http, { ...options.development, env, apps: new Set(mounts.map(({ app }) => app.name)) });
  }
  if (options.mail !== undefined) mountMailbox(http, options.mail.mailbox, options.mail.isLoopback);
  if (options.staticFiles !== undefined) mountPage(http, options.staticFiles);
  return http;
};

/** One account per server: the same routes at the root and under every mount. */
const mountAccountsEverywhere = (http: HttpApp, accounts: Pick<Accounts, 'mount' | 'mountJwks'>, mounts: readonly Mount[]): void => {
  accounts.mountJwks(http);
  for (const base of new Set(['', ...mounts.map(({ path }) => path.replace(/\/+$/, ''))])) accounts.mount(http, base);
};

const refusalOf = (error: Error): Refusal =>
  error instanceof StorageFailure
    ? refuse('STORAGE_FULL', 'The server cannot reach its storage. Nothing was acknowledged; try again.').error
    : refuse('INTERNAL', 'The server failed. Nothing was acknowledged; try again.').error;
