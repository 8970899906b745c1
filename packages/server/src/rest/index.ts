export { answerJson, answerRefusal, answerText } from '../http/answer.ts';
export { readMessage, readQuery } from '../http/check.ts';
export type { HttpContext } from '../http/context.ts';
export type { Dialect } from '../http/dialect.ts';
export type { RateLimit } from '../http/rate-limit.ts';
export type { AppRoutes, Call, GuardedRoute, OpenRoute, Route, Services } from '../sync/call.ts';
