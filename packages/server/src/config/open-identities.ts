import { type Env, ok, type Result } from '@tidemark/protocol';
import type { Accounts } from '../accounts/assemble-accounts.ts';
import { chooseIdentity, type IdentityChoice } from '../identity/choose-identity.ts';
import { DEVELOPMENT_ISSUER } from '../identity/development-tokens.ts';
import { createExternalIdentity } from '../identity/external/external-identity.ts';
import { externalIssuerOf } from '../identity/external/issuer-config.ts';
import type { Identity } from '../identity/identity.ts';
import type { ServedLocalIssuer } from '../identity/local-issuer/serve-local-issuer.ts';
import type { HttpGet } from '../platform/http-get.ts';
import { type ConfigSurroundings, identitiesOfApp } from './check-config.ts';
import type { Config, IdentityConfig } from './config-schema.ts';

/** What identities are made of. */
export interface IdentityParts {
  readonly env: Env;
  readonly httpGet: HttpGet;
  /** NODE_ENV of the process. */
  readonly nodeEnv: string | undefined;
  readonly accounts?: Pick<Accounts, 'issuer' | 'identity' | 'apiKeys'>;
  readonly development?: Identity;
}

export interface OpenedIdentities {
  readonly identity: Identity;
  /** Addresses of the local issuers that were started, by their names. */
  readonly localIssuers: ReadonlyMap<string, string>;
  /** Stops them. */
  close(): Promise<void>;
}

/** An identity by the `iss` values that lead to it. */
type Entry = readonly (readonly [string, Identity])[];

/**
 * The identity of a whole server out of a sound configuration: for each app those it names, each external issuer once
 * with its keys, local issuers started. Rejects when the port of a local issuer cannot be had.
 */
export const openIdentities = async (
  config: Config,
  surroundings: ConfigSurroundings,
  parts: IdentityParts,
): Promise<Result<OpenedIdentities>> => {
  const locals = new Map<string, ServedLocalIssuer>();
  const entries = new Map<string, Entry>();
  const close = async () => void (await Promise.all([...locals.values()].map((local) => local.close())));
  for (const [name, identity] of Object.entries(config.identities ?? {})) {
    const entry = await entryOf(name, identity, parts, locals);
    if (!entry.ok) {
      await close();
      return entry;
    }
    entries.set(name, entry.value);
  }
  const { accounts, development } = parts;
  if (accounts !== undefined) entries.set('accounts', [[accounts.issuer, accounts.identity]]);
  if (development !== undefined) entries.set('development', [[DEVELOPMENT_ISSUER, development]]);
  const choices = surroundings.apps.map((app): readonly [string, IdentityChoice] => {
    const names = identitiesOfApp(config, app, surroundings);
    const issuers = new Map(names.flatMap((name) => entries.get(name) ?? []));
    const takesKeys = accounts !== undefined && names.includes('api-keys');
    return [app, { issuers, ...(takesKeys ? { apiKeys: accounts.apiKeys } : {}) }];
  });
  const localIssuers = new Map([...locals].map(([name, { address }]) => [name, address]));
  return ok({ identity: chooseIdentity(new Map(choices)), localIssuers, close });
};

const entryOf = async (
  name: string,
  config: IdentityConfig,
  { env, httpGet, nodeEnv }: IdentityParts,
  locals: Map<string, ServedLocalIssuer>,
): Promise<Result<Entry>> => {
  if (config.kind !== 'local') return ok(entryFor(externalIssuerOf(config), { env, httpGet }));
  // Only now: it brings a server of its own, which production never has.
  const { serveLocalIssuer } = await import('../identity/local-issuer/serve-local-issuer.ts');
  const local = await serveLocalIssuer({ like: config.like, port: config.port, nodeEnv }, env);
  if (!local.ok) return local;
  locals.set(name, local.value);
  return ok(entryFor(local.value.external, { env, httpGet }));
};

const entryFor = (issuer: ReturnType<typeof externalIssuerOf>, world: { readonly env: Env; readonly httpGet: HttpGet }): Entry => {
  const identity = createExternalIdentity(issuer, world);
  return issuer.acceptedIss.map((iss) => [iss, identity]);
};
