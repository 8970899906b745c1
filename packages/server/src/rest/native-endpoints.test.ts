import { expect, test } from 'vitest';
import { openTestServer } from '../server.suite.ts';
import { NATIVE_ENDPOINTS } from './native-endpoints.ts';

/** For people, as GET /docs is. */
const PAGES = ['GET /import'];

test('the spec describes every native route that is served, and no other', async () => {
  const { server } = await openTestServer();
  const base = '/apps/notes';
  const served = server.app.routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith(`${base}/`));
  const names = served.map(({ method, path }) => `${method} ${path.slice(base.length)}`);
  expect([...new Set(names)].filter((name) => !PAGES.includes(name)).sort()).toEqual(
    NATIVE_ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort(),
  );
});
