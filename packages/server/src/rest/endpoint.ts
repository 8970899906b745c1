import { type ErrorCode, ok, type Result } from '@tidemark/protocol';
import * as z from 'zod';
import { answerRefusal } from '../http/answer.ts';
import { respond } from '../http/answer-headers.ts';
import { readJson } from '../http/body.ts';
import { checkShape, readMessage } from '../http/check.ts';
import type { HttpContext } from '../http/context.ts';
import type { Call, GuardedRoute, OpenRoute } from '../sync/call.ts';

/** Elements that an array in a body may have before its schema looks at it. */
const BODY_ARRAY_MAX = 5_000;

/** One kind of answer, as the OpenAPI spec names it. */
export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Media type; application/json unless given. */
  readonly type?: string;
  /** Header names and what they say. */
  readonly headers?: { readonly [name: string]: string };
}

type Shape = z.ZodObject;

/** A route, its schemas and its documentation in one: what validates a request is what the spec shows. */
export interface EndpointSpec<P extends Shape, Q extends Shape, H extends Shape, B extends z.ZodType> {
  readonly method: GuardedRoute['method'];
  /** Relative to the mount, in the form `/tasks/:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params: P;
  readonly query: Q;
  /** By lower-case name. */
  readonly headers: H;
  readonly body: B;
  /** Decoded bytes of a body, where callers that cannot be changed send more than LIMITS.bodyBytesMax; its schema bounds what is in it. */
  readonly bodyBytesMax?: number;
  readonly answers: { readonly [status: number]: Answer };
  /** Codes that this endpoint refuses with, beside those that any may. */
  readonly refusals?: readonly ErrorCode[];
  readonly handle: (
    call: Call,
    input: { readonly params: z.output<P>; readonly query: z.output<Q>; readonly headers: z.output<H>; readonly body: z.output<B> },
  ) => Promise<Result<Response>>;
}

/** What the spec needs of an endpoint. */
export type EndpointDescription = Omit<EndpointSpec<Shape, Shape, Shape, z.ZodType>, 'handle'> & {
  /** Asks for no token. */
  readonly isOpen?: boolean;
};

export interface Endpoint {
  readonly route: GuardedRoute | OpenRoute;
  readonly spec: EndpointDescription;
}

/** The inputs of an endpoint that takes none; spread it, then name those it takes. */
export const NO_INPUT = { params: z.strictObject({}), query: z.strictObject({}), headers: z.object({}), body: z.undefined() };

type Texts = { readonly [name: string]: string | undefined };

/** Prepares the check of parameters, query or headers. Most requests have none of them, and what comes of that is known. */
const checkOf = <S extends Shape>(schema: S): ((given: Texts) => Result<z.output<S>>) => {
  const ofNone = checkShape(schema, {});
  return (given) => (Object.values(given).every((text) => text === undefined) ? ofNone : checkShape(schema, given));
};

const readBody = async <B extends z.ZodType>(
  c: HttpContext,
  spec: { readonly body: B; readonly bodyBytesMax?: number },
): Promise<Result<z.output<B>>> => {
  if (spec.bodyBytesMax === undefined) return readMessage(c, spec.body, BODY_ARRAY_MAX);
  const body = await readJson(c, spec.bodyBytesMax);
  return body.ok ? checkShape(spec.body, body.value) : body;
};

/** Makes a route that checks parameters, query, headers and body before `handle` sees them, and answers its refusals. */
export const endpoint = <P extends Shape, Q extends Shape, H extends Shape, B extends z.ZodType>(
  spec: EndpointSpec<P, Q, H, B>,
): Endpoint => {
  const { handle, ...description } = spec;
  const takesBody = !(spec.body instanceof z.ZodUndefined);
  const [checkParams, checkQuery, checkHeaders] = [checkOf(spec.params), checkOf(spec.query), checkOf(spec.headers)];
  const headerNames = Object.keys(spec.headers.shape);
  const run = async (call: Call): Promise<Result<Response>> => {
    const { req } = call.c;
    const params = checkParams(req.param());
    if (!params.ok) return params;
    const query = checkQuery(req.url.includes('?') ? req.query() : {});
    if (!query.ok) return query;
    const headers = checkHeaders(Object.fromEntries(headerNames.map((name) => [name, req.header(name)])));
    if (!headers.ok) return headers;
    const body = takesBody ? await readBody(call.c, spec) : checkShape(spec.body, undefined);
    if (!body.ok) return body;
    return handle(call, { params: params.value, query: query.value, headers: headers.value, body: body.value });
  };
  const answer = async (call: Call): Promise<Response> => {
    const ran = await run(call);
    return ran.ok ? ran.value : answerRefusal(call.c, ran.error);
  };
  const { method, path } = spec;
  return { route: { method, path, access: method === 'GET' ? 'read' : 'write', handle: answer }, spec: description };
};

/** A route that asks for no token: its handler has the request alone. It checks the body and takes no other input. */
export const openEndpoint = <B extends z.ZodType>(
  spec: Omit<EndpointSpec<typeof NO_INPUT.params, typeof NO_INPUT.query, typeof NO_INPUT.headers, B>, 'handle' | keyof typeof NO_INPUT> & {
    readonly body: B;
    readonly handle: (c: HttpContext, body: z.output<B>) => Promise<Result<Response>>;
  },
): Endpoint => {
  const { handle, ...description } = spec;
  const answer = async (c: HttpContext): Promise<Response> => {
    const body = await readBody(c, spec);
    const ran = body.ok ? await handle(c, body.value) : body;
    return ran.ok ? ran.value : answerRefusal(c, ran.error);
  };
  const { method, path } = spec;
  return { route: { method, path, access: 'open', handle: answer }, spec: { ...NO_INPUT, ...description, isOpen: true } };
};

/** The answer 204, or another without a body. */
export const answerNothing = ({ c }: Call, status: 204 | 304 = 204): Result<Response> => ok(respond(c, null, status));
