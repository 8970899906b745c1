import { type Router, UnsupportedPathError } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';
import { describe, expect, test } from 'vitest';
import { notes, openTestServer } from '../server.suite.ts';
import { createSplitRouter } from './split-router.ts';

const ROUTES = [
  ['ALL', '*'],
  ['GET', '/tasks/:id'],
  ['PUT', '/tasks/:id'],
  ['ALL', '/tasks/:id'],
  ['POST', '/tasks/bulk'],
  ['ALL', '/tasks/bulk'],
  ['GET', '/tasks/:id/notes/:note'],
  ['GET', '/tasks'],
  ['ALL', '/tasks'],
  ['GET', '/*'],
] as const;

const filled = (router: Router<string>): Router<string> => {
  for (const [method, path] of ROUTES) router.add(method, path, `${method} ${path}`);
  return router;
};

/** Which handlers a request meets, in their order, each with its parameters. */
const found = (router: Router<string>, method: string, path: string) => {
  const [handlers, stash] = router.match(method, path);
  return handlers.map(([handler, params]) => [
    handler,
    Object.fromEntries(Object.entries(params).map(([name, at]) => [name, stash === undefined ? at : stash[Number(at)]])),
  ]);
};

describe('the router', () => {
  test('finds what the one of Hono finds, but where a name stands beside a parameter', () => {
    const [split, trie] = [filled(createSplitRouter<string>()), filled(new TrieRouter<string>())];
    for (const method of ['GET', 'PUT', 'POST', 'DELETE']) {
      for (const path of [
        '/',
        '/tasks',
        '/tasks/',
        '/tasks/7',
        '/tasks/bulky',
        '/tasks/7/notes/8',
        '/tasks/7/notes',
        '/x/y',
        '/tasks/a%20b',
      ]) {
        expect(found(split, method, path)).toEqual(found(trie, method, path));
      }
    }
    expect(found(split, 'POST', '/tasks/bulk').map(([handler]) => handler)).toEqual(['ALL *', 'POST /tasks/bulk', 'ALL /tasks/bulk']);
    expect(found(split, 'GET', '/tasks/bulk').map(([handler]) => handler)).toEqual(['ALL *', 'ALL /tasks/bulk', 'GET /*']);
  });

  test('takes no path with an optional part, of which it could not tell what it is', () => {
    expect(() => createSplitRouter<string>().add('GET', '/tasks/:id?', 'x')).toThrow(UnsupportedPathError);
  });

  test('serves by it: each name beside a parameter answers every method itself', async () => {
    const { server } = await openTestServer({ mounts: [{ app: notes, path: '/' }] });
    const { routes } = server.app;
    const parameters = new TrieRouter<string>();
    for (const { path } of routes.filter((route) => route.path.includes('/:'))) parameters.add('ALL', path, path);
    const names = routes.filter(({ path }) => !/[:*]/.test(path) && parameters.match('GET', path)[0].length > 0);
    for (const { path } of names) expect(routes).toContainEqual(expect.objectContaining({ method: 'ALL', path }));
    expect(server.app.router.name).toBe('SplitRouter');
  });
});
