import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { digestText, hashText } from './digest.ts';
import { CONFLICTS, LIMITS } from './limits.ts';

/** What an opaque cursor holds: a position in the log of a space, and how the client got there. */
export interface Cursor {
  readonly spaceId: string;
  readonly epoch: string;
  readonly seq: number;
  /** Chain hash of the log at `seq`. */
  readonly hash: string;
  /** collectionsKey of the set asked for; absent = all. */
  readonly collections?: string;
  /** Present while a snapshot is under way: the key of the last record sent, and why it began. */
  readonly snapshot?: { readonly after?: { readonly collection: string; readonly id: string }; readonly reset?: 'floor' | 'epoch' };
}

const FORMAT = '1';
/** Stands in no part of a cursor. */
const SEPARATOR = '\0';

/**
 * Prints a cursor: URL-safe, at most LIMITS.cursorLengthMax characters, also with an id of 128 characters of any Unicode.
 * It is neither secret nor signed, only protected against damage: whoever reads it still compares hash and spaceId.
 * Throws where a part holds U+0000 or is not well-formed, which checkId and the message schemas refuse.
 */
export const encodeCursor = (cursor: Cursor): string => {
  const { spaceId, epoch, seq, hash, collections, snapshot } = cursor;
  const parts = [FORMAT, spaceId, epoch, String(seq), hash, collections ?? ''];
  if (snapshot) parts.push(snapshot.reset ?? '');
  if (snapshot?.after) parts.push(snapshot.after.collection, snapshot.after.id);
  if (parts.some((part) => part.includes(SEPARATOR))) throw new Error('a part of a cursor holds U+0000');
  const bytes = utf8Encode(parts.join(SEPARATOR));
  return encodeBase64Url([...bytes, ...crcBytes(bytes)]);
};

/** Reads a cursor; undefined for anything that encodeCursor did not print, down to a single changed character. */
export const decodeCursor = (text: string): Cursor | undefined => {
  if (text.length > LIMITS.cursorLengthMax) return undefined;
  const bytes = decodeBase64Url(text);
  if (!bytes || bytes.length < 4) return undefined;
  const body = bytes.slice(0, -4);
  const sum = bytes.slice(-4);
  if (crcBytes(body).some((byte, i) => byte !== sum[i])) return undefined;
  const plain = utf8Decode(body);
  return plain === undefined ? undefined : fromParts(plain.split(SEPARATOR));
};

const fromParts = (parts: readonly string[]): Cursor | undefined => {
  const [format, spaceId, epoch, seqText, hash, collections, reset, afterCollection, afterId] = parts;
  if (format !== FORMAT || ![6, 7, 9].includes(parts.length)) return undefined;
  if (spaceId === undefined || epoch === undefined || seqText === undefined || hash === undefined) return undefined;
  const seq = Number(seqText);
  if (!/^(0|[1-9][0-9]*)$/.test(seqText) || !Number.isSafeInteger(seq)) return undefined;
  if (reset !== undefined && reset !== '' && reset !== 'floor' && reset !== 'epoch') return undefined;
  const after = afterCollection !== undefined && afterId !== undefined ? { collection: afterCollection, id: afterId } : undefined;
  return {
    spaceId,
    epoch,
    seq,
    hash,
    ...(collections ? { collections } : {}),
    ...(reset === undefined ? {} : { snapshot: { ...(after ? { after } : {}), ...(reset ? { reset } : {}) } }),
  };
};

/**
 * A short key of a set of collections, the same for any order and repetition; undefined (= all) for undefined.
 * $conflicts comes with every set and makes no difference.
 */
export const collectionsKey = (names: readonly string[] | undefined): string | undefined => {
  if (names === undefined) return undefined;
  const set = [...new Set(names)].filter((name) => name !== CONFLICTS).sort();
  return digestText(hashText(set.join(SEPARATOR)));
};

/**
 * CRC-32 (ISO 3309, reflected, 0xEDB88320), least significant byte first. It finds every burst of up to 32 bits, and one
 * changed character of base64 is a burst of 6 bits: so this is a promise, not a likelihood.
 */
const crcBytes = (bytes: readonly number[]): number[] => {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const sum = ~crc;
  return [sum & 0xff, (sum >>> 8) & 0xff, (sum >>> 16) & 0xff, sum >>> 24];
};

const utf8Encode = (text: string): number[] => {
  const bytes: number[] = [];
  const escaped = encodeURIComponent(text);
  for (let i = 0; i < escaped.length; i += 1) {
    if (escaped[i] !== '%') bytes.push(escaped.charCodeAt(i));
    else {
      bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16));
      i += 2;
    }
  }
  return bytes;
};

const utf8Decode = (bytes: readonly number[]): string | undefined => {
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return undefined;
  }
};
