import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { ERRORS, type Refusal, statusOf } from '@tidemark/protocol';
import type { ErrorBody } from '@tidemark/protocol/messages';
import { parseAccept } from 'hono/utils/accept';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { headersOf, respond, setHeader } from './answer-headers.ts';
import type { HttpContext } from './context.ts';

/** Characters below which an answer is not worth compressing. */
const COMPRESS_FROM_LENGTH = 1024;
const RETRY_AFTER_SECONDS = '1';

const gzipOf = promisify(gzip);
const brotliOf = promisify(brotliCompress);
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } };

/** The answer where the text is too short to be compressed, else undefined. */
export const answerShort = (
  c: HttpContext,
  json: string,
  status: ContentfulStatusCode = 200,
  type = 'application/json',
): Response | undefined => {
  const headers = headersOf(c);
  headers['Content-Type'] = type;
  headers['Cache-Control'] ??= 'no-store';
  return json.length < COMPRESS_FROM_LENGTH ? respond(c, json, status) : undefined;
};

/** Answers JSON that is printed already, compressed where the caller takes it; no cache keeps it unless Cache-Control is set already. */
export const answerText = async (
  c: HttpContext,
  json: string,
  status: ContentfulStatusCode = 200,
  type = 'application/json',
): Promise<Response> => {
  const short = answerShort(c, json, status, type);
  if (short !== undefined) return short;
  setHeader(c, 'Vary', 'Accept-Encoding');
  const encoding = acceptedEncoding(c.req.header('Accept-Encoding'));
  if (encoding === undefined) return respond(c, json, status);
  setHeader(c, 'Content-Encoding', encoding);
  return respond(c, await (encoding === 'gzip' ? gzipOf(json, { level: 3 }) : brotliOf(json, brotliOptions)), status);
};

export const answerJson = (c: HttpContext, value: object): Promise<Response> => answerText(c, JSON.stringify(value));

/** The JSON body of a refusal. */
export const errorBody = (refusal: Refusal, correlationId: string): ErrorBody => ({ error: { ...refusal, correlationId } });

/**
 * Answers a refusal with its code's status: `{ error }`, or problem details (RFC 9457) when the Accept header asks for
 * them. On an app's own routes code, status and body are those of its dialect.
 */
export const answerRefusal = (c: HttpContext, refusal: Refusal): Promise<Response> => {
  const dialect = c.get('dialect');
  const named = dialect?.name(refusal.code) ?? { code: refusal.code, status: statusOf(refusal.code) };
  const status = contentfulStatus(named.status);
  const correlationId = c.get('correlationId');
  c.set('code', refusal.code);
  if (status === 401) setHeader(c, 'WWW-Authenticate', 'Bearer');
  if (status === 503 || status === 507) setHeader(c, 'Retry-After', RETRY_AFTER_SECONDS);
  const wait = refusal.details?.retryAfterSeconds;
  if (status === 429 && typeof wait === 'number') setHeader(c, 'Retry-After', String(wait));
  const { code } = named;
  const { message, details } = refusal;
  if (c.req.header('Accept')?.includes('application/problem+json') !== true) {
    const body = { code, message, ...(details === undefined ? {} : { details }), correlationId };
    return answerText(c, JSON.stringify(dialect?.body?.(body) ?? { error: body }), status);
  }
  const problem = {
    type: `urn:tidemark:error:${code}`,
    title: ERRORS[refusal.code].help,
    status,
    detail: message,
    code,
    details,
    correlationId,
  };
  return answerText(c, JSON.stringify(problem), status, 'application/problem+json');
};

const isContentful = (status: number): status is ContentfulStatusCode =>
  status >= 200 && status <= 599 && ![204, 205, 304].includes(status);

const contentfulStatus = (status: number): ContentfulStatusCode => (isContentful(status) ? status : 500);

const acceptedEncoding = (header: string | undefined): 'gzip' | 'br' | undefined => {
  if (header === undefined) return undefined;
  const accepted = parseAccept(header);
  const weight = (name: string) =>
    accepted.find(({ type }) => type.toLowerCase() === name)?.q ?? accepted.find(({ type }) => type === '*')?.q ?? 0;
  const [gzipWeight, brotliWeight] = [weight('gzip'), weight('br')];
  if (gzipWeight <= 0 && brotliWeight <= 0) return undefined;
  return brotliWeight > gzipWeight ? 'br' : 'gzip';
};
