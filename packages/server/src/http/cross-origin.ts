import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { HttpEnv } from './context.ts';

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

/** Any website may call with a token it was given; there are no cookies that a browser would add by itself. */
export const crossOrigin: MiddlewareHandler<HttpEnv> = (c, next) => (c.req.header('Origin') === undefined ? next() : anyOrigin(c, next));
