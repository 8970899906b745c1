import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Env, refuse, statusOf } from '@tidemark/protocol';
import type { createHttpApp } from '@tidemark/server';
import { Hono } from 'hono';
import { type APIGatewayProxyResult, handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';

type HttpApp = ReturnType<typeof createHttpApp>;
/** An event of API Gateway: of a REST API (version 1) or of an HTTP API (version 2). */
export type GatewayEvent = Extract<LambdaEvent, { readonly rawPath: string } | { readonly resource: string }>;
export type GatewayHandler = (event: GatewayEvent, context?: LambdaContext) => Promise<APIGatewayProxyResult>;

/** A function takes and answers 6 MB, and Base64 makes four bytes of three. */
export const GATEWAY_BODY_BYTES_MAX = 4 * 1024 * 1024;
const COMPRESSED_FROM_BYTES = 1024 * 1024;
const ANSWER_BYTES_MAX = 4_400_000;

const compress = promisify(gzip);

/** Everything but JSON goes as Base64: read as text, a CSV export would lose the mark at its beginning that Excel asks for. */
const isBinary = (type: string): boolean => !/^application\/([\w.-]+\+)?json\s*(;|$)/iu.test(type);

/** Gateways decode what they match; what would then mean something else in an address is encoded again. */
const encoded = (path: string): string =>
  path
    .replace(/%(?![0-9A-Fa-f]{2})/gu, '%25')
    .replace(/\?/gu, '%3F')
    .replace(/#/gu, '%23');

const without = (prefix: string, path: string): string =>
  prefix !== '' && (path === prefix || path.startsWith(`${prefix}/`)) ? path.slice(prefix.length) || '/' : path;

const isBodiless = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** The event as the server wants it: the path as people's addresses have it behind stage and base path, no body where there can be none. */
const cleaned = (event: GatewayEvent, basePath: string): GatewayEvent => {
  if ('rawPath' in event) {
    const { stage, http } = event.requestContext;
    const path = without(basePath, without(stage === '$default' ? '' : `/${stage}`, event.rawPath));
    return { ...event, rawPath: encoded(path), ...(isBodiless(http.method) ? { body: null } : {}) };
  }
  return { ...event, path: encoded(without(basePath, event.path)), ...(isBodiless(event.httpMethod) ? { body: null } : {}) };
};

const sourceIpOf = (event: GatewayEvent): string | undefined =>
  'rawPath' in event ? event.requestContext.http.sourceIp : event.requestContext.identity?.sourceIp;

/** Answers above 1 MiB are compressed for whoever takes it; what is still more than a function may answer is refused by name. */
const fitted = async (request: Request, answer: Response, env: Pick<Env, 'uuid'>): Promise<Response> => {
  if (answer.body === null || answer.headers.has('Content-Encoding')) return answer;
  const bytes = Buffer.from(await answer.arrayBuffer());
  const { status, headers } = answer;
  if (bytes.length < COMPRESSED_FROM_BYTES) return new Response(bytes, { status, headers });
  const takesGzip = /\bgzip\b/u.test(request.headers.get('Accept-Encoding') ?? '');
  const sent = takesGzip ? await compress(bytes) : bytes;
  if (sent.length > ANSWER_BYTES_MAX) {
    const { code, message } = refuse(
      'UNAVAILABLE',
      'The answer is larger than a function may send. Take gzip, or ask for less at a time.',
    ).error;
    const correlationId = headers.get('X-Correlation-Id') ?? env.uuid();
    return Response.json({ error: { code, message, correlationId } }, { status: statusOf(code) });
  }
  if (takesGzip) {
    headers.set('Content-Encoding', 'gzip');
    headers.append('Vary', 'Accept-Encoding');
  }
  return new Response(sent, { status, headers });
};

interface Bindings {
  readonly event: GatewayEvent;
}

/** A whole server as the handler of API Gateway's events. `basePath` is what a custom domain puts before every path. */
export const serveGateway = (http: HttpApp, basePath: string, env: Pick<Env, 'uuid'>): GatewayHandler => {
  const front = new Hono<{ Bindings: Bindings }>();
  front.all('*', async (c) => {
    const peerAddress = sourceIpOf(c.env.event);
    const answer = await http.fetch(c.req.raw, peerAddress === undefined ? {} : { peerAddress });
    return fitted(c.req.raw, answer, env);
  });
  const answer = handle(front, { isContentTypeBinary: isBinary });
  return (event, context) => answer(cleaned(event, basePath), context);
};
