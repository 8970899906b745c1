import { type ErrorCode, faultText, isJsonObject, type JsonObject, type Refusal } from '@tidemark/protocol';
import type { ClientOptions } from '../client.ts';
import type { ClientEnv } from '../platform/client-env.ts';
import { parseRetryAfter } from './retry.ts';

/** A request without an answer for so long has failed. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Why a request did not do what it should. `status` 0: no answer came. */
export interface Failure {
  readonly ok: false;
  readonly status: number;
  readonly error: Refusal;
  /** How long the server asks to wait. */
  readonly retryMs?: number | undefined;
}
export type Answer<T> = { readonly ok: true; readonly status: number; readonly value: T } | Failure;

export const failure = (status: number, code: ErrorCode, message: string): Failure => ({ ok: false, status, error: { code, message } });

/** What a failure means for the session, whatever was asked. 'blame': the request itself is at fault. */
export type Meaning = 'failed' | 'refused' | 'fatal' | 'blame';

/** Requests with a bearer token. */
export interface Calls {
  /** Sends a POST where there is a body, else a GET; `isAnswer` tells what the answer must be. */
  ask<T>(path: string, isAnswer: (value: unknown) => value is T, body?: object): Promise<Answer<T>>;
  /** Makes any request with a token; after a 401 once more with another. Null while signed out; rejects where no token could be fetched. */
  withToken<R extends { readonly status: number }>(request: (bearer: string) => Promise<R>): Promise<R | null>;
}

export const createCalls = (env: ClientEnv, url: string, token: ClientOptions['token']): Calls => {
  const withToken: Calls['withToken'] = async (request) => {
    const bearer = await token();
    if (bearer === null) return null;
    const first = await request(bearer);
    if (first.status !== 401) return first;
    const fresh = await token(bearer);
    return fresh === null ? null : request(fresh);
  };
  const ask: Calls['ask'] = async (path, isAnswer, body) => {
    const text = body && JSON.stringify(body);
    try {
      const answer = await withToken(async (bearer) => {
        const response = await env.http({
          method: text === undefined ? 'GET' : 'POST',
          url: url + path,
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
          body: text,
          timeoutMs: REQUEST_TIMEOUT_MS,
        });
        const { status } = response;
        const value = parseObject(await response.text());
        if (status < 200 || status > 299 || value === undefined) {
          const retryMs = parseRetryAfter(response.header('retry-after'), env.wall());
          return { ok: false as const, status, error: errorOf(status, value), retryMs };
        }
        return isAnswer(value) ? { ok: true as const, status, value } : failure(503, 'UNAVAILABLE', `${path} is not understood`);
      });
      return answer ?? failure(401, 'UNAUTHENTICATED', 'Nobody is signed in');
    } catch (fault) {
      // Nothing came, or the token could not be fetched (offline, the login server is down): that is no sign-out.
      return failure(0, 'UNAVAILABLE', `No answer: ${faultText(fault)}`);
    }
  };
  return { ask, withToken };
};

export const parseObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Codes are passed on as they come, also those of a newer server. */
const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code);

/** The refusal in an error body; without one (a proxy's page) it follows from the status. */
export const errorOf = (status: number, body: JsonObject | undefined): Refusal => {
  const error = body?.error;
  if (isJsonObject(error) && isErrorCode(error.code)) {
    return { code: error.code, message: String(error.message ?? ''), details: isJsonObject(error.details) ? error.details : {} };
  }
  return { code: status >= 400 && status < 500 ? 'BAD_REQUEST' : 'UNAVAILABLE', message: `The server answered ${status}` };
};

export const meaningOf = ({ status, error: { code } }: Failure): Meaning => {
  if (status === 401 || code === 'CLIENT_REVOKED') return 'refused';
  if (code === 'WRONG_SPACE' || code === 'SPACE_ERASED') return 'fatal';
  return status < 400 || status >= 500 || [403, 408, 409, 425, 429].includes(status) ? 'failed' : 'blame';
};
