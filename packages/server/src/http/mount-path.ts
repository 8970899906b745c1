import { refuse } from '@tidemark/protocol';
import { answerRefusal } from './answer.ts';
import { setHeader } from './answer-headers.ts';
import type { HttpApp, HttpContext } from './context.ts';
import { crossOrigin } from './cross-origin.ts';

export type Handle = (c: HttpContext) => Promise<Response>;

/**
 * Puts the handlers of one path, by method, into the server: for any website, HEAD as GET, and every other method refused.
 * `enter` runs before each. Each handler is registered by its method, so that the server's list of routes names them.
 */
export const mountPath = (http: HttpApp, path: string, handlers: ReadonlyMap<string, Handle>, enter: (c: HttpContext) => void): void => {
  for (const [method, handle] of handlers) {
    http.on(method, path, (c) => {
      enter(c);
      return crossOrigin(c, handle);
    });
  }
  const allow = [...handlers.keys()].join(', ');
  const refuseMethod: Handle = (c) => {
    setHeader(c, 'Allow', allow);
    return answerRefusal(c, refuse('METHOD_NOT_ALLOWED', `This address takes ${allow}.`).error);
  };
  http.all(path, (c) => {
    enter(c);
    return crossOrigin(c, refuseMethod);
  });
};
