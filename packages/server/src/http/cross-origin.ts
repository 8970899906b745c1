import { cors } from 'hono/cors';
import type { HttpContext } from './context.ts';

const anyOrigin = cors({
  origin: '*',
  allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [
    'Authorization',
    'X-Api-Key',
    'Content-Type',
    'Content-Encoding',
    'X-Correlation-Id',
    'Last-Event-ID',
    'If-Match',
    'If-None-Match',
    'Idempotency-Key',
  ],
  exposeHeaders: ['Retry-After', 'X-Correlation-Id', 'ETag', 'Location', 'RateLimit', 'RateLimit-Policy', 'Content-Disposition'],
  maxAge: 7200,
});

const answerWebsite = async (c: HttpContext, handle: (c: HttpContext) => Promise<Response>): Promise<Response> => {
  const preflight = await anyOrigin(c, async () => {
    c.res = await handle(c);
  });
  return preflight ?? c.res;
};

/** Any website may call with a token it was given; there are no cookies that a browser would add by itself. */
export const crossOrigin = (c: HttpContext, handle: (c: HttpContext) => Promise<Response>): Promise<Response> =>
  c.req.header('Origin') === undefined ? handle(c) : answerWebsite(c, handle);
