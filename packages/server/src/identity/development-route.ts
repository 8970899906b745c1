import { type Env, refuse } from '@tidemark/protocol';
import * as z from 'zod';
import { answerJson, answerRefusal } from '../http/answer.ts';
import { readMessage } from '../http/check.ts';
import type { HttpApp, HttpContext } from '../http/context.ts';
import type { DevelopmentKey } from './development-key.ts';
import { DEVELOPMENT_ISSUER, issueDevelopmentToken } from './development-tokens.ts';

const tokenRequestSchema = z.strictObject({ app: z.string().max(64), user: z.string().min(1).max(128) });

export interface DevelopmentRouteOptions {
  readonly key: DevelopmentKey;
  readonly env: Pick<Env, 'wall'>;
  /** Names of the mounted apps. */
  readonly apps: ReadonlySet<string>;
  /** Whether the server listens on a loopback address only. Elsewhere the route does not exist. */
  readonly isLoopback: () => boolean;
}

/**
 * POST /development/token `{ app, user }` answers `{ token, issuer, subject }`: how the page gets its tokens while
 * there are no accounts. It exists only on a loopback address with development tokens on, and takes no request that a
 * page of another origin could have made (nor one under a foreign host name, which is how DNS rebinding looks).
 */
export const mountDevelopmentRoute = (http: HttpApp, options: DevelopmentRouteOptions): void => {
  http.post('/development/token', async (c) => {
    if (!options.isLoopback()) return c.notFound();
    c.set('route', '/development/token');
    if (!isFromOwnPage(c)) return answerRefusal(c, refuse('FORBIDDEN', 'Only a page of this server may ask for a token.').error);
    const request = await readMessage(c, tokenRequestSchema);
    if (!request.ok) return answerRefusal(c, request.error);
    const { app, user } = request.value;
    if (!options.apps.has(app)) return answerRefusal(c, refuse('NOT_FOUND', 'No app of this name is served here.').error);
    const token = await issueDevelopmentToken(options.key, { app, user }, options.env);
    return token.ok ? answerJson(c, { token: token.value, issuer: DEVELOPMENT_ISSUER, subject: user }) : answerRefusal(c, token.error);
  });
};

/** True for a host name or address that leads to this machine only. */
export const isLoopbackHost = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);

const isFromOwnPage = (c: HttpContext): boolean => {
  const host = c.req.header('Host') ?? new URL(c.req.url).host;
  if (!isLoopbackHost(host.replace(/:\d+$/, ''))) return false;
  const site = c.req.header('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = c.req.header('Origin');
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
};
