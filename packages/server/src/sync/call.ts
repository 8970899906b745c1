import type { Engine, SpaceRef } from '@tidemark/engine';
import type { AccountsStorage } from '@tidemark/engine/accounts';
import type { AppDefinition, Env, Limits, Result } from '@tidemark/protocol';
import type { AppAccounts } from '../accounts/app-accounts.ts';
import type { SignedIn } from '../accounts/sign-in.ts';
import { answerJson, answerRefusal } from '../http/answer.ts';
import type { HttpContext } from '../http/context.ts';
import type { Dialect } from '../http/dialect.ts';
import type { RateLimit } from '../http/rate-limit.ts';
import type { Identity, Principal } from '../identity/identity.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { LiveStreams } from './live-streams.ts';

/** What the routes of every mount work with. */
export interface Services {
  readonly engine: Engine;
  readonly identity: Identity;
  readonly env: Env;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly liveStreams: LiveStreams;
  /** How a live stream is answered: open until its end, or with what there is now, to be asked for again. */
  readonly live: 'stream' | 'poll';
  /** What GET /sync/session advertises. */
  readonly limits: Limits;
  /** Small durable items beside the log, for what routes must remember and no client pulls. Named by an owner of the route's own. */
  readonly items: AccountsStorage;
  /** Absent where the server keeps no accounts of its own. */
  readonly accounts?: AppAccounts;
}

/** One authenticated request to a mounted app. */
export interface Call {
  readonly c: HttpContext;
  readonly app: AppDefinition;
  readonly principal: Principal;
  /** The only space this request can touch: it follows from the token alone. */
  readonly space: SpaceRef;
  readonly services: Services;
}

/** One row of a route table: `path` is relative to the mount, in the form `/tasks/:id`. */
export type Route = GuardedRoute | AccountRoute | OpenRoute;

interface RouteRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** How this route words a refusal, where it is not as the app's other routes do. Routes of one path have the same. */
  readonly dialect?: Dialect;
}

export interface GuardedRoute extends RouteRow {
  /** What the scopes of whoever asks must name. */
  readonly access: 'read' | 'write';
  readonly handle: (call: Call) => Promise<Response>;
}

/** Asks for an access token of an account of this server; no other token and no API key does. */
export interface AccountRoute extends RouteRow {
  readonly access: 'account';
  readonly handle: (c: HttpContext, signedIn: SignedIn) => Promise<Response>;
}

/** A route that asks for no token and touches no space. */
export interface OpenRoute extends RouteRow {
  readonly access: 'open';
  readonly handle: (c: HttpContext) => Promise<Response>;
}

/** What an app serves beside the native routes. */
export interface AppRoutes {
  /** How the app's own routes word a refusal; the native routes under the same mount keep the catalogue's words. */
  readonly dialect?: Dialect;
  /** A token bucket for each user, or each API key, over the app's own routes: `perSecond` on end, `burst` at once. */
  readonly rateLimit?: RateLimit;
  /** Refuse whoever's e-mail address is not verified under the whole mount, native routes included, unless a mount says otherwise. */
  readonly requireVerifiedEmail?: boolean;
  /** Called once for each mount, with its path ('' at the root). What the rows must remember for this server they keep in this call. */
  readonly open: (services: Services, base: string) => readonly Route[];
}

/** Answers a result: its value as JSON, or its refusal. */
export const answer = (c: HttpContext, result: Result<object>): Promise<Response> =>
  result.ok ? answerJson(c, result.value) : answerRefusal(c, result.error);
