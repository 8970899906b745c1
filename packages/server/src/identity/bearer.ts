import { isJsonObject, type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { createKept } from './kept.ts';
import { hasRepeatedKey } from './repeated-key.ts';

/** Characters of a credential. Node's own limit for all headers together is 16 KiB. */
const CREDENTIAL_LENGTH_MAX = 8 * 1024;
const KEY_ID_LENGTH_MAX = 128;

/** Members of a token's header that name keys or change how it is to be read. None is ever followed. */
const HEADER_REFUSED = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc'];

/** A JWT that was read and not yet believed. */
export interface UnverifiedToken {
  readonly text: string;
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/** The credential of an Authorization header as it came. Refused with UNAUTHENTICATED. */
export const bearerOf = (authorization: string | null): Result<string> => {
  const known = authorization === null ? undefined : recentCredentials.get(authorization);
  if (known !== undefined) return known;
  const credential = takeOut(authorization);
  if (authorization !== null && credential.ok) recentCredentials.add(authorization, credential);
  return credential;
};

const takeOut = (authorization: string | null): Result<string> => {
  if (authorization === null) return refuse('UNAUTHENTICATED', 'Send a token as Authorization: Bearer.');
  if (authorization.length > CREDENTIAL_LENGTH_MAX) {
    return refuse('UNAUTHENTICATED', `The token is longer than ${CREDENTIAL_LENGTH_MAX} characters.`);
  }
  const credential = /^Bearer +([\w.~-]+)$/i.exec(authorization)?.[1];
  return credential === undefined ? refuse('UNAUTHENTICATED', 'The Authorization header does not hold a bearer token.') : ok(credential);
};

/**
 * Takes a JWT apart, strictly: three parts of canonical base64url, header and payload JSON objects in UTF-8 that name no
 * member twice (two readers could see two tokens), nothing in the header that brings its own key. Refused with UNAUTHENTICATED.
 */
export const readToken = (text: string): Result<UnverifiedToken> => {
  const known = recentlyRead.get(text);
  if (known !== undefined) return known;
  const read = takeApart(text);
  if (!read.ok) return read;
  recentlyRead.add(text, read);
  return read;
};

/** A client sends the same token with every request, and each is read more than once: a tenth of a small push. */
const TOKENS_KEPT_MAX = 500;
const recentlyRead = createKept<Result<UnverifiedToken>>(TOKENS_KEPT_MAX);
/** By header: each request's is a new string, but its credential is then one whose hash is known. */
const recentCredentials = createKept<Result<string>>(TOKENS_KEPT_MAX);

const takeApart = (text: string): Result<UnverifiedToken> => {
  const [headerPart, payloadPart, signature, ...more] = text.split('.');
  if (headerPart === undefined || payloadPart === undefined || signature === undefined || signature === '' || more.length > 0)
    return malformed;
  const header = decodePart(headerPart);
  const payload = decodePart(payloadPart);
  if (header === undefined || payload === undefined || !isCanonical(signature)) return malformed;
  if (HEADER_REFUSED.some((name) => Object.hasOwn(header, name))) return malformed;
  const { kid } = header;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length < 1 || kid.length > KEY_ID_LENGTH_MAX)) return malformed;
  return ok({ text, header, payload });
};

const malformed = refuse('UNAUTHENTICATED', 'The token is not a sound JWT.');

const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const decodePart = (part: string): JsonObject | undefined => {
  if (!isCanonical(part)) return undefined;
  try {
    const json = utf8.decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(json);
    return isJsonObject(value) && !hasRepeatedKey(json, value) ? value : undefined;
  } catch {
    return undefined;
  }
};
