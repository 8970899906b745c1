import type { Result } from '@tidemark/protocol';
import { answerJson, answerRefusal, answerText } from '../../http/answer.ts';
import type { HttpContext } from '../../http/context.ts';
import { requireSignedIn } from '../account-identity.ts';
import type { AccountsContext, Caller } from '../context.ts';
import type { SignedIn } from '../sign-in.ts';

/** One request to a route of accounts. */
export interface AuthCall {
  readonly c: HttpContext;
  readonly context: AccountsContext;
  readonly caller: Caller;
}

/** One row of the table of account routes; `path` is relative to the mount. */
export type AuthRoute =
  | {
      readonly method: 'GET' | 'POST' | 'DELETE';
      readonly path: string;
      readonly access: 'open';
      readonly handle: (call: AuthCall) => Promise<Response>;
    }
  | {
      readonly method: 'GET' | 'POST' | 'DELETE';
      readonly path: string;
      /** Asks for an access token of an account; an API key does not do. */
      readonly access: 'account';
      readonly handle: (call: AuthCall, signedIn: SignedIn) => Promise<Response>;
    };

/** Answers a result: its value, or with `status` what is said where there is nothing to tell. */
export const answerResult = (c: HttpContext, result: Result<object>): Promise<Response> =>
  result.ok ? answerJson(c, result.value) : answerRefusal(c, result.error);

/** 202 for what goes on by mail: the body is the same whatever was found. */
export const answerAccepted = (c: HttpContext, result: Result<void>): Promise<Response> =>
  result.ok ? answerText(c, JSON.stringify({ status: 'accepted' }), 202) : answerRefusal(c, result.error);

export const answerDone = (c: HttpContext, result: Result<void>): Promise<Response> =>
  result.ok ? answerJson(c, { status: 'done' }) : answerRefusal(c, result.error);

/** Runs a route for one request, after finding out who it is from where it asks for that. */
export const runRoute = async (call: AuthCall, route: AuthRoute): Promise<Response> => {
  if (route.access === 'open') return route.handle(call);
  const { c, context } = call;
  const signedIn = await requireSignedIn(context, c.req.header('Authorization') ?? null);
  if (signedIn.ok) return route.handle(call, signedIn.value);
  c.set('reason', signedIn.error.message);
  return answerRefusal(c, signedIn.error);
};
