import { refuse } from '@tidemark/protocol';
import { answerRefusal } from './answer.ts';
import { setHeader } from './answer-headers.ts';
import type { HttpApp, HttpContext } from './context.ts';
import { crossOrigin } from './cross-origin.ts';

export type Handle = (c: HttpContext) => Promise<Response>;

/**
 * Puts the handlers of one path, by method, into the server: for any website, HEAD as GET, and every other method refused.
 * `enter` runs before each.
 */
export const mountPath = (http: HttpApp, path: string, handlers: ReadonlyMap<string, Handle>, enter: (c: HttpContext) => void): void => {
  const allow = [...handlers.keys()].join(', ');
  http.all(path, crossOrigin, (c) => {
    enter(c);
    const handle = handlers.get(c.req.method === 'HEAD' ? 'GET' : c.req.method);
    if (handle !== undefined) return handle(c);
    setHeader(c, 'Allow', allow);
    return answerRefusal(c, refuse('METHOD_NOT_ALLOWED', `This address takes ${allow}.`).error);
  });
};
