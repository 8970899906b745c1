import { type Env, type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { jwtVerify } from 'jose';
import type { HttpGet } from '../../platform/http-get.ts';
import { dateOf } from '../../platform/node-env.ts';
import { bearerOf, readToken, type UnverifiedToken } from '../bearer.ts';
import { EVERY_SCOPE, type Identity, isSubject, type Principal, type Profile, spaceKeyOf } from '../identity.ts';
import { createKept } from '../kept.ts';
import { createKeySource, type KeyFound, type KeySource } from './key-source.ts';

/** An issuer that somebody else runs, and what its tokens must be like. The presets make these. */
export interface ExternalIssuer {
  /** Its name in principals and space keys, for ever. */
  readonly issuer: string;
  /** The values of `iss` it writes. Exact. */
  readonly acceptedIss: readonly string[];
  readonly jwksUri: string;
  readonly algorithms: readonly string[];
  /** Wall time between `iat` (or now) and `exp`, at most. */
  readonly lifeMsMax: number;
  /** What is wrong with the claims beyond signature, issuer and times: a sentence without any of their values. */
  readonly claimFault: (claims: JsonObject) => string | undefined;
  readonly emailVerified: (claims: JsonObject) => boolean;
  readonly profile: (claims: JsonObject) => Profile;
  /** Whose space it is among those of this issuer, where it is not the subject's; undefined where a token cannot say. */
  readonly owner?: (claims: JsonObject) => readonly string[] | undefined;
}

export interface ExternalIdentityOptions {
  readonly httpGet: HttpGet;
  readonly env: Pick<Env, 'wall' | 'mono'>;
}

/** A signature costs as much as a small push. A key that its issuer removed is believed for so much longer. */
const VERIFIED_KEPT_MS = 60_000;
const VERIFIED_KEPT_MAX = 1_000;

/** Clocks of issuer and server may differ by so much. */
const CLOCK_TOLERANCE_SECONDS = 60;

/**
 * An Identity over the tokens of one external issuer: signature by its published keys, algorithm from a list, exact
 * `iss`, whole times, then what the preset asks for. UNAVAILABLE while its keys cannot be had.
 */
export const createExternalIdentity = (issuer: ExternalIssuer, { httpGet, env }: ExternalIdentityOptions): Identity => {
  const keys = createKeySource({ jwksUri: issuer.jwksUri, httpGet, env });
  const verified = createKept<{ readonly principal: Principal; readonly at: number }>(VERIFIED_KEPT_MAX);
  const isGoodStill = ({ principal, at }: { readonly principal: Principal; readonly at: number }) =>
    env.mono() - at < VERIFIED_KEPT_MS && principal.expiresAt > env.wall();
  return {
    authenticate: async ({ authorization }) => {
      const credential = bearerOf(authorization);
      if (!credential.ok) return credential;
      const known = verified.get(credential.value);
      if (known !== undefined && isGoodStill(known)) return ok(known.principal);
      const token = readToken(credential.value);
      if (!token.ok) return token;
      const key = await keyOf(issuer, keys, token.value);
      if (!key.ok) return key;
      const claims = await verifiedClaims(issuer, token.value, key.value, env);
      if (!claims.ok) return claims;
      const principal = principalOf(issuer, claims.value, env.wall());
      if (principal.ok) verified.add(credential.value, { principal: principal.value, at: env.mono() });
      return principal;
    },
  };
};

const keyOf = async (issuer: ExternalIssuer, keys: KeySource, { header }: UnverifiedToken): Promise<Result<Exclude<KeyFound, string>>> => {
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || !issuer.algorithms.includes(alg))
    return refuse('UNAUTHENTICATED', 'The token is signed by an algorithm that its issuer does not use.');
  if (typeof kid !== 'string') return refuse('UNAUTHENTICATED', 'The token does not name its key.');
  if (typ !== undefined && (typeof typ !== 'string' || !/^(application\/)?(at\+)?jwt$/i.test(typ)))
    return refuse('UNAUTHENTICATED', 'The token is not a sound JWT.');
  const key = await keys.find({ alg, kid });
  if (key === 'unreachable') return refuse('UNAVAILABLE', 'The keys of the issuer cannot be had now. Try again; the token may be good.');
  return key === 'unknown' ? refuse('UNAUTHENTICATED', 'The token names a key that its issuer does not list.') : ok(key);
};

const verifiedClaims = async (
  issuer: ExternalIssuer,
  { text, payload }: UnverifiedToken,
  key: Exclude<KeyFound, string>,
  env: Pick<Env, 'wall'>,
): Promise<Result<JsonObject>> => {
  try {
    await jwtVerify(text, key, {
      algorithms: [...issuer.algorithms],
      issuer: [...issuer.acceptedIss],
      requiredClaims: ['iss', 'sub', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: dateOf(env.wall()),
    });
    // The very bytes that were verified, parsed once and without repeated names.
    return ok(payload);
  } catch {
    return refuse('UNAUTHENTICATED', 'The token is not valid: its signature, issuer or times are wrong.');
  }
};

const principalOf = (issuer: ExternalIssuer, claims: JsonObject, nowMs: number): Result<Principal> => {
  const { sub, exp, iat } = claims;
  if (!isSubject(sub) || typeof exp !== 'number') return refuse('UNAUTHENTICATED', 'The token has no sound subject.');
  if (iat !== undefined && (typeof iat !== 'number' || iat * 1000 > nowMs + CLOCK_TOLERANCE_SECONDS * 1000)) {
    return refuse('UNAUTHENTICATED', 'The token was issued in the future.');
  }
  const lifeMs = exp * 1000 - (typeof iat === 'number' ? iat * 1000 : nowMs);
  if (!(lifeMs <= issuer.lifeMsMax)) return refuse('UNAUTHENTICATED', 'The token lives longer than this server accepts.');
  const fault = issuer.claimFault(claims);
  if (fault !== undefined) return refuse('UNAUTHENTICATED', fault);
  const owner = issuer.owner === undefined ? [sub] : issuer.owner(claims);
  if (owner === undefined || !owner.every(isSubject))
    return refuse('FORBIDDEN', 'The token lacks the verified claim that names its space.');
  return ok({
    issuer: issuer.issuer,
    subject: sub,
    spaceKey: spaceKeyOf(issuer.issuer, ...owner),
    scopes: EVERY_SCOPE,
    emailVerified: issuer.emailVerified(claims),
    expiresAt: exp * 1000,
    profile: issuer.profile(claims),
  });
};
