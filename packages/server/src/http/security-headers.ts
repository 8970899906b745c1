import type { HonoRequest, MiddlewareHandler } from 'hono';
import { type AnswerHeaders, completeHeaders } from './answer-headers.ts';
import type { HttpEnv } from './context.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

const CALL: AnswerHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

const DOCUMENT: AnswerHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

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
  const transport = https ? { 'Strict-Transport-Security': `max-age=${YEAR_SECONDS}; includeSubDomains` } : {};
  return async (c, next) => {
    c.set('headers', { ...(isCall(c.req) ? CALL : DOCUMENT), ...transport });
    await next();
    completeHeaders(c);
  };
};
