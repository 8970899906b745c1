import { answerJson } from '../../http/answer.ts';
import type { HttpApp, HttpContext } from '../../http/context.ts';
import { mountPath } from '../../http/mount-path.ts';
import type { AccountsContext } from '../context.ts';
import { publicJwk } from '../signing-keys.ts';
import { type AuthRoute, runRoute } from './auth-route.ts';
import { callerOf } from './caller.ts';
import { keyRoutes } from './key-routes.ts';
import { linkPages } from './link-pages.ts';
import { sessionRoutes } from './session-routes.ts';

const ROUTES: readonly AuthRoute[] = [...sessionRoutes, ...linkPages, ...keyRoutes];
const JWKS_SECONDS = 300;

export interface RouteSettings {
  /** Proxies of our own before this server, whose X-Forwarded-For is believed. */
  readonly trustedProxies: number;
}

/** Puts the account routes under a base ('' or '/apps/x'). They are the same accounts under every one. */
export const mountAccounts = (http: HttpApp, base: string, context: AccountsContext, { trustedProxies }: RouteSettings): void => {
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const here = ROUTES.filter((route) => route.path === path);
    const run = (route: AuthRoute) => (c: HttpContext) =>
      runRoute({ c, context, caller: callerOf({ env: c.env, header: (name) => c.req.header(name) }, trustedProxies) }, route);
    mountPath(http, base + path, new Map(here.map((route) => [route.method, run(route)])), (c) => c.set('route', path));
  }
};

/** GET /.well-known/jwks.json: the public halves of the keys that access tokens are signed with. */
export const mountJwks = (http: HttpApp, { signingKeys }: AccountsContext): void => {
  http.get('/.well-known/jwks.json', async (c) => {
    c.set('route', '/.well-known/jwks.json');
    const keys = (await signingKeys.all()).map(publicJwk);
    const response = await answerJson(c, { keys });
    response.headers.set('Cache-Control', `public, max-age=${JWKS_SECONDS}`);
    return response;
  });
};
