import { availableParallelism } from 'node:os';
import type { AppDefinition } from '@tidemark/protocol';
import { ok, type Result } from '@tidemark/protocol';
import {
  type Config,
  type ConfigSurroundings,
  createDevelopmentIdentity,
  createServer,
  httpGet,
  identitiesOfApp,
  isLoopbackHost,
  isProduction,
  LISTEN_LIMITS,
  type ListenLimits,
  type Logger,
  type Metrics,
  openDevelopmentKey,
  openIdentities,
  type Server,
} from '@tidemark/server';
import {
  type Accounts,
  createAccounts,
  createMailbox,
  createSmtpMailer,
  type Mailbox,
  openSigningKeys,
  SERVER_COST,
  SMALL_COST,
} from '@tidemark/server/accounts';
import { APPS, mountsOf } from './apps.ts';
import type { CommandContext } from './context.ts';
import type { OpenedEngine } from './open-engine.ts';
import { pageFolder } from './page-folder.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Each password that is being hashed takes 64 MiB. */
const HASHED_AT_ONCE_MAX = 4;
const HASHES_WAITING_MAX = 16;

export interface ServerParts {
  readonly config: Config;
  readonly allowDevelopmentTokens: boolean;
  /** Where keys are kept. */
  readonly folder: string;
  readonly opened: OpenedEngine;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The one app at the root, or all of them under /apps. */
  readonly only: AppDefinition | undefined;
  /** Where people reach the server, if the configuration does not say. */
  readonly address: () => string;
}

/** A server with everything its configuration names. `close` ends all of it but the storage. */
export type OpenedServer = Server & { readonly localIssuers: ReadonlyMap<string, string> };

/** Puts the server together. Refused where a key file is not sound; rejects when the port of a local issuer cannot be had. */
export const openServer = async (context: CommandContext, parts: ServerParts): Promise<Result<OpenedServer>> => {
  const { env, variables } = context;
  const { config, opened, logger, metrics, only, allowDevelopmentTokens } = parts;
  const nodeEnv = variables.NODE_ENV;
  const surroundings = { apps: APPS.map(({ name }) => name), production: isProduction(nodeEnv), allowDevelopmentTokens };
  const accounts = await openAccounts(context, parts, surroundings);
  if (!accounts.ok) return accounts;
  const development = await openDevelopment(context, parts, surroundings);
  if (!development.ok) return development;
  const identities = await openIdentities(config, surroundings, { env, httpGet, nodeEnv, ...accounts.value, ...development.value });
  if (!identities.ok) return identities;
  const otlpEndpoint = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  const { origins } = config.cors ?? {};
  const server = await createServer({
    engine: opened.engine,
    items: opened.accounts,
    env,
    logger,
    metrics,
    identity: identities.value.identity,
    mounts: mountsOf(only).map((mount) => {
      const requireVerifiedEmail = config.apps?.[mount.app.name]?.requireVerifiedEmail;
      return { ...mount, ...(requireVerifiedEmail === undefined ? {} : { requireVerifiedEmail }) };
    }),
    https: config.publicUrl?.startsWith('https://') === true,
    listenLimits: listenLimits(config),
    ...(origins === undefined || origins === '*' ? {} : { origins }),
    ...(only === undefined ? { staticFiles: pageFolder() } : {}),
    ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }),
    ...accounts.value,
    ...(isForThisMachine(config) ? development.value : {}),
  });
  const stopJobs = accounts.value.accounts?.jobs.start();
  const close = async () => {
    await stopJobs?.();
    await server.close();
    await accounts.value.accounts?.close();
    await identities.value.close();
  };
  return ok({ ...server, close, localIssuers: identities.value.localIssuers });
};

/** Once people come from elsewhere, nothing is given to whoever seems to sit at this machine: a proxy may stand between. */
const isForThisMachine = ({ publicUrl }: Config): boolean => publicUrl === undefined || isLoopbackHost(new URL(publicUrl).hostname);

const isUsed = (config: Config, surroundings: ConfigSurroundings, ...names: readonly string[]): boolean =>
  surroundings.apps.some((app) => identitiesOfApp(config, app, surroundings).some((name) => names.includes(name)));

const openDevelopment = async (
  context: CommandContext,
  { config, folder, allowDevelopmentTokens }: ServerParts,
  surroundings: ConfigSurroundings,
) => {
  if (!isUsed(config, surroundings, 'development')) return ok({});
  const key = await openDevelopmentKey(folder);
  if (!key.ok) return key;
  const { env, variables } = context;
  const identity = createDevelopmentIdentity({ key: key.value, env, nodeEnv: variables.NODE_ENV, allowDevelopmentTokens });
  return identity.ok ? ok({ developmentKey: key.value, development: identity.value }) : identity;
};

const openAccounts = async (
  { env }: CommandContext,
  { config, folder, opened, logger, address }: ServerParts,
  surroundings: ConfigSurroundings,
): Promise<Result<{ readonly accounts?: Accounts; readonly mailbox?: Mailbox }>> => {
  if (!isUsed(config, surroundings, 'accounts', 'api-keys')) return ok({});
  const settings = config.accounts ?? {};
  const signingKeys = await openSigningKeys(folder, env, settings.algorithm);
  if (!signingKeys.ok) return signingKeys;
  const { mail } = config;
  const mailbox = createMailbox(env);
  const parallel = Math.max(1, Math.min(HASHED_AT_ONCE_MAX, availableParallelism() - 1));
  const accounts = createAccounts({
    storage: opened.accounts,
    engine: opened.engine,
    env,
    logger,
    signingKeys: signingKeys.value,
    mailer: mail === undefined ? mailbox : createSmtpMailer({ url: mail.smtp, from: mail.from }),
    links: {
      ...settings.links,
      get publicUrl() {
        return config.publicUrl ?? address();
      },
    },
    piiKeys: (config.pii?.keys ?? []).map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64') })),
    hashCost: settings.hashing === 'small' ? SMALL_COST : SERVER_COST,
    hashing: { parallel, waitingMax: HASHES_WAITING_MAX },
    trustedProxies: config.trustedProxies ?? 0,
    ...(settings.issuer === undefined ? {} : { issuer: settings.issuer }),
    ...(settings.accessTokenMinutes === undefined ? {} : { accessTokenMs: settings.accessTokenMinutes * MINUTE_MS }),
    ...(settings.sessionIdleDays === undefined ? {} : { sessionIdleMs: settings.sessionIdleDays * DAY_MS }),
    ...(settings.sessionDays === undefined ? {} : { sessionMs: settings.sessionDays * DAY_MS }),
  });
  return ok({ accounts, ...(mail === undefined && isForThisMachine(config) ? { mailbox } : {}) });
};

const listenLimits = ({ limits = {} }: Config): ListenLimits => ({
  headersTimeoutMs: limits.headersTimeoutSeconds === undefined ? LISTEN_LIMITS.headersTimeoutMs : limits.headersTimeoutSeconds * 1000,
  requestTimeoutMs: limits.requestTimeoutSeconds === undefined ? LISTEN_LIMITS.requestTimeoutMs : limits.requestTimeoutSeconds * 1000,
  idleTimeoutMs: limits.idleTimeoutSeconds === undefined ? LISTEN_LIMITS.idleTimeoutMs : limits.idleTimeoutSeconds * 1000,
  headerBytesMax: limits.headerKiB === undefined ? LISTEN_LIMITS.headerBytesMax : limits.headerKiB * 1024,
  connectionsMax: limits.connections ?? LISTEN_LIMITS.connectionsMax,
});
