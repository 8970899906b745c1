import type { JWK } from 'jose';
import { macOf } from './secrets.ts';

/** With what access tokens are signed: Ed25519, or RSA for gateways that take nothing else. */
export const SIGNING_ALGORITHMS = ['EdDSA', 'RS256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A private key and the name that tokens call it by. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  /** Private JWK. */
  readonly jwk: JWK;
}

/** Where the signing keys are. The first signs; all of them (two) are believed, so that a rotation ends no session. */
export interface SigningKeys {
  current(): Promise<SigningKey>;
  /** All keys that are believed. */
  all(): Promise<readonly SigningKey[]>;
}

/** HMAC by a signing key: what shows that this server made something, also to whom the whole database was copied. */
export const macBySigningKey = ({ kid, jwk }: SigningKey, text: string): string => {
  if (jwk.d === undefined) throw new Error(`The signing key ${kid} has no private half.`);
  return macOf(jwk.d, text);
};

const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;

/** The public half, as it stands in /.well-known/jwks.json. */
export const publicJwk = ({ kid, alg, jwk }: SigningKey): JWK => {
  const half: JWK = { kid, alg, use: 'sig' };
  for (const member of PUBLIC_MEMBERS) if (jwk[member] !== undefined) half[member] = jwk[member];
  return half;
};
