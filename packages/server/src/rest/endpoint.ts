import { type ErrorCode, ok, type Result } from '@tidemark/protocol';
import * as z from 'zod';
import type { SignedIn } from '../accounts/sign-in.ts';
import { answerRefusal } from '../http/answer.ts';
import { respond } from '../http/answer-headers.ts';
import { readJson } from '../http/body.ts';
import { checkShape, readMessage } from '../http/check.ts';
import type { HttpContext } from '../http/context.ts';
import type { Dialect } from '../http/dialect.ts';
import type { Call, Route } from '../sync/call.ts';

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

/** How the refusals of an endpoint are worded and what their body looks like. */
export interface ErrorWords {
  readonly dialect: Dialect;
  readonly schema: z.ZodType;
}

/** What a request brings, checked. */
export interface Input<P extends Shape, Q extends Shape, H extends Shape, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly headers: z.output<H>;
  readonly body: z.output<B>;
}

/** A route, its schemas and its documentation in one: what validates a request is what the spec shows. */
export interface EndpointSpec<P extends Shape, Q extends Shape, H extends Shape, B extends z.ZodType> {
  readonly method: Route['method'];
  /** Relative to the mount, in the form `/tasks/:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params: P;
  readonly query: Q;
  /** By lower-case name. */
  readonly headers: H;
  /** Where its schema takes undefined, a request may come without a body. */
  readonly body: B;
  /** Media type of the body; application/json unless given. */
  readonly bodyType?: string;
  /** Decoded bytes of a body, where callers that cannot be changed send more than LIMITS.bodyBytesMax; its schema bounds what is in it. */
  readonly bodyBytesMax?: number;
  /** Elements that an array in the body may have; more are refused with BATCH_TOO_LARGE. */
  readonly batchMax?: number;
  /** Where they differ from those of the API's dialect. */
  readonly errors?: ErrorWords;
  readonly answers: { readonly [status: number]: Answer };
  /** Codes that this endpoint refuses with, beside those that any may. */
  readonly refusals?: readonly ErrorCode[];
}

/** What the spec needs of an endpoint. */
export type EndpointDescription = EndpointSpec<Shape, Shape, Shape, z.ZodType>;

export interface Endpoint {
  readonly route: Route;
  readonly spec: EndpointDescription;
}

/** The inputs of an endpoint that takes none; spread it, then name those it takes. */
export const NO_INPUT = { params: z.strictObject({}), query: z.strictObject({}), headers: z.object({}), body: z.undefined() };

type Texts = { readonly [name: string]: string | undefined };

/** Prepares the check of parameters, query or headers. Most requests have none of them, and what comes of that is known. */
const checkOf = <S extends Shape>(schema: S): ((given: Texts) => Result<z.output<S>>) => {
  const ofNone = checkShape(schema, {});
  return (given) => {
    for (const name in given) if (given[name] !== undefined) return checkShape(schema, given);
    return ofNone;
  };
};

type BodyReader<B extends z.ZodType> = (c: HttpContext) => Promise<Result<z.output<B>>>;

const bodyReader = <B extends z.ZodType>({
  body,
  batchMax,
  bodyBytesMax,
}: Pick<EndpointSpec<Shape, Shape, Shape, B>, 'body' | 'batchMax' | 'bodyBytesMax'>): BodyReader<B> => {
  const ofNone = checkShape(body, undefined);
  const isAbsent = ({ req }: HttpContext): boolean =>
    req.header('Content-Type') === undefined && (req.header('Content-Length') ?? '0') === '0';
  return async (c) => {
    if (ofNone.ok && isAbsent(c)) return ofNone;
    if (batchMax !== undefined) return readMessage(c, body, batchMax, 'BATCH_TOO_LARGE');
    if (bodyBytesMax === undefined) return readMessage(c, body, BODY_ARRAY_MAX);
    const read = await readJson(c, bodyBytesMax);
    return read.ok ? checkShape(body, read.value) : read;
  };
};

type Handle<Who extends readonly unknown[], I> = (...from: [...who: Who, input: I]) => Promise<Result<Response>>;

/** Prepares what reads and checks a request, hands it to `run`, and answers its refusal. */
const answering = <P extends Shape, Q extends Shape, H extends Shape, B extends z.ZodType>(spec: EndpointSpec<P, Q, H, B>) => {
  const [checkParams, checkQuery, checkHeaders] = [checkOf(spec.params), checkOf(spec.query), checkOf(spec.headers)];
  const headerNames = Object.keys(spec.headers.shape);
  const readBody = bodyReader(spec);
  const noBody = spec.body instanceof z.ZodUndefined ? checkShape(spec.body, undefined) : undefined;
  type Checked = Result<Omit<Input<P, Q, H, B>, 'body'>>;
  const readAddress = ({ req }: HttpContext): Checked => {
    const params = checkParams(req.param());
    if (!params.ok) return params;
    const query = checkQuery(req.url.includes('?') ? req.query() : {});
    if (!query.ok) return query;
    const sent: { [name: string]: string | undefined } = {};
    for (const name of headerNames) sent[name] = req.header(name);
    const headers = checkHeaders(sent);
    if (!headers.ok) return headers;
    return ok({ params: params.value, query: query.value, headers: headers.value });
  };
  return async (c: HttpContext, run: (input: Input<P, Q, H, B>) => Promise<Result<Response>>): Promise<Response> => {
    const address = readAddress(c);
    if (!address.ok) return answerRefusal(c, address.error);
    const body = noBody ?? (await readBody(c));
    if (!body.ok) return answerRefusal(c, body.error);
    const { params, query, headers } = address.value;
    const ran = await run({ params, query, headers, body: body.value });
    return ran.ok ? ran.value : answerRefusal(c, ran.error);
  };
};

const rowOf = ({ method, path, errors }: Pick<EndpointDescription, 'method' | 'path' | 'errors'>) => ({
  method,
  path,
  ...(errors === undefined ? {} : { dialect: errors.dialect }),
});

/** Makes a route that checks who asks, parameters, query, headers and body before `handle` sees them, and answers its refusals. */
export const endpoint = <P extends Shape, Q extends Shape, H extends Shape, B extends z.ZodType>(
  given: EndpointSpec<P, Q, H, B> & { readonly handle: Handle<[call: Call], Input<P, Q, H, B>> },
): Endpoint => {
  const { handle, ...spec } = given;
  const run = answering(spec);
  const answer = (call: Call) => run(call.c, (input) => handle(call, input));
  return { route: { ...rowOf(spec), access: spec.method === 'GET' ? 'read' : 'write', handle: answer }, spec };
};

/** The same for whoever signed in to an account of this server. */
export const accountEndpoint = <P extends Shape, Q extends Shape, H extends Shape, B extends z.ZodType>(
  given: EndpointSpec<P, Q, H, B> & { readonly handle: Handle<[c: HttpContext, signedIn: SignedIn], Input<P, Q, H, B>> },
): Endpoint => {
  const { handle, ...spec } = given;
  const run = answering(spec);
  const answer = (c: HttpContext, signedIn: SignedIn) => run(c, (input) => handle(c, signedIn, input));
  return { route: { ...rowOf(spec), access: 'account', handle: answer }, spec };
};

/** A route that asks for no token: its handler has the request alone. */
export const openEndpoint = <P extends Shape, Q extends Shape, H extends Shape, B extends z.ZodType>(
  given: EndpointSpec<P, Q, H, B> & { readonly handle: Handle<[c: HttpContext], Input<P, Q, H, B>> },
): Endpoint => {
  const { handle, ...spec } = given;
  const run = answering(spec);
  const answer = (c: HttpContext) => run(c, (input) => handle(c, input));
  return { route: { ...rowOf(spec), access: 'open', handle: answer }, spec };
};

/** The answer 204, or another without a body. */
export const answerNothing = ({ c }: Pick<Call, 'c'>, status: 204 | 304 = 204): Result<Response> => ok(respond(c, null, status));
