import { externalIssuerOf } from '../identity/external/issuer-config.ts';
import type { Config } from './config-schema.ts';
import type { ConfigFault } from './read-config.ts';

/** Identities that need no entry: accounts of this server, their API keys, and development tokens. */
export const BUILT_IN_IDENTITIES = ['accounts', 'api-keys', 'development'] as const;

export interface ConfigSurroundings {
  readonly apps: readonly string[];
  /** NODE_ENV is production. */
  readonly production: boolean;
  readonly allowDevelopmentTokens: boolean;
}

/** Whom an app listens to where the configuration does not say: in production the accounts, if there is mail for them. */
export const identitiesOfApp = (
  config: Config,
  app: string,
  { production, allowDevelopmentTokens }: ConfigSurroundings,
): readonly string[] => {
  const named = config.apps?.[app]?.identities;
  if (named !== undefined) return named;
  const accounts = production && config.mail === undefined ? [] : ['accounts', 'api-keys'];
  return production && !allowDevelopmentTokens ? accounts : [...accounts, 'development'];
};

/** What is wrong with values that are each well formed: names that lead nowhere, and what production must not have. */
export const checkConfig = (config: Config, surroundings: ConfigSurroundings): readonly ConfigFault[] => [
  ...nameFaults(config, surroundings),
  ...appFaults(config, surroundings),
  ...(surroundings.production ? productionFaults(config, surroundings) : []),
];

const nameFaults = (config: Config, { apps }: ConfigSurroundings): readonly ConfigFault[] => [
  ...Object.keys(config.apps ?? {})
    .filter((app) => !apps.includes(app))
    .map((app) => ({ path: `apps.${app}`, message: `there is no such app; there are: ${apps.join(', ')}` })),
  ...Object.keys(config.identities ?? {})
    .filter((name) => BUILT_IN_IDENTITIES.some((builtIn) => builtIn === name))
    .map((name) => ({ path: `identities.${name}`, message: 'this name is taken by an identity that needs no entry' })),
  ...(config.pii?.keys ?? []).flatMap(({ id }, index, keys) =>
    keys.findIndex((key) => key.id === id) < index ? [{ path: `pii.keys.${index}.id`, message: 'each key needs an id of its own' }] : [],
  ),
];

const appFaults = (config: Config, surroundings: ConfigSurroundings): readonly ConfigFault[] =>
  surroundings.apps.flatMap((app) => {
    const names = identitiesOfApp(config, app, surroundings);
    const allowed = [...BUILT_IN_IDENTITIES, ...Object.keys(config.identities ?? {})];
    const unknown = names.flatMap((name, index) =>
      allowed.includes(name) ? [] : [{ path: `apps.${app}.identities.${index}`, message: `must be one of: ${allowed.join(', ')}` }],
    );
    return [...unknown, ...sameIssuerFaults(config, app, names)];
  });

/** A token goes to the one identity that its `iss` names: there cannot be two. */
const sameIssuerFaults = (config: Config, app: string, names: readonly string[]): readonly ConfigFault[] => {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const issuer = issuerOf(config, name);
    if (issuer === undefined) return [];
    if (seen.has(issuer))
      return [{ path: `apps.${app}.identities.${index}`, message: `another identity of this app has the issuer ${issuer}` }];
    seen.add(issuer);
    return [];
  });
};

const issuerOf = (config: Config, name: string): string | undefined => {
  if (name === 'accounts') return config.accounts?.issuer;
  const identity = config.identities?.[name];
  return identity === undefined || identity.kind === 'local' ? undefined : externalIssuerOf(identity).issuer;
};

const NEEDS_ACCOUNTS = ['accounts', 'api-keys'];

const productionFaults = (config: Config, surroundings: ConfigSurroundings): readonly ConfigFault[] => {
  const names = surroundings.apps.flatMap((app) => identitiesOfApp(config, app, surroundings).map((name) => ({ app, name })));
  const faults: ConfigFault[] = [];
  for (const [name, { kind }] of Object.entries(config.identities ?? {})) {
    if (kind === 'local')
      faults.push({ path: `identities.${name}.kind`, message: 'a local issuer signs for whoever asks; production has none' });
  }
  for (const app of surroundings.apps) {
    if (identitiesOfApp(config, app, surroundings).length > 0) continue;
    const message = 'nobody could sign in: give mail for accounts, name other identities, or ask for --allow-development-tokens';
    faults.push({ path: `apps.${app}.identities`, message });
  }
  if (!surroundings.allowDevelopmentTokens && names.some(({ name }) => name === 'development')) {
    faults.push({ path: 'apps', message: 'development tokens are refused in production; ask for them by --allow-development-tokens' });
  }
  if (!names.some(({ name }) => NEEDS_ACCOUNTS.includes(name))) return faults;
  if (config.mail === undefined)
    faults.push({ path: 'mail', message: 'is needed for accounts in production (or TIDEMARK_SMTP_URL and TIDEMARK_MAIL_FROM)' });
  for (const [name, link] of Object.entries(config.accounts?.links ?? {})) {
    if (/^http:/i.test(link)) faults.push({ path: `accounts.links.${name}`, message: 'must not begin with http: in production' });
  }
  if (config.publicUrl === undefined)
    faults.push({ path: 'publicUrl', message: 'is needed for the links in mails (or TIDEMARK_PUBLIC_URL)' });
  else if (!config.publicUrl.startsWith('https://')) faults.push({ path: 'publicUrl', message: 'must begin with https:// in production' });
  return faults;
};
