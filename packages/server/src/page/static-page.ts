import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { compress } from 'hono/compress';
import { secureHeaders } from 'hono/secure-headers';
import type { HttpApp } from '../http/context.ts';

// Mantine sets styles on elements; the page frames itself once for each device.
const pageHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'self'"],
  },
  referrerPolicy: 'no-referrer',
  // Plain HTTP on localhost is the normal case; whoever terminates TLS sets this.
  strictTransportSecurity: false,
});

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * Serves the files of a folder under '/': those in `assets/` have a hash in their name and are kept for ever, all else
 * is asked for again. Paths that climb out of the folder, hidden files and folders are not found. A folder that is not there: no page.
 */
export const mountPage = (http: HttpApp, folder: string): void => {
  if (!existsSync(join(folder, 'index.html'))) return;
  const files = serveStatic({ root: folder });
  http.on(['GET', 'HEAD'], '/*', compress(), pageHeaders, async (c, next) => {
    if (c.req.path.split('/').some((part) => part.startsWith('.'))) return next();
    c.set('route', '/*');
    const hashed = c.req.path.startsWith('/assets/');
    const answer = await files(c, next);
    if (answer instanceof Response) answer.headers.set('Cache-Control', hashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
    return answer;
  });
};
