import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { ERRORS, type ErrorCode } from '@tidemark/protocol';
import * as z from 'zod';
import { describedObject, describedSchema } from './described-schema.ts';
import { plainDialect } from './dialect.ts';
import type { Answer, Endpoint, EndpointDescription } from './endpoint.ts';
import { NATIVE_ENDPOINTS } from './native-endpoints.ts';
import { COMMON_REFUSALS, type RestApi } from './rest-api.ts';

export type OpenApiSpec = ReturnType<InstanceType<typeof OpenAPIHono>['getOpenAPI31Document']>;

const errorSchema = z
  .object({
    error: z.object({
      code: z.string().describe('Stable; the message may change'),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
      correlationId: z.string().describe('Quote it when you report the error'),
    }),
  })
  .meta({ id: 'Error' });

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    correlationId: z.string(),
  })
  .meta({ id: 'Problem' });

/** What the spec says of a route, and who may ask it. */
interface Described {
  readonly route: Pick<Endpoint['route'], 'access'>;
  readonly spec: EndpointDescription;
}

/** The native routes that the app has no route of its own for, in the words of the catalogue. */
const nativeEndpoints = (own: readonly Described[]): readonly Described[] =>
  NATIVE_ENDPOINTS.filter(({ path }) => own.every(({ spec }) => spec.path !== path)).map((spec) => ({
    route: { access: spec.method === 'GET' ? 'read' : 'write' },
    spec: { ...spec, errors: { dialect: plainDialect, schema: errorSchema } },
  }));

type Responses = RouteConfig['responses'];

const headersOf = (headers: Answer['headers']) => ({
  headers: Object.fromEntries(
    Object.entries({ ...headers, 'X-Correlation-Id': 'Of this request, in every log line about it' }).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' as const } },
    ]),
  ),
});

const answersOf = (answers: EndpointDescription['answers']): Responses =>
  Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, type = 'application/json', headers }]) => [
      status,
      { description, ...headersOf(headers), ...(schema === undefined ? {} : { content: { [type]: { schema: describedSchema(schema) } } }) },
    ]),
  );

/** The refusals of an endpoint by status, with the names that the API's dialect gives them. */
const refusalsOf = (api: RestApi, { route, spec }: Described): Responses => {
  const { dialect, schema } = spec.errors ?? { dialect: api.dialect, schema: api.errorSchema ?? errorSchema };
  const texts = new Map<number, string[]>();
  const codes: readonly ErrorCode[] = [
    ...COMMON_REFUSALS.filter((code) => route.access !== 'open' || !TOKEN_REFUSALS.includes(code)),
    ...bodyRefusals(spec),
    ...(spec.refusals ?? []),
  ];
  for (const code of new Set(codes)) {
    const named = dialect.name(code);
    texts.set(named.status, [...(texts.get(named.status) ?? []), `\`${named.code}\`: ${ERRORS[code].help}`]);
  }
  const content = { 'application/json': { schema }, 'application/problem+json': { schema: problemSchema } };
  const answer = (description: string) => ({ description, ...headersOf({}), content });
  const byStatus = [...texts].map(([status, lines]) => [status, answer(lines.join('\n\n'))]);
  return { ...Object.fromEntries(byStatus), default: answer('Any other refusal') };
};

/** What only a request that carries a token is refused with. */
const TOKEN_REFUSALS: readonly ErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

const bodyRefusals = ({ body, batchMax }: EndpointDescription): readonly ErrorCode[] => [
  ...(body instanceof z.ZodUndefined ? [] : (['BAD_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const)),
  ...(batchMax === undefined ? [] : (['BATCH_TOO_LARGE'] as const)),
];

const requestOf = ({
  params,
  query,
  headers,
  body,
  bodyType = 'application/json',
}: EndpointDescription): NonNullable<RouteConfig['request']> => ({
  ...(Object.keys(params.shape).length === 0 ? {} : { params }),
  query: describedObject(query),
  headers,
  ...(body instanceof z.ZodUndefined
    ? {}
    : { body: { required: !body.safeParse(undefined).success, content: { [bodyType]: { schema: describedSchema(body) } } } }),
});

/** `POST /tasks/:id` → `postTasksId`. */
const operationIdOf = ({ method, path }: EndpointDescription): string =>
  method.toLowerCase() +
  path
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');

/** The OpenAPI 3.1 spec of an API that is served at `base`, made from the schemas that validate its requests. */
export const specOf = (api: RestApi, base: string, own: readonly Endpoint[]): OpenApiSpec => {
  const endpoints = [...own, ...nativeEndpoints(own)];
  const host = new OpenAPIHono();
  const { openAPIRegistry: registry } = host;
  registry.registerComponent('securitySchemes', 'apiKey', { type: 'apiKey', in: 'header', name: 'x-api-key' });
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  for (const { route, spec } of endpoints) {
    registry.registerPath({
      method: methodOf(spec),
      path: spec.path.replace(/:(\w+)/g, '{$1}'),
      operationId: operationIdOf(spec),
      tags: [spec.tag],
      summary: spec.summary,
      ...(spec.description === undefined ? {} : { description: spec.description }),
      ...(route.access === 'open' ? { security: [] } : route.access === 'account' ? { security: [{ bearer: [] }] } : {}),
      request: requestOf(spec),
      responses: { ...answersOf(spec.answers), ...refusalsOf(api, { route, spec }) },
    });
  }
  return host.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: api.title,
      description: api.description,
      version: api.version,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: base === '' ? '/' : base }],
    security: [{ apiKey: [] }, { bearer: [] }],
    tags: [...new Set(endpoints.map(({ spec }) => spec.tag))].map((name) => ({ name, description: `Routes of the kind ${name}` })),
  });
};

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;
const methodOf = ({ method }: EndpointDescription) => METHODS[method];
