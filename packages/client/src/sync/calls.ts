import { type ErrorCode, isJsonObject, type JsonObject, type Refusal } from '@tidemark/protocol';
import type { ClientEnv } from '../platform/client-env.ts';
import { parseRetryAfter, SLOW_RETRY_MS } from './retry.ts';

/** A request without an answer for so long has failed. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Why a request did not do what it should. `status` 0: no answer came. */
export interface Failure {
  readonly status: number;
  readonly error: Refusal;
  readonly retryMs?: number;
}
export type Answer = { readonly ok: true; readonly body: JsonObject } | { readonly ok: false; readonly failure: Failure };

/** What a failure means for the session, whatever was asked. 'blame': the request itself is at fault. */
export type Meaning = 'retry' | 'signedOut' | 'fatal' | 'blame';

export interface CallOptions {
  readonly env: ClientEnv;
  readonly url: string;
  readonly token: (refused?: string) => Promise<string | null> | string | null;
}

/** Requests with a bearer token. After a 401 the token is asked for once more. */
export interface Calls {
  get(path: string): Promise<Answer>;
  post(path: string, body: JsonObject): Promise<Answer>;
  /** A token for a stream; null while signed out. Rejects where it could not be fetched. */
  token(refused?: string): Promise<string | null>;
}

export const createCalls = ({ env, url, token }: CallOptions): Calls => {
  const send = async (method: 'GET' | 'POST', path: string, body: string | undefined, bearer: string): Promise<Answer> => {
    try {
      const headers = {
        authorization: `Bearer ${bearer}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const response = await env.http({
        method,
        url: url + path,
        headers,
        timeoutMs: REQUEST_TIMEOUT_MS,
        ...(body === undefined ? {} : { body }),
      });
      const parsed = parseObject(await response.text());
      if (response.status >= 200 && response.status < 300 && parsed !== undefined) return { ok: true, body: parsed };
      const retryMs = parseRetryAfter(response.header('retry-after'), env.wall());
      const error = errorOf(response.status, parsed);
      return { ok: false, failure: { status: response.status, error, ...(retryMs === undefined ? {} : { retryMs }) } };
    } catch (fault) {
      return { ok: false, failure: noAnswer(fault) };
    }
  };
  const call = async (method: 'GET' | 'POST', path: string, body?: JsonObject): Promise<Answer> => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    let bearer: string | null;
    try {
      bearer = await token();
      if (bearer === null) return signedOut;
      const first = await send(method, path, text, bearer);
      if (first.ok || first.failure.status !== 401) return first;
      bearer = await token(bearer);
    } catch (fault) {
      // The token could not be fetched (offline, the login server is down): that is no sign-out.
      return { ok: false, failure: noAnswer(fault) };
    }
    return bearer === null ? signedOut : send(method, path, text, bearer);
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    token: async (refused) => token(refused),
  };
};

const noAnswer = (fault: unknown): Failure => ({
  status: 0,
  error: { code: 'UNAVAILABLE', message: `The server could not be reached: ${fault instanceof Error ? fault.message : String(fault)}` },
});

const signedOut: Answer = { ok: false, failure: { status: 401, error: { code: 'UNAUTHENTICATED', message: 'Nobody is signed in' } } };

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
    const details = isJsonObject(error.details) ? { details: error.details } : {};
    return { code: error.code, message: String(error.message ?? ''), ...details };
  }
  const code =
    status === 401
      ? 'UNAUTHENTICATED'
      : status === 429
        ? 'TOO_MANY_REQUESTS'
        : status >= 500 || status < 400
          ? 'UNAVAILABLE'
          : 'BAD_REQUEST';
  return { code, message: `The server answered ${status} without saying why` };
};

export const meaningOf = ({ status, error }: Failure): Meaning => {
  if (status === 401 || error.code === 'CLIENT_REVOKED') return 'signedOut';
  if (error.code === 'WRONG_SPACE' || error.code === 'SPACE_ERASED') return 'fatal';
  const waits = status < 400 || status >= 500 || [403, 408, 409, 425, 429].includes(status);
  return waits ? 'retry' : 'blame';
};

/** A wait that the failure asks for, beyond the usual one. */
export const askedDelayMs = ({ error, retryMs }: Failure): number | undefined => (error.code === 'SCHEMA_AHEAD' ? SLOW_RETRY_MS : retryMs);
