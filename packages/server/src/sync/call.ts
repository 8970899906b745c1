import type { Engine, SpaceRef } from '@tidemark/engine';
import type { AppDefinition, Env, Result } from '@tidemark/protocol';
import { answerJson, answerRefusal } from '../http/answer.ts';
import type { HttpContext } from '../http/context.ts';
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

/** One row of a route table. `path` is relative to the mount. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly handle: (call: Call) => Promise<Response>;
}

/** Answers a result: its value as JSON, or its refusal. */
export const answer = (c: HttpContext, result: Result<object>): Promise<Response> =>
  result.ok ? answerJson(c, result.value) : answerRefusal(c, result.error);
