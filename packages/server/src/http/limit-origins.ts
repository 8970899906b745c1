import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './context.ts';

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';

/**
 * Lets only these origins read what websites may read: where a route answered for any origin, one that is listed gets
 * its own name, and every other one gets no CORS header at all. Credentials are never allowed.
 */
export const limitOrigins = (origins: readonly string[]): MiddlewareHandler<HttpEnv> => {
  const allowed = new Set(origins);
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    if (!headers.has(ALLOW_ORIGIN)) return;
    headers.append('Vary', 'Origin');
    const origin = c.req.header('Origin') ?? '';
    if (allowed.has(origin)) {
      headers.set(ALLOW_ORIGIN, origin);
      return;
    }
    for (const name of [...headers.keys()]) if (/^access-control-/i.test(name)) headers.delete(name);
  };
};
