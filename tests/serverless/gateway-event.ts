// What API Gateway makes of a request, and of a function's answer: the part of it that is played here. Source: the "Working with AWS
// Lambda proxy integrations" pages of the API Gateway developer guide. Never compared with the real one.

/** Which of the two kinds of API: REST (payload 1.0) or HTTP (payload 2.0). */
export type ApiKind = 'rest' | 'http';

/** What an authorizer said of the caller. */
export interface Authorized {
  readonly principalId: string;
  readonly [name: string]: string;
}

export interface Matched {
  /** `/tasks/{id}` */
  readonly resource: string;
  readonly parameters: { readonly [name: string]: string };
  readonly stage: string;
  readonly authorized?: Authorized;
}

/** What a function answers to a gateway. */
export interface FunctionAnswer {
  readonly statusCode: number;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly headers?: { readonly [name: string]: string | readonly string[] } | undefined;
  readonly multiValueHeaders?: { readonly [name: string]: readonly string[] } | undefined;
  readonly cookies?: readonly string[] | undefined;
}

const SOURCE_IP = '127.0.0.1';

const grouped = (pairs: Iterable<readonly [string, string]>): Record<string, string[]> => {
  const groups: Record<string, string[]> = {};
  for (const [name, value] of pairs) groups[name] = [...(groups[name] ?? []), value];
  return groups;
};

const lastOf = (groups: Record<string, string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1) ?? '']));

/** A gateway that was told that every type is binary (`BinaryMediaTypes`) sends all bodies as Base64. */
const bodyOf = (bytes: Buffer) =>
  bytes.length === 0 ? { body: null, isBase64Encoded: false } : { body: bytes.toString('base64'), isBase64Encoded: true };

const restEvent = (request: Request, bytes: Buffer, { resource, parameters, stage, authorized }: Matched): object => {
  const url = new URL(request.url);
  const path = decodeURI(url.pathname);
  const headers = grouped(request.headers);
  const query = grouped(url.searchParams);
  return {
    resource,
    path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: url.search === '' ? null : lastOf(query),
    multiValueQueryStringParameters: url.search === '' ? null : query,
    pathParameters: Object.keys(parameters).length === 0 ? null : parameters,
    stageVariables: null,
    ...bodyOf(bytes),
    requestContext: {
      resourcePath: resource,
      httpMethod: request.method,
      path: `/${stage}${path}`,
      stage,
      requestId: crypto.randomUUID(),
      identity: { sourceIp: SOURCE_IP, userAgent: request.headers.get('User-Agent') },
      ...(authorized === undefined ? {} : { authorizer: authorized }),
    },
  };
};

const httpEvent = (request: Request, bytes: Buffer, { resource, parameters, stage }: Matched): object => {
  const url = new URL(request.url);
  const rawPath = `${stage === '$default' ? '' : `/${stage}`}${decodeURI(url.pathname)}`;
  return {
    version: '2.0',
    routeKey: `${request.method} ${resource}`,
    rawPath,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(request.headers),
    pathParameters: parameters,
    ...bodyOf(bytes),
    requestContext: {
      domainName: url.host,
      stage,
      requestId: crypto.randomUUID(),
      http: { method: request.method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: SOURCE_IP, userAgent: '' },
    },
  };
};

/** The event that a function gets; through JSON, as over the wire. */
export const eventOf = async <E>(kind: ApiKind, request: Request, matched: Matched): Promise<E> => {
  const bytes = Buffer.from(await request.clone().arrayBuffer());
  return JSON.parse(JSON.stringify((kind === 'rest' ? restEvent : httpEvent)(request, bytes, matched)));
};

/** A function's payload may have 6 MB, in and out. */
const PAYLOAD_BYTES_MAX = 6_291_556;

/** The answer that people get. An answer that Lambda would not let through is a 502, as there. */
export const responseOf = (answer: FunctionAnswer): Response => {
  if (Buffer.byteLength(JSON.stringify(answer)) > PAYLOAD_BYTES_MAX)
    return Response.json({ message: 'Internal server error' }, { status: 502 });
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers.set(name, String(value));
  for (const [name, values] of Object.entries(answer.multiValueHeaders ?? {})) for (const value of values) headers.append(name, value);
  for (const cookie of answer.cookies ?? []) headers.append('Set-Cookie', cookie);
  const bytes = Buffer.from(answer.body ?? '', answer.isBase64Encoded === true ? 'base64' : 'utf8');
  const hasNoBody = [204, 205, 304].includes(answer.statusCode);
  return new Response(hasNoBody ? null : bytes, { status: answer.statusCode, headers });
};
