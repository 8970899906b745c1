import { type Env, type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import type { ExternalIssuer } from '../external/external-identity.ts';
import { externalIssuerOf, type IssuerConfig } from '../external/issuer-config.ts';
import { isProduction } from '../is-production.ts';
import { claimsLike, type Person } from './claims-like.ts';

const LIFE_SECONDS = 3600;

/** An issuer of this process for development and tests. It signs like the one it stands in for, under its own address and keys. */
export interface LocalIssuer {
  readonly address: string;
  /** What a server must be told to take its tokens: all rules of the real issuer, at this address. */
  readonly external: ExternalIssuer;
  /** The JSON of its public keys: the newest and the one before. */
  jwks(): Promise<string>;
  /** A token for a person as the real issuer would write it, valid for an hour. */
  signIn(person: Person): Promise<string>;
  /** A token of just these claims. */
  sign(claims: JsonObject, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** Takes a new key. The last one stays listed until the next rotation. */
  rotate(): Promise<void>;
}

export interface LocalIssuerOptions {
  readonly like: IssuerConfig;
  /** The address it listens at, without a path. */
  readonly address: string;
  readonly env: Pick<Env, 'wall'>;
  /** NODE_ENV of the process. */
  readonly nodeEnv: string | undefined;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

const generateKey = async (alg: string, count: number): Promise<SigningKey> => ({
  kid: `local-${count}`,
  ...(await generateKeyPair(alg, { extractable: true })),
});

/** Why there is no local issuer in this process, or undefined where there may be one. */
export const refusedInProduction = (nodeEnv: string | undefined): Result<never> | undefined =>
  isProduction(nodeEnv)
    ? refuse('FORBIDDEN', 'A local issuer signs for whoever asks; it is off because NODE_ENV is production.')
    : undefined;

/** Makes a local issuer with a fresh key. Refused with FORBIDDEN when NODE_ENV is production: anyone who reaches it is anyone. */
export const createLocalIssuer = async ({ like, address, env, nodeEnv }: LocalIssuerOptions): Promise<Result<LocalIssuer>> => {
  if (isProduction(nodeEnv)) return refuse('FORBIDDEN', 'A local issuer signs for whoever asks; it is off because NODE_ENV is production.');
  const real = externalIssuerOf(like);
  const [alg = 'RS256'] = real.algorithms;
  let key = await generateKey(alg, 1);
  let listed = [key];
  let count = 1;
  const sign: LocalIssuer['sign'] = (claims, header = {}) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg, kid: key.kid, typ: 'JWT', ...header }).sign(key.privateKey);
  return ok({
    address,
    external: { ...real, issuer: address, acceptedIss: [address], jwksUri: `${address}/.well-known/jwks.json` },
    jwks: async () => {
      const keys = listed.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }));
      return JSON.stringify({ keys: await Promise.all(keys) });
    },
    sign,
    signIn: (person) => {
      const now = Math.floor(env.wall() / 1000);
      return sign({ ...claimsLike(like, person), iss: address, iat: now, exp: now + LIFE_SECONDS });
    },
    rotate: async () => {
      count += 1;
      const last = key;
      key = await generateKey(alg, count);
      listed = [key, last];
    },
  });
};
