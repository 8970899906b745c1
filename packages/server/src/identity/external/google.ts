import { isTrueClaim, profileOf, textClaim, wrongAudience } from './claims.ts';
import type { ExternalIssuer } from './external-identity.ts';

export interface GoogleOptions {
  /** The OAuth client ids of the apps that may sign in: web, iOS, Android. */
  readonly clientIds: readonly string[];
  /** Only accounts of this Google Workspace domain. */
  readonly hostedDomain?: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const GOOGLE = 'https://accounts.google.com';

/** Google ID tokens. The person is `sub`; the address is only shown, and `emailVerified` is what Google says of it. */
export const googleIssuer = ({ clientIds, hostedDomain }: GoogleOptions): ExternalIssuer => ({
  issuer: GOOGLE,
  acceptedIss: [GOOGLE, 'accounts.google.com'],
  jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
  algorithms: ['RS256'],
  lifeMsMax: DAY_MS,
  claimFault: (claims) => {
    const audience = textClaim(claims, 'aud');
    if (audience === undefined || !clientIds.includes(audience)) return wrongAudience;
    // An iOS app asks for a token on behalf of the web client: then azp is the iOS client's id.
    if (claims.azp !== undefined && !clientIds.includes(textClaim(claims, 'azp') ?? '')) return 'The token was issued to another party.';
    return hostedDomain === undefined || claims.hd === hostedDomain ? undefined : 'The token is of another Workspace domain.';
  },
  emailVerified: (claims) => isTrueClaim(claims, 'email_verified'),
  profile: profileOf,
});
