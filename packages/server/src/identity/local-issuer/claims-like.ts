import type { JsonObject } from '@tidemark/protocol';
import type { IssuerConfig } from '../external/issuer-config.ts';

/** Who signs in at a local issuer. */
export interface Person {
  readonly sub: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly name?: string;
  /** E.164; said to be verified. */
  readonly phone?: string;
}

/** The claims, times and `iss` aside, that the real issuer of this kind writes for a person. */
export const claimsLike = (config: IssuerConfig, person: Person): JsonObject => {
  const [client = ''] = config.kind === 'oidc' ? config.audiences : config.clientIds;
  const about = {
    sub: person.sub,
    ...(person.email === undefined ? {} : { email: person.email, email_verified: person.emailVerified ?? true }),
    ...(person.name === undefined ? {} : { name: person.name }),
    ...(person.phone === undefined ? {} : { phone_number: person.phone, phone_number_verified: true }),
  };
  if (config.kind === 'google') {
    return { ...about, aud: client, azp: client, ...(config.hostedDomain === undefined ? {} : { hd: config.hostedDomain }) };
  }
  const scope = config.requiredScope ?? 'openid';
  if (config.kind === 'oidc') return { ...about, aud: client, scope };
  const name = { 'cognito:username': person.sub };
  return config.tokenUse === 'id'
    ? { ...about, ...name, aud: client, token_use: 'id', ...(config.requiredScope === undefined ? {} : { scope }) }
    : { sub: person.sub, username: person.sub, client_id: client, token_use: 'access', scope };
};
