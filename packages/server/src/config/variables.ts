import type { JsonObject } from '@tidemark/protocol';
import * as z from 'zod';
import { type Config, mailFromSchema, piiKeySchema, publicUrlSchema, smtpSchema, trustedProxiesSchema } from './config-schema.ts';
import type { ConfigFault } from './read-config.ts';

/** The environment of the process. */
export interface Variables {
  readonly [name: string]: string | undefined;
}

const proxies = z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(trustedProxiesSchema);

/** `id:base64`, several separated by commas, the newest first. */
const piiKeys = z
  .string()
  .transform((text) => text.split(',').map((pair) => ({ id: pair.split(':')[0] ?? '', key: pair.split(':')[1] ?? '' })))
  .pipe(z.array(piiKeySchema).min(1).max(8));

/** Variables that hold a setting. */
const NAMES = ['TIDEMARK_PUBLIC_URL', 'TIDEMARK_SMTP_URL', 'TIDEMARK_MAIL_FROM', 'TIDEMARK_PII_KEYS', 'TIDEMARK_TRUSTED_PROXIES'] as const;
type Name = (typeof NAMES)[number];

/** Those, and the two that the command line reads. */
const KNOWN: readonly string[] = [...NAMES, 'TIDEMARK_DATA', 'TIDEMARK_CONFIG'];

/** The settings that environment variables hold. An empty variable is as none; an unknown TIDEMARK_… is a warning. */
export const fromVariables = (
  variables: Variables,
  file: JsonObject,
): { readonly config: Config; readonly faults: readonly ConfigFault[]; readonly warnings: readonly string[] } => {
  const faults: ConfigFault[] = [];
  const read = <T>(name: Name, schema: z.ZodType<T>): T | undefined => {
    const text = variables[name];
    if (text === undefined || text === '') return undefined;
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    faults.push(...parsed.error.issues.map((issue) => ({ path: name, message: issue.message })));
    return undefined;
  };
  const publicUrl = read('TIDEMARK_PUBLIC_URL', publicUrlSchema);
  const keys = read('TIDEMARK_PII_KEYS', piiKeys);
  const trustedProxies = read('TIDEMARK_TRUSTED_PROXIES', proxies);
  const mail = mailOf(read('TIDEMARK_SMTP_URL', smtpSchema), read('TIDEMARK_MAIL_FROM', mailFromSchema), file.mail);
  const config: Config = {
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(keys === undefined ? {} : { pii: { keys } }),
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
    ...(mail.config === undefined ? {} : { mail: mail.config }),
  };
  const unknown = Object.keys(variables).filter((name) => name.startsWith('TIDEMARK_') && !KNOWN.includes(name));
  return {
    config,
    faults: [...faults, ...mail.faults],
    warnings: unknown.map((name) => `${name} is no variable that Tidemark reads. There are: ${KNOWN.join(', ')}.`),
  };
};

const mailSchema = z.object({ smtp: smtpSchema.exactOptional(), from: mailFromSchema.exactOptional() }).catch({});

/** Address and sender may come from different places, and there must be both or none. */
const mailOf = (
  smtp: string | undefined,
  from: string | undefined,
  fileMail: unknown,
): { readonly config?: NonNullable<Config['mail']>; readonly faults: readonly ConfigFault[] } => {
  if (smtp === undefined && from === undefined) return { faults: [] };
  const inFile = mailSchema.parse(fileMail ?? {});
  const both = { smtp: smtp ?? inFile.smtp, from: from ?? inFile.from };
  if (both.smtp === undefined) return { faults: [{ path: 'TIDEMARK_SMTP_URL', message: 'is needed beside TIDEMARK_MAIL_FROM' }] };
  if (both.from === undefined) return { faults: [{ path: 'TIDEMARK_MAIL_FROM', message: 'is needed beside TIDEMARK_SMTP_URL' }] };
  return { config: { smtp: both.smtp, from: both.from }, faults: [] };
};
