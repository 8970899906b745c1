import { createEngine, type Engine } from '@tidemark/engine';
import type { Env, Result } from '@tidemark/protocol';
import {
  type Config,
  createDevelopmentIdentity,
  createLogger,
  httpGet,
  type Identity,
  identitiesOfApp,
  isProduction,
  type Logger,
  type Metrics,
  openDevelopmentKey,
  openIdentities,
  printFaults,
  readConfig,
} from '@tidemark/server';
import { type Accounts, type AccountsParts, assembleAccounts, openSigningKeys, SERVER_COST, SMALL_COST } from '@tidemark/server/accounts';
import { type DynamoStorage, openDynamoStorage } from '@tidemark/storage/dynamodb';
import { STORED_APPS } from 'tidemark/apps';
import { createSecretKeys, parseSecret } from './keys.ts';
import { createLogMetrics } from './metrics.ts';
import { openSecret } from './platform/secret.ts';
import type { Settings, Variables } from './settings.ts';

/** What only some functions carry: the sync function hashes no password, counts no attempt and sends no mail. */
export type AccountMeans = (config: Config) => Pick<AccountsParts, 'argon2' | 'counters' | 'mailer'>;

/** An instance of a function with all it works on; it is never closed, only frozen. */
export interface OpenedFunction {
  readonly settings: Settings;
  readonly config: Config;
  readonly env: Env;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly storage: DynamoStorage;
  readonly engine: Engine;
  readonly identity: Identity;
  /** Absent where no app listens to accounts. */
  readonly accounts?: Accounts;
}

interface World {
  readonly settings: Settings;
  readonly variables: Variables;
  readonly env: Env;
}

/** What cannot be used ends the start: the function answers an error until it is mended. */
const must = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  throw new Error(result.error.message);
};

const openKeys = async ({ settings, env }: World) => {
  const { secret: id, folder } = settings;
  if (id === undefined) {
    if (folder === undefined) throw new Error('Set CONFIG_SECRET to the secret with the configuration and the signing keys.');
    return { file: undefined, signingKeys: async (config: Config) => must(await openSigningKeys(folder, env, config.accounts?.algorithm)) };
  }
  const read = openSecret(id);
  const secret = parseSecret(await read());
  return { file: secret.config, signingKeys: async () => createSecretKeys(secret, read, env) };
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const settingsOf = ({ accounts = {} }: Config): Partial<AccountsParts> => ({
  ...(accounts.issuer === undefined ? {} : { issuer: accounts.issuer }),
  ...(accounts.accessTokenMinutes === undefined ? {} : { accessTokenMs: accounts.accessTokenMinutes * MINUTE_MS }),
  ...(accounts.sessionIdleDays === undefined ? {} : { sessionIdleMs: accounts.sessionIdleDays * DAY_MS }),
  ...(accounts.sessionDays === undefined ? {} : { sessionMs: accounts.sessionDays * DAY_MS }),
});

/** Identity of development tokens; there is none in production, nor where keys come from a secret. */
const openDevelopment = async ({ settings, variables, env }: World): Promise<Identity | undefined> => {
  if (settings.folder === undefined || isProduction(variables.NODE_ENV)) return undefined;
  const key = must(await openDevelopmentKey(settings.folder));
  return must(createDevelopmentIdentity({ key, env, nodeEnv: variables.NODE_ENV }));
};

/** Opens table, keys and identities. Rejects with what to mend; nothing is kept then, so that the next request tries again. */
export const openFunction = async (world: World, means: AccountMeans): Promise<OpenedFunction> => {
  const { settings, variables, env } = world;
  const keys = await openKeys(world);
  const names = settings.apps.map(({ name }) => name);
  const read = readConfig({ file: keys.file, variables, apps: names, allowDevelopmentTokens: false });
  if (!read.ok) throw new Error(`The configuration of the function is wrong:\n${printFaults(read.faults)}`);
  const { config } = read;
  const logger = createLogger({ level: settings.logLevel });
  const metrics = createLogMetrics(logger, env);
  const storage = must(await openDynamoStorage({ url: settings.tableUrl, env, apps: STORED_APPS }));
  const engine = createEngine({ storage, apps: STORED_APPS, env, onCommit: metrics.onCommit });
  const surroundings = { apps: names, production: isProduction(variables.NODE_ENV), allowDevelopmentTokens: false };
  const listens = (...kinds: readonly string[]) =>
    names.some((app) => identitiesOfApp(config, app, surroundings).some((name) => kinds.includes(name)));
  const accounts = listens('accounts', 'api-keys')
    ? assembleAccounts({
        storage: storage.accounts,
        engine,
        env,
        logger,
        signingKeys: await keys.signingKeys(config),
        links: { ...config.accounts?.links, publicUrl: config.publicUrl ?? '' },
        piiKeys: (config.pii?.keys ?? []).map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64') })),
        hashCost: config.accounts?.hashing === 'small' ? SMALL_COST : SERVER_COST,
        trustedProxies: config.trustedProxies ?? 0,
        ...settingsOf(config),
        ...means(config),
      })
    : undefined;
  const development = listens('development') ? await openDevelopment(world) : undefined;
  const { identity } = must(
    await openIdentities(config, surroundings, {
      env,
      httpGet,
      nodeEnv: variables.NODE_ENV,
      ...(accounts === undefined ? {} : { accounts }),
      ...(development === undefined ? {} : { development }),
    }),
  );
  return { settings, config, env, logger, metrics, storage, engine, identity, ...(accounts === undefined ? {} : { accounts }) };
};

/** Opens at the first call and keeps what was opened; after a failure the next call tries again. */
export const once = <T>(open: () => Promise<T>): (() => Promise<T>) => {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
};
