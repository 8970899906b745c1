import type { Result } from '@tidemark/protocol';

/** Who a request comes from, as a verified token says. Nothing of it is ever taken from a body or a query. */
export interface Principal {
  readonly issuer: string;
  readonly subject: string;
  /** The owner part of the space's key: unique over all issuers that one server trusts. */
  readonly spaceKey: string;
  readonly scopes: readonly string[];
  readonly emailVerified: boolean;
  /** The client the token is bound to, where it is bound to one. */
  readonly clientId?: string;
  /** Wall clock, milliseconds. A live stream ends then. */
  readonly expiresAt: number;
}

/**
 * The port to whoever knows the users. `authorization` is the header as it came, `app` the app that is asked for:
 * a token of one app is refused at another. Refusals: UNAUTHENTICATED, FORBIDDEN. It never throws for a bad token.
 */
export interface Identity {
  authenticate(request: { readonly authorization: string | null; readonly app: string }): Promise<Result<Principal>>;
}
