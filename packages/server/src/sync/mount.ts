import type { AppDefinition } from '@tidemark/protocol';
import { refuse } from '@tidemark/protocol';
import { cors } from 'hono/cors';
import { answerRefusal } from '../http/answer.ts';
import type { HttpApp, HttpContext } from '../http/context.ts';
import type { Route, Services } from './call.ts';
import { deviceRoutes } from './device-routes.ts';
import { liveRoutes } from './live-route.ts';
import { pushPullRoutes } from './push-pull.ts';
import { recordRoutes } from './record-routes.ts';

/** An app under a path of the server: '/' or '/apps/time-tracker'. */
export interface Mount {
  readonly app: AppDefinition;
  readonly path: string;
}

/** What is served under each mount. An app's own REST routes and the accounts will be further tables beside these. */
const ROUTES: readonly Route[] = [...pushPullRoutes, ...liveRoutes, ...recordRoutes, ...deviceRoutes];

// Any website may call with a token it was given; there are no cookies that a browser would add by itself.
const crossOrigin = cors({
  origin: '*',
  allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type', 'Content-Encoding', 'X-Correlation-Id', 'Last-Event-ID'],
  exposeHeaders: ['Retry-After', 'X-Correlation-Id', 'ETag'],
  maxAge: 7200,
});

/** Puts the sync routes of one app under its path. */
export const mountApp = (http: HttpApp, mount: Mount, services: Services): void => {
  const base = mount.path.replace(/\/+$/, '');
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const here = ROUTES.filter((route) => route.path === path);
    http.use(base + path, (c, next) => (c.req.header('Origin') === undefined ? next() : crossOrigin(c, next)));
    for (const route of here) http.on(route.method, base + path, (c) => handle(c, mount.app, route, services));
    const allow = here.map((route) => route.method).join(', ');
    http.all(base + path, (c) => {
      c.set('route', path);
      c.header('Allow', allow);
      return answerRefusal(c, refuse('METHOD_NOT_ALLOWED', `This address takes ${allow}.`).error);
    });
  }
};

const handle = async (c: HttpContext, app: AppDefinition, route: Route, services: Services): Promise<Response> => {
  c.set('route', route.path);
  c.set('app', app.name);
  const principal = await services.identity.authenticate({ authorization: c.req.header('Authorization') ?? null, app: app.name });
  if (!principal.ok) return answerRefusal(c, principal.error);
  const space = { app: app.name, key: `${app.name}/${principal.value.spaceKey}` };
  return route.handle({ c, app, principal: principal.value, space, services });
};
