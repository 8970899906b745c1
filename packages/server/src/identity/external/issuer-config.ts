import * as z from 'zod';
import { cognitoIssuer } from './cognito.ts';
import type { ExternalIssuer } from './external-identity.ts';
import { googleIssuer } from './google.ts';
import { OIDC_ALGORITHMS, oidcIssuer } from './oidc.ts';

const names = z.array(z.string().min(1).max(256)).min(1).max(20);
const scope = z.string().regex(/^\S{1,256}$/, 'must be one scope without spaces');
// Plain HTTP would let anyone on the way put keys of their own in. On this machine there is nobody on the way.
const address = z.url({ protocol: /^https$/, error: 'must be an https:// address' });

export const googleConfigSchema = z.strictObject({
  kind: z.literal('google'),
  clientIds: names,
  hostedDomain: z.string().min(1).max(253).exactOptional(),
});

export const cognitoConfigSchema = z.strictObject({
  kind: z.literal('cognito'),
  userPoolId: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]{1,55}$/, 'must look like eu-central-1_AbCdEf123'),
  clientIds: names,
  tokenUse: z.enum(['id', 'access']),
  spaceBy: z.literal('phone').exactOptional(),
  requiredScope: scope.exactOptional(),
});

export const oidcConfigSchema = z.strictObject({
  kind: z.literal('oidc'),
  issuer: address,
  jwksUri: address,
  audiences: names,
  algorithms: z.array(z.enum(OIDC_ALGORITHMS)).min(1).exactOptional(),
  lifeHoursMax: z
    .number()
    .positive()
    .max(24 * 30)
    .exactOptional(),
  requiredScope: scope.exactOptional(),
});

/** An issuer that somebody else runs, as a configuration names it. */
export const issuerConfigSchema = z.discriminatedUnion('kind', [googleConfigSchema, cognitoConfigSchema, oidcConfigSchema], {
  error: 'kind must be one of: google, cognito, oidc',
});
export type IssuerConfig = z.output<typeof issuerConfigSchema>;

export const externalIssuerOf = (config: IssuerConfig): ExternalIssuer => {
  if (config.kind === 'google') return googleIssuer(config);
  return config.kind === 'cognito' ? cognitoIssuer(config) : oidcIssuer(config);
};
