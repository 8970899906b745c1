import type { ClientEnv } from '@tidemark/client';
import { type ErrorCode, faultText, isJsonObject, type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { isMockToken, isOfThisMachine } from './configuration.ts';

const TIMEOUT_MS = 30_000;

const parse = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code);

/** A refusal as the app's routes word it; without one (a proxy's page) it follows from the status. */
const refusalOf = (status: number, body: JsonObject | undefined, retryAfter: string | null): Result<never> => {
  const seconds = Number(retryAfter ?? Number.NaN);
  const details = {
    status,
    ...(typeof body?.correlationId === 'string' ? { correlationId: body.correlationId } : {}),
    ...(Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {}),
  };
  const code = isCode(body?.code) ? body.code : status === 401 ? 'UNAUTHENTICATED' : status < 500 ? 'BAD_REQUEST' : 'UNAVAILABLE';
  return refuse(code, typeof body?.error === 'string' ? body.error : `The server answered ${status}.`, details);
};

/**
 * Sends a POST. A mock token leaves for this machine only: for anywhere else the request is not made. Refusals: the server's,
 * UNAVAILABLE where none came, FORBIDDEN for a mock token.
 */
export const post = async (env: Pick<ClientEnv, 'http'>, url: string, body: JsonObject, token?: string): Promise<Result<JsonObject>> => {
  const tokens = [token, body.googleIdToken].filter((one) => typeof one === 'string');
  if (tokens.some(isMockToken) && !isOfThisMachine(url)) {
    return refuse('FORBIDDEN', 'A mock token is sent to no other machine. Use the production configuration to sync.');
  }
  const authorization: { readonly authorization?: string } = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    const response = await env.http({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
      timeoutMs: TIMEOUT_MS,
    });
    const value = parse(await response.text());
    if (response.status !== 200 || value === undefined) return refusalOf(response.status, value, response.header('retry-after'));
    return ok(value);
  } catch (fault) {
    return refuse('UNAVAILABLE', `The server could not be reached: ${faultText(fault)}`);
  }
};
