import type { HonoRequest, MiddlewareHandler } from 'hono';
import type { HttpEnv } from './context.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * A push or pull by a program: no browser makes such a request by itself, neither for a document nor for a part of one. What
 * governs documents is left out there, for each of a client's many small answers would be a third larger (bench, W7).
 */
const isCall = (request: HonoRequest): boolean => request.method === 'POST' && request.header('Authorization') !== undefined;

/**
 * What stands on every answer, refusals and faults too, unless the page has its own: an answer of the API is data, and
 * no browser is to run, frame or guess anything of it. `https` says that people reach this server by HTTPS only.
 */
export const securityHeaders = ({ https }: { readonly https: boolean }): MiddlewareHandler<HttpEnv> => {
  return async (c, next) => {
    c.header('X-Content-Type-Options', 'nosniff');
    if (isCall(c.req)) {
      c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    } else {
      c.header('X-Frame-Options', 'DENY');
      c.header('Referrer-Policy', 'no-referrer');
      c.header('Content-Security-Policy', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
      c.header('Cross-Origin-Resource-Policy', 'same-origin');
      c.header('Cross-Origin-Opener-Policy', 'same-origin');
    }
    if (https) c.header('Strict-Transport-Security', `max-age=${YEAR_SECONDS}; includeSubDomains`);
    await next();
  };
};
