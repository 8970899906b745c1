import { type Env, ok, type Result, refuse } from '@tidemark/protocol';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { dateOf } from '../platform/node-env.ts';
import { bearerOf, readToken } from './bearer.ts';
import type { DevelopmentKey } from './development-key.ts';
import { EVERY_SCOPE, type Identity, isSubject, type Principal, spaceKeyOf } from './identity.ts';
import { isProduction } from './is-production.ts';
import { createKept, type Kept } from './kept.ts';

export const DEVELOPMENT_ISSUER = 'tidemark-development';

const EXPIRES_IN_MS = 30 * 24 * 60 * 60 * 1000;
const USER_LENGTH_MAX = 128;
const VERIFIED_KEPT_MAX = 500;

const isUser = (value: unknown): value is string => isSubject(value) && value.length <= USER_LENGTH_MAX;

/**
 * Signs a token for one user of one app. `expiresIn` in milliseconds, 30 days unless given. Answers the compact JWT.
 * Refused with BAD_REQUEST when `user` is not 1 to 128 printable characters or `expiresIn` is not positive.
 */
export const issueDevelopmentToken = async (
  key: DevelopmentKey,
  claims: { readonly app: string; readonly user: string; readonly expiresIn?: number },
  env: Pick<Env, 'wall'>,
): Promise<Result<string>> => {
  const expiresIn = claims.expiresIn ?? EXPIRES_IN_MS;
  if (!isUser(claims.user)) return refuse('BAD_REQUEST', `A user is 1 to ${USER_LENGTH_MAX} printable characters.`);
  if (!(expiresIn >= 1000)) return refuse('BAD_REQUEST', 'A token must last at least a second.');
  const now = Math.floor(env.wall() / 1000);
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
    .setIssuer(DEVELOPMENT_ISSUER)
    .setSubject(claims.user)
    .setAudience(claims.app)
    .setIssuedAt(now)
    .setExpirationTime(now + Math.floor(expiresIn / 1000))
    .sign(key.privateKey);
  return ok(token);
};

export interface DevelopmentIdentityOptions {
  readonly key: DevelopmentKey;
  readonly env: Pick<Env, 'wall'>;
  /** NODE_ENV of the process. */
  readonly nodeEnv: string | undefined;
  /** Use development tokens although NODE_ENV is production. */
  readonly allowDevelopmentTokens?: boolean;
}

/**
 * An Identity whose tokens anyone with the key file can sign. Refused with FORBIDDEN when NODE_ENV is production,
 * unless asked for. There is no default user and no cookie: no token, no answer.
 */
export const createDevelopmentIdentity = (options: DevelopmentIdentityOptions): Result<Identity> => {
  if (isProduction(options.nodeEnv) && options.allowDevelopmentTokens !== true) {
    return refuse('FORBIDDEN', 'Development tokens are off because NODE_ENV is production. Ask for them by --allow-development-tokens.');
  }
  // A signature costs a third of a millisecond, as much as a push. These tokens cannot be taken back, so nothing is lost.
  const verified = new Map<string, Kept<Principal>>();
  const keptOf = (app: string): Kept<Principal> => {
    const kept = verified.get(app) ?? createKept<Principal>(VERIFIED_KEPT_MAX);
    verified.set(app, kept);
    return kept;
  };
  return ok({
    authenticate: async ({ authorization, app }) => {
      const token = bearerToken(authorization);
      if (!token.ok) return token;
      const known = verified.get(app)?.get(token.value);
      const principal = known ?? (await verifyToken(options, token.value, app));
      if (principal === undefined) return refuse('UNAUTHENTICATED', 'The token is not valid for this app.');
      if (principal.expiresAt <= options.env.wall()) return refuse('UNAUTHENTICATED', 'The token has expired.');
      if (known === undefined) keptOf(app).add(token.value, principal);
      return ok(principal);
    },
  });
};

const bearerToken = (authorization: string | null): Result<string> => {
  const credential = bearerOf(authorization);
  if (!credential.ok) return credential;
  const token = readToken(credential.value);
  return token.ok ? ok(token.value.text) : token;
};

const verifyToken = async ({ key, env }: DevelopmentIdentityOptions, token: string, app: string): Promise<Principal | undefined> => {
  try {
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: ['EdDSA'],
      issuer: DEVELOPMENT_ISSUER,
      audience: app,
      requiredClaims: ['exp', 'sub', 'aud', 'iss'],
      currentDate: dateOf(env.wall()),
    });
    return principalOf(payload, app);
  } catch {
    return undefined;
  }
};

const principalOf = (payload: JWTPayload, app: string): Principal | undefined => {
  const { sub, aud, exp } = payload;
  if (aud !== app || !isUser(sub) || typeof exp !== 'number') return undefined;
  return {
    issuer: DEVELOPMENT_ISSUER,
    subject: sub,
    spaceKey: spaceKeyOf(sub),
    scopes: EVERY_SCOPE,
    // Whoever runs the server vouches for these people; there is nobody to send a mail to.
    emailVerified: true,
    expiresAt: exp * 1000,
  };
};
