import { crc32 } from 'node:zlib';
import type { RandomBytes } from './secrets.ts';

const PREFIX = 'tm_live_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;
const SECRET_LENGTH = 43;
const CHECK_LENGTH = 6;
const SHAPE = /^tm_live_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

const base62 = (number: bigint, length: number): string => {
  let text = '';
  for (let rest = number; rest > 0n; rest /= 62n) text = (ALPHABET[Number(rest % 62n)] ?? '') + text;
  return text.padStart(length, '0').slice(-length);
};

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

const checkOf = (text: string): string => base62(BigInt(crc32(text)), CHECK_LENGTH);

/** A new id for a key, as it stands in the middle of it. */
export const newKeyId = (randomBytes: RandomBytes): string => base62(numberOf(randomBytes(9)), ID_LENGTH);

/** `tm_live_<id>_<secret><checksum>`: 256 random bits, found by secret scanners, and a typo is told from a guess without a look-up. */
export const newApiKey = (keyId: string, randomBytes: RandomBytes): string => {
  const body = `${PREFIX}${keyId}_${base62(numberOf(randomBytes(32)), SECRET_LENGTH)}`;
  return body + checkOf(body);
};

/** The id of a key whose checksum is right; undefined for every other text. */
export const keyIdOf = (text: string): string | undefined => {
  const [, keyId, , check] = SHAPE.exec(text) ?? [];
  return keyId !== undefined && check === checkOf(text.slice(0, -CHECK_LENGTH)) ? keyId : undefined;
};
