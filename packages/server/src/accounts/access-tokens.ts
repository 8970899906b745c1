import type { Env } from '@tidemark/protocol';
import { importJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { readToken } from '../identity/bearer.ts';
import { createKept } from '../identity/kept.ts';
import { dateOf } from '../platform/node-env.ts';
import { publicJwk, SIGNING_ALGORITHMS, type SigningKey, type SigningKeys } from './signing-keys.ts';

const VERIFIED_KEPT_MAX = 1_000;

/** What an access token says: whose it is, of which session, and until when (wall clock, milliseconds). */
export interface AccessClaims {
  readonly accountId: string;
  readonly familyId: string;
  readonly expiresAt: number;
}

export interface AccessTokens {
  sign(claims: { readonly accountId: string; readonly familyId: string; readonly lastsMs: number }): Promise<string>;
  /** The claims of a token that we signed and that has not expired; undefined for every other text. */
  verify(token: string): Promise<AccessClaims | undefined>;
}

const claimsOf = ({ sub, sid, exp }: JWTPayload): AccessClaims | undefined =>
  typeof sub === 'string' && typeof sid === 'string' && typeof exp === 'number'
    ? { accountId: sub, familyId: sid, expiresAt: exp * 1000 }
    : undefined;

/** Keys by kid, imported once. */
const createImported = () => {
  const imported = new Map<string, Awaited<ReturnType<typeof importJWK>>>();
  return async ({ kid, alg, jwk }: SigningKey) => {
    const known = imported.get(kid);
    if (known !== undefined) return known;
    const key = await importJWK(jwk, alg);
    imported.set(kid, key);
    return key;
  };
};

/** Signs and checks our own access tokens. Whether the session still stands is not theirs to know. */
export const createAccessTokens = (
  keys: SigningKeys,
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
  env: Env,
): AccessTokens => {
  const privateKeyOf = createImported();
  const publicKeyOf = createImported();
  // A check of a signature costs a third of a millisecond.
  const kept = createKept<AccessClaims>(VERIFIED_KEPT_MAX);
  const verifySigned = async (token: string): Promise<AccessClaims | undefined> => {
    const read = readToken(token);
    if (!read.ok) return undefined;
    const { kid, alg } = read.value.header;
    const key = (await keys.all()).find((one) => one.kid === kid && one.alg === alg);
    if (key === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, await publicKeyOf({ ...key, jwk: publicJwk(key) }), {
        algorithms: [...SIGNING_ALGORITHMS].filter((one) => one === key.alg),
        issuer,
        audience,
        typ: 'at+jwt',
        requiredClaims: ['exp', 'iat', 'sub', 'aud', 'iss', 'sid'],
        currentDate: dateOf(env.wall()),
      });
      return claimsOf(payload);
    } catch {
      return undefined;
    }
  };
  return {
    sign: async ({ accountId, familyId, lastsMs }) => {
      const key = await keys.current();
      const now = Math.floor(env.wall() / 1000);
      return new SignJWT({ sid: familyId })
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(accountId)
        .setIssuedAt(now)
        .setJti(env.uuid())
        .setExpirationTime(now + Math.floor(lastsMs / 1000))
        .sign(await privateKeyOf(key));
    },
    verify: async (token) => {
      const known = kept.get(token);
      const claims = known ?? (await verifySigned(token));
      if (claims === undefined || claims.expiresAt <= env.wall()) return undefined;
      if (known === undefined) kept.add(token, claims);
      return claims;
    },
  };
};
