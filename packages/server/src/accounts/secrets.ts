import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Random bytes that nobody can foresee; see platform/random-bytes.ts. */
export type RandomBytes = (length: number) => Uint8Array;

const SECRET_BYTES = 32;
const ID_BYTES = 16;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** 256 random bits, 43 characters of base64url. */
export const newSecret = (randomBytes: RandomBytes): string => base64url(randomBytes(SECRET_BYTES));

/** 128 random bits, 22 characters of base64url. */
export const newId = (randomBytes: RandomBytes): string => base64url(randomBytes(ID_BYTES));

/** Six decimal digits, each code as likely as any other to within 1 in 10^9. */
export const newCode = (randomBytes: RandomBytes): string =>
  String(Buffer.from(randomBytes(6)).readUIntBE(0, 6) % 1_000_000).padStart(6, '0');

/** What is stored of a secret of 256 random bits: nothing slower than SHA-256 is needed for those. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** HMAC-SHA-256, base64url. */
export const macOf = (key: Uint8Array | string, text: string): string => createHmac('sha256', key).update(text).digest('base64url');

/** Compares two texts in a time that does not depend on where they differ. */
export const equalSecrets = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
