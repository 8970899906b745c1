import type { AppDefinition } from '@tidemark/protocol';
import { type Refusal, refuse } from '@tidemark/protocol';
import { answerRefusal } from '../http/answer.ts';
import { headersOf, setHeader } from '../http/answer-headers.ts';
import { authorizationOf } from '../http/authorization.ts';
import type { HttpApp, HttpContext } from '../http/context.ts';
import type { Dialect } from '../http/dialect.ts';
import { mountPath } from '../http/mount-path.ts';
import { createRateLimiter, type RateLimit, type RateLimiter } from '../http/rate-limit.ts';
import { spaceKeyOf } from '../identity/identity.ts';
import { transferRoutes } from '../transfer/routes.ts';
import type { AccountRoute, AppRoutes, Route, Services } from './call.ts';
import { deviceRoutes } from './device-routes.ts';
import { liveRoutes } from './live-route.ts';
import { pushPullRoutes } from './push-pull.ts';
import { recordRoutes } from './record-routes.ts';

/** An app under a path of the server: '/' or '/apps/time-tracker'. */
export interface Mount {
  readonly app: AppDefinition;
  readonly path: string;
  /** The app's own routes beside the native ones. */
  readonly routes?: AppRoutes;
  /** Refuse whoever's e-mail address is not verified, with EMAIL_NOT_VERIFIED. Default: as the app's routes say. */
  readonly requireVerifiedEmail?: boolean;
}

/** What is served under each mount. */
const NATIVE_ROUTES: readonly Route[] = [...pushPullRoutes, ...liveRoutes, ...recordRoutes, ...deviceRoutes];

interface Limiter extends RateLimiter {
  readonly per: RateLimit['per'];
}

/** What a request meets before a route of this mount handles it. */
interface Guard {
  readonly app: AppDefinition;
  readonly services: Services;
  readonly dialect: Dialect | undefined;
  readonly limiter: Limiter | undefined;
  readonly requireVerifiedEmail: boolean;
}

/** Puts the native routes and the app's own under its path. A path of the app's own that is also native is a fault of the program. */
export const mountApp = (http: HttpApp, mount: Mount, services: Services): void => {
  const { app, routes, requireVerifiedEmail = routes?.requireVerifiedEmail ?? false } = mount;
  const base = mount.path.replace(/\/+$/, '');
  const own = routes?.open(services, base) ?? [];
  const taken = own.find((route) => NATIVE_ROUTES.some((native) => native.path === route.path));
  if (taken !== undefined) throw new Error(`${app.name} cannot have ${taken.path} for itself: it is a native route.`);
  const isOwn = (route: Route): boolean => own.some(({ path }) => path === route.path);
  const native = [...NATIVE_ROUTES, ...transferRoutes.filter((route) => !isOwn(route))];
  mountTable(http, base, native, { app, services, dialect: undefined, limiter: undefined, requireVerifiedEmail });
  const limit = routes?.rateLimit;
  const limiter = limit === undefined ? undefined : { ...createRateLimiter(limit, services.env), per: limit.per };
  const beside = transferRoutes.filter(
    (route) => isOwn(route) && own.every(({ path, method }) => path !== route.path || method !== route.method),
  );
  mountTable(http, base, [...own, ...beside], { app, services, dialect: routes?.dialect, limiter, requireVerifiedEmail });
};

const mountTable = (http: HttpApp, base: string, table: readonly Route[], guard: Guard): void => {
  for (const path of new Set(table.map((route) => route.path))) {
    const here = table.filter((route) => route.path === path);
    const handlers = new Map(here.map((route) => [route.method, (c: HttpContext) => handle(c, route, guard)]));
    mountPath(http, base + path, handlers, (c) => {
      c.set('route', path);
      c.set('app', guard.app.name);
      const dialect = here[0]?.dialect ?? guard.dialect;
      if (dialect !== undefined) c.set('dialect', dialect);
    });
  }
};

const handle = async (c: HttpContext, route: Route, { app, services, limiter, requireVerifiedEmail }: Guard): Promise<Response> => {
  if (route.access === 'open') return route.handle(c);
  if (route.access === 'account') return handleAccount(c, route, services, limiter);
  const principal = await services.identity.authenticate({ authorization: authorizationOf(c), app: app.name });
  if (!principal.ok) {
    c.set('reason', principal.error.message);
    return answerRefusal(c, principal.error);
  }
  const { scopes, spaceKey, emailVerified, clientId, keyId } = principal.value;
  const limited = take(c, limiter, limiter?.per === 'key' && keyId !== undefined ? spaceKeyOf('key', keyId) : spaceKey);
  if (limited !== undefined) return answerRefusal(c, limited);
  if (!scopes.includes(route.access)) {
    return answerRefusal(c, refuse('FORBIDDEN', `This token may not ${route.access}.`).error);
  }
  if (requireVerifiedEmail && !emailVerified) {
    return answerRefusal(c, refuse('EMAIL_NOT_VERIFIED', 'Verify the e-mail address of this account first.').error);
  }
  const space = { app: app.name, key: `${app.name}/${spaceKey}` };
  if (clientId !== undefined && (await services.engine.isRevoked(space, clientId))) {
    return answerRefusal(c, refuse('CLIENT_REVOKED', 'This device was revoked.').error);
  }
  return route.handle({ c, app, principal: principal.value, space, services });
};

/** Counts a request against the app's limit and says so in its headers. The refusal is TOO_MANY_REQUESTS. */
const take = (c: HttpContext, limiter: RateLimiter | undefined, key: string): Refusal | undefined => {
  if (limiter === undefined) return undefined;
  const { headers, refusal } = limiter.take(key);
  const answered = headersOf(c);
  answered['RateLimit-Policy'] = headers['RateLimit-Policy'];
  answered.RateLimit = headers.RateLimit;
  if (headers['Retry-After'] !== undefined) setHeader(c, 'Retry-After', headers['Retry-After']);
  return refusal;
};

const handleAccount = async (
  c: HttpContext,
  route: AccountRoute,
  { accounts }: Services,
  limiter: RateLimiter | undefined,
): Promise<Response> => {
  const signedIn = (await accounts?.signedIn(c)) ?? refuse('UNAUTHENTICATED', 'This server keeps no accounts.');
  if (!signedIn.ok) {
    c.set('reason', signedIn.error.message);
    return answerRefusal(c, signedIn.error);
  }
  const limited = take(c, limiter, `account ${signedIn.value.account.row.accountId}`);
  return limited === undefined ? route.handle(c, signedIn.value) : answerRefusal(c, limited);
};
