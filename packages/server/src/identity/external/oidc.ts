import { isTrueClaim, profileOf, textClaim, wrongAudience } from './claims.ts';
import type { ExternalIssuer } from './external-identity.ts';

/** Signatures by a public key. Symmetric ones are left out: a published key would sign. */
export const OIDC_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

export interface OidcOptions {
  /** The exact `iss` of its tokens. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** A token must be for one of these. */
  readonly audiences: readonly string[];
  readonly algorithms?: readonly (typeof OIDC_ALGORITHMS)[number][];
  /** Hours between `iat` and `exp`, at most; 24 unless given. */
  readonly lifeHoursMax?: number;
  readonly requiredScope?: string;
}

const HOUR_MS = 60 * 60 * 1000;
const LIFE_HOURS_MAX = 24;

/** Any OpenID Connect issuer that publishes its keys. */
export const oidcIssuer = (options: OidcOptions): ExternalIssuer => ({
  issuer: options.issuer,
  acceptedIss: [options.issuer],
  jwksUri: options.jwksUri,
  algorithms: options.algorithms ?? ['RS256'],
  lifeMsMax: (options.lifeHoursMax ?? LIFE_HOURS_MAX) * HOUR_MS,
  claimFault: (claims) => {
    const { aud } = claims;
    const audiences = typeof aud === 'string' ? [aud] : Array.isArray(aud) ? aud : [];
    if (!audiences.some((one) => typeof one === 'string' && options.audiences.includes(one))) return wrongAudience;
    const scopes = textClaim(claims, 'scope')?.split(' ') ?? [];
    return options.requiredScope === undefined || scopes.includes(options.requiredScope) ? undefined : 'The token lacks a scope.';
  },
  emailVerified: (claims) => isTrueClaim(claims, 'email_verified'),
  profile: profileOf,
});
