import * as z from 'zod';
import { cognitoConfigSchema, googleConfigSchema, issuerConfigSchema, oidcConfigSchema } from '../identity/external/issuer-config.ts';

const HOUR_SECONDS = 3600;
const KEY_BYTES = 32;

const whole = (min: number, max: number) => z.int().min(min).max(max);
const name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes, such as my-google');

/** The address of this server as people reach it. */
export const publicUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://sync.example.com' })
  .refine((url) => !/[?#]|\/$/.test(url), 'must have no slash at the end, no ? and no #');

export const smtpSchema = z.url({
  protocol: /^smtps?$/,
  error: 'must be an address such as smtp://user:password@host:587 or smtps://…:465',
});

export const mailFromSchema = z
  .string()
  .regex(/^[^\r\n]*@[^\r\n]*$/, 'must be a From header such as Tidemark <mail@example.com>')
  .max(320);

const decodeKey = (text: string): Buffer => Buffer.from(text, 'base64');

/** A key for personal data: 32 bytes as base64, such as `openssl rand -base64 32` prints. */
export const piiKeySchema = z.strictObject({
  id: z.string().regex(/^[\w-]{1,32}$/, 'must be 1 to 32 letters, digits, _ or -'),
  key: z
    .string()
    .refine(
      (text) => decodeKey(text).length === KEY_BYTES,
      `must be ${KEY_BYTES} bytes in base64, as of: openssl rand -base64 ${KEY_BYTES}`,
    ),
});

export const trustedProxiesSchema = whole(0, 10);

/** A token is put behind it as its fragment. An app may have a scheme of its own; those that run or read something are none. */
const page = z
  .url({
    protocol: /^(?!(?:javascript|data|vbscript|file|blob)$)[a-z][a-z0-9+.-]{2,}$/,
    error: 'must be an address such as https://app.example.com/sign-in',
  })
  .refine((url) => !url.includes('#'), 'must have no #');

const accountsSchema = z.strictObject({
  /** `iss` of access tokens. Never change it once there are accounts. */
  issuer: z.string().min(1).max(256).exactOptional(),
  /** RS256 for gateways that take nothing else. */
  algorithm: z.enum(['EdDSA', 'RS256']).exactOptional(),
  accessTokenMinutes: whole(1, 60).exactOptional(),
  sessionIdleDays: whole(1, 400).exactOptional(),
  sessionDays: whole(1, 1_000).exactOptional(),
  /** `small`: 19 MiB and two passes a password instead of 64 MiB and three. */
  hashing: z.enum(['server', 'small']).exactOptional(),
  /** Pages of an app that links in mails lead to, instead of pages of this server. */
  links: z
    .strictObject({ verify: page.exactOptional(), magic: page.exactOptional(), reset: page.exactOptional(), email: page.exactOptional() })
    .exactOptional(),
});

const limitsSchema = z.strictObject({
  headersTimeoutSeconds: whole(1, 60).exactOptional(),
  requestTimeoutSeconds: whole(1, HOUR_SECONDS).exactOptional(),
  idleTimeoutSeconds: whole(20, HOUR_SECONDS).exactOptional(),
  headerKiB: whole(16, 256).exactOptional(),
  connections: whole(1, 1_000_000).exactOptional(),
});

const localSchema = z.strictObject({
  kind: z.literal('local'),
  port: whole(0, 65_535),
  /** Whose tokens it signs. */
  like: issuerConfigSchema,
});

export const identitySchema = z.discriminatedUnion('kind', [googleConfigSchema, cognitoConfigSchema, oidcConfigSchema, localSchema], {
  error: 'kind must be one of: google, cognito, oidc, local',
});

const appSchema = z.strictObject({
  /** Names of `identities`, or `accounts`, `api-keys`, `development`. */
  identities: z.array(z.string()).min(1).exactOptional(),
  requireVerifiedEmail: z.boolean().exactOptional(),
});

const origin = z
  .string()
  .regex(/^https?:\/\/[^/\s]+$|^[a-z-]+-extension:\/\/[^/\s]+$/, 'must be an origin such as https://app.example.com, without a path');

/** `tidemark.config.ts`, `.js`, `.mjs` or `.json`. */
export const configSchema = z.strictObject({
  publicUrl: publicUrlSchema.exactOptional(),
  identities: z.record(name, identitySchema).exactOptional(),
  apps: z.record(z.string(), appSchema).exactOptional(),
  accounts: accountsSchema.exactOptional(),
  mail: z.strictObject({ smtp: smtpSchema, from: mailFromSchema }).exactOptional(),
  cors: z.strictObject({ origins: z.union([z.literal('*'), z.array(origin)], 'must be "*" or a list of origins') }).exactOptional(),
  limits: limitsSchema.exactOptional(),
  trustedProxies: trustedProxiesSchema.exactOptional(),
  pii: z.strictObject({ keys: z.array(piiKeySchema).min(1).max(8) }).exactOptional(),
});

/** What a configuration file may say; type of `tidemark.config.ts`. */
export type Config = z.output<typeof configSchema>;
export type IdentityConfig = z.output<typeof identitySchema>;
