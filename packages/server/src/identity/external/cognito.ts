import type { JsonObject } from '@tidemark/protocol';
import { isTrueClaim, profileOf, textClaim, verifiedPhone, wrongAudience } from './claims.ts';
import type { ExternalIssuer } from './external-identity.ts';

export interface CognitoOptions {
  /** Such as `eu-central-1_AbCdEf123`; its region is the part before the `_`. */
  readonly userPoolId: string;
  /** The app clients of the pool that may sign in. */
  readonly clientIds: readonly string[];
  /** Which of the two tokens clients send. The other one is refused. */
  readonly tokenUse: 'id' | 'access';
  /** `phone`: the space belongs to the verified number, for data that is kept so already. Numbers change hands. */
  readonly spaceBy?: 'phone';
  /** With access tokens: a scope that must be in the token. */
  readonly requiredScope?: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** ID or access tokens of one Cognito user pool. */
export const cognitoIssuer = (options: CognitoOptions): ExternalIssuer => {
  const region = options.userPoolId.split('_')[0] ?? '';
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${options.userPoolId}`;
  return {
    issuer,
    acceptedIss: [issuer],
    jwksUri: `${issuer}/.well-known/jwks.json`,
    algorithms: ['RS256'],
    lifeMsMax: DAY_MS,
    claimFault: (claims) => claimFault(options, claims),
    emailVerified: (claims) => isTrueClaim(claims, 'email_verified'),
    profile: profileOf,
    ...(options.spaceBy === undefined ? {} : { owner: phoneOwner }),
  };
};

// An ID token names its client in `aud`, an access token in `client_id`.
const claimFault = ({ tokenUse, clientIds, requiredScope }: CognitoOptions, claims: JsonObject): string | undefined => {
  if (claims.token_use !== tokenUse) return `The token is not an ${tokenUse === 'id' ? 'ID' : 'access'} token.`;
  const client = textClaim(claims, tokenUse === 'id' ? 'aud' : 'client_id');
  if (client === undefined || !clientIds.includes(client)) return wrongAudience;
  const scopes = textClaim(claims, 'scope')?.split(' ') ?? [];
  return requiredScope === undefined || scopes.includes(requiredScope) ? undefined : 'The token lacks a scope.';
};

const phoneOwner = (claims: JsonObject): readonly string[] | undefined => {
  const phone = verifiedPhone(claims);
  return phone === undefined ? undefined : ['phone', phone];
};
