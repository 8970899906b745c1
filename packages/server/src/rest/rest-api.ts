import type { ErrorCode } from '@tidemark/protocol';
import type * as z from 'zod';
import { answerText } from '../http/answer.ts';
import type { Dialect } from '../http/dialect.ts';
import { answerHtml } from '../http/html-page.ts';
import type { RateLimit } from '../http/rate-limit.ts';
import type { AppRoutes, OpenRoute, Route, Services } from '../sync/call.ts';
import type { Endpoint } from './endpoint.ts';
import type { OpenApiSpec } from './openapi.ts';

/** A REST API of an app: its endpoints, and a spec and a page made from them. */
export interface RestApi {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly dialect: Dialect;
  /** What the dialect's bodies are like, where they are not the usual envelope. */
  readonly errorSchema?: z.ZodType;
  readonly rateLimit: RateLimit;
  /** See AppRoutes. */
  readonly requireVerifiedEmail?: boolean;
  /** Called once for each mount with its path. */
  readonly endpoints: (base: string, services: Services) => readonly Endpoint[];
}

const openRoute = (path: string, handle: OpenRoute['handle']): OpenRoute => ({ method: 'GET', path, access: 'open', handle });

/** Made when it is first asked for: the library behind it is larger than all the rest that a function loads. */
const whenAsked = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/** The endpoints as routes of an app, beside `GET /openapi.json` and `GET /docs`. */
export const restRoutes = (api: RestApi): AppRoutes => ({
  dialect: api.dialect,
  rateLimit: api.rateLimit,
  requireVerifiedEmail: api.requireVerifiedEmail ?? false,
  open: (services, base): readonly Route[] => {
    const endpoints = api.endpoints(base, services);
    const spec = whenAsked(async (): Promise<OpenApiSpec> => (await import('./openapi.ts')).specOf(api, base, endpoints));
    const specText = whenAsked(async () => JSON.stringify(await spec()));
    const page = whenAsked(async () => (await import('./docs-page.ts')).docsPage(await spec()));
    return [
      ...endpoints.map(({ route }) => route),
      openRoute('/openapi.json', async (c) => answerText(c, await specText())),
      openRoute('/docs', async (c) => answerHtml(c, await page())),
    ];
  },
});

/** Codes that any endpoint may refuse with. */
export const COMMON_REFUSALS: readonly ErrorCode[] = ['BAD_REQUEST', 'UNAUTHENTICATED', 'FORBIDDEN', 'TOO_MANY_REQUESTS', 'INTERNAL'];
