import type { Result } from '@tidemark/protocol';

/** The scopes of whoever signed in themselves: people, not keys that they made. */
export const EVERY_SCOPE: readonly string[] = ['read', 'write'];

/** Who a request comes from, as a verified token says. Nothing of it is ever taken from a body or a query. */
export interface Principal {
  readonly issuer: string;
  readonly subject: string;
  /** The owner part of the space's key: unique over all issuers that one server trusts, made by `spaceKeyOf`. */
  readonly spaceKey: string;
  /** What it may do: `read`, `write`, or both (EVERY_SCOPE). One that is not named is refused; none at all may do nothing. */
  readonly scopes: readonly string[];
  readonly emailVerified: boolean;
  /** The client the token is bound to, where it is bound to one. */
  readonly clientId?: string;
  /** The id of the API key it sent, where it sent one: not a secret. */
  readonly keyId?: string;
  /** Wall clock, milliseconds. A live stream ends then. */
  readonly expiresAt: number;
  /** What the issuer says about the person, for an app to show. Never a key: addresses and numbers change hands. */
  readonly profile?: Profile;
}

export interface Profile {
  readonly email?: string;
  readonly name?: string;
  readonly picture?: string;
  /** E.164; only a number that the issuer calls verified. */
  readonly phone?: string;
}

/**
 * The port to whoever knows the users. `authorization` is the header as it came, `app` the app that is asked for:
 * a token of one app is refused at another. Refusals: UNAUTHENTICATED; FORBIDDEN; UNAVAILABLE when it cannot be known
 * now whether the token is good (never UNAUTHENTICATED then, which would make clients sign out). It never throws for a
 * bad token, and no message holds any part of one: messages are logged.
 */
export interface Identity {
  authenticate(request: { readonly authorization: string | null; readonly app: string }): Promise<Result<Principal>>;
}

/**
 * The owner part of a space's key: issuer and subject. Development tokens have the bare subject only; every other key
 * holds a `|`, which no part of it may hold itself, so that two owners never share a key.
 */
export const spaceKeyOf = (...parts: readonly string[]): string => parts.map(escapeBar).join('|');

const escapeBar = (part: string): string => part.replaceAll('%', '%25').replaceAll('|', '%7C');

const SUBJECT_LENGTH_MAX = 255;

/** Is it a subject that can be part of a storage key: 1 to 255 characters, no control characters, no halves of surrogate pairs? */
export const isSubject = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= 1 && value.length <= SUBJECT_LENGTH_MAX && !/[\p{Cc}\p{Cs}]/u.test(value);
