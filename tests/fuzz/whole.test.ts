import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ACCOUNT_SHAPES } from './account-routes.ts';
import { heldBytes, send, sendRaw, sendText } from './platform/send.ts';
import { APP_NAMES, accountPathsOf, openWhole, type ServedRoute, type WholeTarget } from './platform/target.ts';
import { hostileHeaders, spoilt, statusesOf } from './raw-bytes.ts';
import { shapesOf } from './routes.ts';

// The server as `tidemark serve` puts it together: every app, accounts at the root and under each of them, the page, the kept mails. What
// is sent to which route comes from the server's own list, so none can be forgotten.

/** Connections of spoilt bytes, and requests with hostile headers, for each route; 20,000 for the record. */
const REQUESTS = Number(process.env.TIDEMARK_FUZZ ?? 1);
const AT_ONCE = 40;
const QUIET_MS = 150;
const ANSWER_MS_MAX = 3_000;
const MEMORY_MIB_MAX = 64;
const timeout = 60_000 + REQUESTS * 60_000;

const appOf = (path: string): string => /^\/apps\/([\w-]+)\//.exec(path)?.[1] ?? 'time-tracker';

/** An honest request to a route, but for its headers. */
const requestTo = ({ method, path }: ServedRoute, token: string, headers: readonly (readonly [string, string])[] = []): string => {
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const given = new Set(headers.map(([name]) => name));
  const usual = [
    ['Host', 'localhost'],
    ['Connection', 'close'],
    ['Authorization', `Bearer ${token}`],
    ...(hasBody ? [['Content-Type', 'application/json']] : []),
  ].filter(([name = '']) => !given.has(name));
  const lines = [...usual, ...headers, ...(hasBody ? [['Content-Length', '2']] : [])].map(([name, value]) => `${name}: ${value}`);
  const address = path.replace(/:\w+/g, 'x').replace('*', 'index.html');
  return [`${method} ${address} HTTP/1.1`, ...lines, '', hasBody ? '{}' : ''].join('\r\n');
};

/** Draws something for each route `REQUESTS` times, in groups that are sent at once. */
const forEveryRoute = async <T>(
  { routes }: WholeTarget,
  draw: (route: ServedRoute) => fc.Arbitrary<T>,
  fire: (route: ServedRoute, drawn: T) => Promise<void>,
): Promise<void> => {
  const all = Array.from({ length: REQUESTS }, () => routes).flat();
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const shots = all.slice(from, from + AT_ONCE).map((route) => draw(route).map((drawn) => ({ route, drawn })));
    const together = fc.asyncProperty(fc.tuple(...shots), async (drawn) => {
      await Promise.all(drawn.map((shot) => fire(shot.route, shot.drawn)));
    });
    await fc.assert(together, { numRuns: 1, endOnFailure: true });
  }
};

const expectNoFault = (route: ServedRoute, status: number, about: unknown): void => {
  // Two imports at a time; the next is told to come again.
  if (status === 503 && route.path.endsWith('/import')) return;
  expect(status, JSON.stringify([route, about])).toBeLessThan(500);
};

// Those of accounts by accounts.test.ts, all others by http.test.ts.
test('every route of the whole server is fuzzed from its schema', async () => {
  const target = await openWhole();
  const accountPaths = accountPathsOf(target.routes);
  const shaped = new Set(Object.keys(ACCOUNT_SHAPES));
  for (const app of APP_NAMES) {
    const { text } = await send(`http://127.0.0.1:${target.port}/apps/${app}/openapi.json`, {});
    const own = target.routes.filter(({ path }) => path.startsWith(`/apps/${app}/`));
    const listed = own.map(({ method, path }) => `${method} ${path.slice(`/apps/${app}`.length)}`);
    for (const route of Object.keys(shapesOf(app, JSON.parse(text), listed))) shaped.add(`${app} ${route}`);
  }
  const forgotten = target.routes.filter(({ method, path }) => {
    const [, app, rest = path] = /^\/apps\/([\w-]+)(\/.*)$/.exec(path) ?? [];
    const isOfAccounts = accountPaths.has(rest) && shaped.has(`${method} ${rest}`);
    return !isOfAccounts && !shaped.has(`${app ?? APP_NAMES[0]} ${method} ${rest}`);
  });
  expect(forgotten).toEqual([]);
  expect(target.routes.length).toBeGreaterThan(100);
  console.log(`${target.routes.length} routes`);
});

const words = `${REQUESTS} connections of spoilt bytes and ${REQUESTS} requests with hostile headers for every route`;

test(`${words}: none fails the server, and it is sound afterwards`, { timeout }, async () => {
  const target = await openWhole();
  const tokens = new Map(await Promise.all(APP_NAMES.map(async (app) => [app, await target.tokenFor(app)] as const)));
  const tokenFor = ({ path }: ServedRoute): string => tokens.get(appOf(path)) ?? '';
  const before = await heldBytes();
  const spoiltRequest = (route: ServedRoute) => spoilt(fc.constant(requestTo(route, tokenFor(route))));
  await forEveryRoute(target, spoiltRequest, async (route, parts) => {
    const sent = parts.map((part) => Buffer.from(part).toString('latin1'));
    for (const status of statusesOf(await sendRaw(target.port, parts, QUIET_MS))) expectNoFault(route, status, sent);
  });
  const headersOf = () => hostileHeaders;
  await forEveryRoute(target, headersOf, async (route, headers) => {
    const { status, ms } = await sendText(target.port, requestTo(route, tokenFor(route), headers));
    expectNoFault(route, status, headers);
    expect(ms).toBeLessThan(ANSWER_MS_MAX);
  });
  expect((await send(`http://127.0.0.1:${target.port}/readyz`, {})).status).toBe(200);
  expect(target.errors).toEqual([]);
  expect(await target.problems()).toEqual([]);
  expect(((await heldBytes()) - before) / 2 ** 20).toBeLessThan(MEMORY_MIB_MAX);
});
