import * as z from 'zod';

/** Personal data at rest: the key it is encrypted with (null: as it is) and the text. */
const sealed = z.object({ keyId: z.string().nullable(), text: z.string() });
export type Sealed = z.infer<typeof sealed>;
const time = z.number();

/** One account. `emailVersion` and `passwordVersion` count changes: links and codes are bound to them. */
export const accountRow = z.object({
  accountId: z.string(),
  email: sealed,
  emailVersion: z.number().int(),
  emailVerified: z.boolean(),
  /** PHC string of Argon2id; absent where none was chosen since mail alone proved the address. */
  password: z.string().optional(),
  passwordVersion: z.number().int(),
  /** Counting it up ends every session that was begun before. */
  sessionsVersion: z.number().int(),
  firstName: sealed.optional(),
  lastName: sealed.optional(),
  phone: sealed.optional(),
  createdAt: time,
  /** API keys made up to then open nothing: whoever made them had not proved the address. */
  keysAfter: time.optional(),
  /** Set once its owner asked for it to be deleted; nobody gets in from then on. */
  deletingAt: time.optional(),
});
export type AccountRow = z.infer<typeof accountRow>;

/** Which account an e-mail address belongs to; its owner is the address's blind index. */
export const claimRow = z.object({ accountId: z.string() });

/**
 * One signed-in session: a family of refresh tokens, each made from the one before. Only hashes are kept. `parent` is
 * the token that was exchanged last, `children` are those it was exchanged for, of which none was used yet.
 */
export const familyRow = z.object({
  familyId: z.string(),
  accountId: z.string(),
  /** Key of the tag that tells our tokens from made-up ones. */
  tagKey: z.string(),
  /** The account's when the session began; it has ended where the account's is another. */
  sessionsVersion: z.number().int(),
  rotates: z.boolean(),
  /** Of the token that was minted last. */
  generation: z.number().int(),
  parent: z.string().nullable(),
  children: z.array(z.string()),
  startedAt: time,
  usedAt: time,
  endsAt: time,
  accessTokenMs: z.number(),
  revoked: z.object({ at: time, why: z.enum(['logout', 'reuse']) }).optional(),
  clientId: z.string().optional(),
  client: z.string().optional(),
});
export type FamilyRow = z.infer<typeof familyRow>;

/** What a link or code that was sent by mail is good for. */
export const PURPOSES = ['verify', 'magic', 'reset', 'email'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** A link (and for `verify` a code) that was sent by mail. */
export const onceRow = z.object({
  purpose: z.enum(PURPOSES),
  accountId: z.string(),
  secretHash: z.string(),
  emailVersion: z.number().int(),
  passwordVersion: z.number().int(),
  /** The address that `email` changes to. */
  newEmail: sealed.optional(),
  /** The session that asked for the change, and goes on after it. */
  keepFamily: z.string().optional(),
  codeMac: z.string().optional(),
  codeTries: z.number().int(),
  usedAt: time.optional(),
});
export type OnceRow = z.infer<typeof onceRow>;

export const SCOPES = ['read', 'write'] as const;

export const keyRow = z.object({
  keyId: z.string(),
  accountId: z.string(),
  name: z.string(),
  secretHash: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  /** The only app it opens; null: every app of the server. */
  app: z.string().nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
  /** To within an hour; null: never. */
  usedAt: time.nullable(),
  rotatedTo: z.string().optional(),
});
export type KeyRow = z.infer<typeof keyRow>;

export const EVENT_KINDS = [
  'registered',
  'register_repeated',
  'signed_in',
  'sign_in_refused',
  'signed_out',
  'signed_out_everywhere',
  'session_ended',
  'refresh_reused',
  'email_verified',
  'verify_sent',
  'verify_refused',
  'magic_sent',
  'reset_sent',
  'password_reset',
  'password_changed',
  'email_change_sent',
  'email_changed',
  'key_created',
  'key_rotated',
  'key_revoked',
  'deletion_asked',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One line of an account's audit log. */
export const eventRow = z.object({
  kind: z.enum(EVENT_KINDS),
  at: time,
  /** The network it came from, its last part cut off. */
  from: z.string().optional(),
  /** What the caller calls itself. */
  client: z.string().optional(),
  /** The session or key it is about. */
  about: z.string().optional(),
});
export type EventRow = z.infer<typeof eventRow>;

/** An account that is being deleted. It stays until the last token that was out can no longer write. */
export const deletionRow = z.object({ accountId: z.string(), askedAt: time, again: z.number() });
export type DeletionRow = z.infer<typeof deletionRow>;
