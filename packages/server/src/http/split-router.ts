import { type Result, type Router, UnsupportedPathError } from 'hono/router';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import { SmartRouter } from 'hono/router/smart-router';
import { TrieRouter } from 'hono/router/trie-router';

const smart = <T>(): Router<T> => new SmartRouter<T>({ routers: [new RegExpRouter<T>(), new TrieRouter<T>()] });

/**
 * Hono's fast router refuses names beside a parameter (`/tasks/bulk`, `/tasks/:id`), and its slow one then serves every request. So
 * paths without parameters have a router of their own, and a path that is among them is looked for there alone: a name always goes
 * before a parameter, in whichever order they were registered, and answers every method itself (see mountPath). Handlers of `*` are
 * in both. Throws at a path with an optional part.
 */
export const createSplitRouter = <T>(): Router<T> => {
  const [names, parameters] = [smart<T>(), smart<T>()];
  const known = new Set<string>();
  return {
    name: 'SplitRouter',
    add: (method, path, handler) => {
      if (path.endsWith('?')) throw new UnsupportedPathError(path);
      const [isOpen, isNamed] = [path.includes('*'), !path.includes('/:')];
      if (isOpen || isNamed) names.add(method, path, handler);
      if (isOpen || !isNamed) parameters.add(method, path, handler);
      if (isNamed && !isOpen) known.add(path);
    },
    match: (method, path): Result<T> => (known.has(path) ? names : parameters).match(method, path),
  };
};
