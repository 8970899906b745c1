import { refuse } from '@tidemark/protocol';
import { bearerOf, readToken } from './bearer.ts';
import type { Identity } from './identity.ts';

/** What every API key begins with. */
export const API_KEY_PREFIX = 'tm_';

/** Whom one app listens to. */
export interface IdentityChoice {
  /** By the exact `iss` of a token. One identity may stand under several. */
  readonly issuers: ReadonlyMap<string, Identity>;
  readonly apiKeys?: Identity;
}

/**
 * One Identity out of those that each app allows, by name of the app. Which of them is asked follows from the credential
 * alone: the prefix of an API key, or the `iss` a token claims. Only that one is asked, and it checks the rest: there is
 * no trying one after another, and so no key of one issuer that opens a token of another.
 */
export const chooseIdentity = (choices: ReadonlyMap<string, IdentityChoice>): Identity => ({
  // Not async: each such frame is a promise more in every request.
  authenticate: (request) => {
    const choice = choices.get(request.app);
    if (choice === undefined) return notAllowed;
    const credential = bearerOf(request.authorization);
    if (!credential.ok) return Promise.resolve(credential);
    if (credential.value.startsWith(API_KEY_PREFIX)) return choice.apiKeys?.authenticate(request) ?? notAllowed;
    const token = readToken(credential.value);
    if (!token.ok) return Promise.resolve(token);
    const { iss } = token.value.payload;
    const identity = typeof iss === 'string' ? choice.issuers.get(iss) : undefined;
    return identity?.authenticate(request) ?? notAllowed;
  },
});

const notAllowed = Promise.resolve(refuse('UNAUTHENTICATED', 'This app does not take credentials of that kind or issuer.'));
