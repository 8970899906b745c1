import type { JsonObject, Refusal, Result } from '@tidemark/protocol';
import type { ClientEnv } from '../platform/client-env.ts';
import { errorOf, parseObject, REQUEST_TIMEOUT_MS } from '../sync/calls.ts';

/** A refusal of `/auth/*`, with the status that it came with; 0: no answer came. */
export interface AuthFailure {
  readonly status: number;
  readonly error: Refusal;
}

/** One request to `/auth/*`. An empty answer is an empty object. */
export type AuthCall = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: JsonObject,
  bearer?: string,
) => Promise<{ readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly failure: AuthFailure }>;

export const createAuthCall =
  (env: ClientEnv, url: string): AuthCall =>
  async (method, path, body, bearer) => {
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      const response = await env.http({ method, url: `${url}/auth${path}`, headers, timeoutMs: REQUEST_TIMEOUT_MS, ...sent });
      const text = await response.text();
      const parsed = text === '' ? {} : parseObject(text);
      if (response.status >= 200 && response.status < 300 && parsed !== undefined) return { ok: true, value: parsed };
      return { ok: false, failure: { status: response.status, error: errorOf(response.status, parsed) } };
    } catch (fault) {
      const message = `The server could not be reached: ${fault instanceof Error ? fault.message : String(fault)}`;
      return { ok: false, failure: { status: 0, error: { code: 'UNAVAILABLE', message } } };
    }
  };

/** The answer as callers outside get it. */
export const toResult = (answer: Awaited<ReturnType<AuthCall>>): Result<JsonObject> =>
  answer.ok ? answer : { ok: false, error: answer.failure.error };
