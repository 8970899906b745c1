import { type ErrorCode, ok, type Result } from '@tidemark/protocol';
import * as z from 'zod';
import { answerRefusal } from '../http/answer.ts';
import { checkShape, readMessage, readQuery } from '../http/check.ts';
import type { Call, GuardedRoute } from '../sync/call.ts';

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
  readonly answers: { readonly [status: number]: Answer };
  /** Codes that this endpoint refuses with, beside those that any may. */
  readonly refusals?: readonly ErrorCode[];
  readonly handle: (
    call: Call,
    input: { readonly params: z.output<P>; readonly query: z.output<Q>; readonly headers: z.output<H>; readonly body: z.output<B> },
  ) => Promise<Result<Response>>;
}

/** What the spec needs of an endpoint. */
export type EndpointDescription = Omit<EndpointSpec<Shape, Shape, Shape, z.ZodType>, 'handle'>;

export interface Endpoint {
  readonly route: GuardedRoute;
  readonly spec: EndpointDescription;
}

/** The inputs of an endpoint that takes none; spread it, then name those it takes. */
export const NO_INPUT = { params: z.strictObject({}), query: z.strictObject({}), headers: z.object({}), body: z.undefined() };

const readHeaders = ({ c }: Call, schema: Shape): { [name: string]: string | undefined } =>
  Object.fromEntries(Object.keys(schema.shape).map((name) => [name, c.req.header(name)]));

/** Makes a route that checks parameters, query, headers and body before `handle` sees them, and answers its refusals. */
export const endpoint = <P extends Shape, Q extends Shape, H extends Shape, B extends z.ZodType>(
  spec: EndpointSpec<P, Q, H, B>,
): Endpoint => {
  const { handle, ...description } = spec;
  const takesBody = !(spec.body instanceof z.ZodUndefined);
  const run = async (call: Call): Promise<Result<Response>> => {
    const params = checkShape(spec.params, call.c.req.param());
    if (!params.ok) return params;
    const query = readQuery(call.c, spec.query);
    if (!query.ok) return query;
    const headers = checkShape(spec.headers, readHeaders(call, spec.headers));
    if (!headers.ok) return headers;
    const body = takesBody ? await readMessage(call.c, spec.body, BODY_ARRAY_MAX) : checkShape(spec.body, undefined);
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

/** The answer 204, or another without a body. */
export const answerNothing = ({ c }: Call, status: 204 | 304 = 204): Result<Response> => ok(c.body(null, status));
