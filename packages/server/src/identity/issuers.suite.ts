import type { HttpGet } from '../platform/http-get.ts';
import { createTestEnv, type TestEnv, unwrap } from '../server.suite.ts';
import { chooseIdentity, type IdentityChoice } from './choose-identity.ts';
import { createExternalIdentity } from './external/external-identity.ts';
import type { IssuerConfig } from './external/issuer-config.ts';
import { createLocalIssuer, type LocalIssuer } from './local-issuer/local-issuer.ts';

export const LIKE = {
  google: { kind: 'google', clientIds: ['web-client', 'ios-client'] },
  cognitoId: { kind: 'cognito', userPoolId: 'eu-central-1_AbCdEf123', clientIds: ['timer'], tokenUse: 'id' },
  cognitoAccess: { kind: 'cognito', userPoolId: 'eu-central-1_Zzzzzz999', clientIds: ['timer'], tokenUse: 'access' },
  oidc: { kind: 'oidc', issuer: 'https://id.example', jwksUri: 'https://id.example/keys', audiences: ['notes'], algorithms: ['ES256'] },
} as const satisfies Record<string, IssuerConfig>;

/** A network in which only the key lists of local issuers can be had, while it is up. */
export interface TestNetwork {
  readonly httpGet: HttpGet;
  readonly fetched: string[];
  up: boolean;
  /** Answers this text instead of the issuer's list. */
  instead: string | undefined;
}

export const createTestNetwork = (issuers: readonly LocalIssuer[]): TestNetwork => {
  const network: TestNetwork = {
    fetched: [],
    up: true,
    instead: undefined,
    httpGet: async (url) => {
      network.fetched.push(url);
      const issuer = issuers.find(({ external }) => external.jwksUri === url);
      if (!network.up || issuer === undefined) return undefined;
      return network.instead ?? issuer.jwks();
    },
  };
  return network;
};

/** One local issuer of each kind, and the identity of a server whose app `notes` takes them all. Their key ids are the same. */
export const openIssuers = async (env: TestEnv = createTestEnv()) => {
  const open = async (name: keyof typeof LIKE) =>
    unwrap(await createLocalIssuer({ like: LIKE[name], address: `http://${name.toLowerCase()}.test`, env, nodeEnv: 'test' }));
  const [google, cognitoId, cognitoAccess, oidc] = await Promise.all([
    open('google'),
    open('cognitoId'),
    open('cognitoAccess'),
    open('oidc'),
  ]);
  const all = { google, cognitoId, cognitoAccess, oidc };
  const network = createTestNetwork(Object.values(all));
  const choice: IdentityChoice = {
    issuers: new Map(
      Object.values(all).map(({ address, external }) => [address, createExternalIdentity(external, { httpGet: network.httpGet, env })]),
    ),
  };
  return { ...all, env, network, identity: chooseIdentity(new Map([['notes', choice]])) };
};
