import { gunzipSync } from 'node:zlib';
import type { createHttpApp } from '@tidemark/server';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { type GatewayEvent, serveGateway } from './gateway.ts';

type HttpApp = ReturnType<typeof createHttpApp>;

const env = { uuid: () => 'a-correlation-id' };
const CONTEXT = {
  accountId: '1',
  apiId: 'api',
  authorizer: {},
  domainName: 'api.example',
  domainPrefix: 'api',
  requestId: 'r',
  timeEpoch: 0,
};

/** Lambda gets its events as JSON. */
const overTheWire = (event: object): GatewayEvent => JSON.parse(JSON.stringify(event));

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  readonly base64?: boolean;
  readonly headers?: { readonly [name: string]: readonly string[] };
  readonly query?: { readonly [name: string]: readonly string[] };
  readonly stage?: string;
}

/** As a REST API sends it: a decoded path without the stage, headers and query with all their values. */
const restEvent = ({ method = 'GET', path, body, base64 = false, headers = {}, query = {}, stage = 'prod' }: Asked): GatewayEvent => {
  const first = (all: { readonly [name: string]: readonly string[] }) =>
    Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values.at(-1) ?? '']));
  const lists = (all: { readonly [name: string]: readonly string[] }) =>
    Object.fromEntries(Object.entries(all).map(([name, values]) => [name, [...values]]));
  const identity = { accessKey: null, accountId: null, caller: null, clientCert: undefined, sourceIp: '203.0.113.9', userAgent: 'test' };
  return overTheWire({
    version: '1.0',
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: first(headers),
    multiValueHeaders: lists(headers),
    queryStringParameters: first(query),
    multiValueQueryStringParameters: lists(query),
    body: body ?? null,
    isBase64Encoded: base64,
    requestContext: { ...CONTEXT, stage, path: `/${stage}${path}`, httpMethod: method, protocol: 'HTTP/1.1', identity },
  });
};

/** As an HTTP API sends it: the stage stands before the path, values of one header are joined. */
const httpEvent = ({ method = 'GET', path, body, base64 = false, headers = {}, query = {}, stage = '$default' }: Asked): GatewayEvent => {
  const rawPath = stage === '$default' ? path : `/${stage}${path}`;
  const http = { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.9', userAgent: 'test' };
  return overTheWire({
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: Object.entries(query)
      .flatMap(([name, values]) => values.map((value) => `${name}=${encodeURIComponent(value)}`))
      .join('&'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(',')])),
    body: body ?? null,
    isBase64Encoded: base64,
    requestContext: { ...CONTEXT, routeKey: '$default', stage, time: '', authentication: null, http },
  });
};

const KINDS = [
  ['a REST API', restEvent],
  ['an HTTP API', httpEvent],
] as const;

/** A server that tells what it was asked. */
const telling = (answer?: () => Response): HttpApp => {
  const http: HttpApp = new Hono();
  http.all('*', async (c) => {
    if (answer !== undefined) return answer();
    const url = new URL(c.req.url);
    return c.json({
      method: c.req.method,
      path: url.pathname,
      tags: url.searchParams.getAll('tag'),
      accept: c.req.header('Accept') ?? '',
      bytes: [...Buffer.from(await c.req.arrayBuffer())],
      peer: c.env.peerAddress ?? '',
    });
  });
  return http;
};

const told = async (event: GatewayEvent, basePath = '') => {
  const answered = await serveGateway(telling(), basePath, env)(event);
  expect(answered.statusCode).toBe(200);
  const value: Record<string, unknown> = JSON.parse(answered.body);
  return value;
};

test.each(KINDS)('%s: stage and base path are no part of the address', async (_, event) => {
  expect(await told(event({ path: '/tasks/1', stage: 'prod' }))).toMatchObject({ path: '/tasks/1', peer: '203.0.113.9' });
  expect(await told(event({ path: '/sync/tasks', stage: '$default' }), '/sync')).toMatchObject({ path: '/tasks' });
  expect(await told(event({ path: '/syncing', stage: '$default' }), '/sync')).toMatchObject({ path: '/syncing' });
  expect(await told(event({ path: '/products', stage: 'prod' }))).toMatchObject({ path: '/products' });
});

test.each(KINDS)('%s: what the gateway decoded does not become another address', async (_, event) => {
  expect(await told(event({ path: '/tasks/100% sure?#1' }))).toMatchObject({ path: '/tasks/100%25%20sure%3F%231' });
  expect(await told(event({ path: '/tasks/a%2Fb' }))).toMatchObject({ path: '/tasks/a%2Fb' });
});

test.each(KINDS)('%s: values that come several times all arrive', async (_, event) => {
  const asked = event({ path: '/tasks', query: { tag: ['a&b', 'c d'] }, headers: { accept: ['text/csv', 'application/json'] } });
  expect(await told(asked)).toMatchObject({ tags: ['a&b', 'c d'], accept: expect.stringMatching(/^text\/csv, ?application\/json$/) });
});

test.each(KINDS)('%s: a body arrives byte by byte, Base64 or not, and a GET has none', async (_, event) => {
  const bytes = [0, 255, 10, 195, 188];
  const body = Buffer.from(bytes).toString('base64');
  expect(await told(event({ method: 'POST', path: '/', body, base64: true }))).toMatchObject({ bytes });
  expect(await told(event({ method: 'POST', path: '/', body: 'ü' }))).toMatchObject({ bytes: [195, 188] });
  expect(await told(event({ method: 'GET', path: '/', body: 'ü' }))).toMatchObject({ bytes: [] });
});

const answeredBytes = ({ body, isBase64Encoded }: { readonly body: string; readonly isBase64Encoded: boolean }): Buffer =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

test.each(KINDS)('%s: a CSV export keeps every byte, its mark at the beginning too', async (_, event) => {
  const csv = Buffer.from('\uFEFFtitle\r\nMüsli\r\n');
  const serve = serveGateway(
    telling(() => new Response(csv, { headers: { 'Content-Type': 'text/csv; charset=utf-8' } })),
    '',
    env,
  );
  const answered = await serve(event({ path: '/tasks/export' }));
  expect(answered.isBase64Encoded).toBe(true);
  expect(answeredBytes(answered).equals(csv)).toBe(true);
});

test.each(KINDS)('%s: cookies and other headers of an answer go out', async (_, event) => {
  const serve = serveGateway(
    telling(
      () =>
        new Response('{}', {
          headers: [
            ['Content-Type', 'application/json'],
            ['ETag', '"1"'],
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
          ],
        }),
    ),
    '',
    env,
  );
  const answered = await serve(event({ path: '/' }));
  const isRest = answered.multiValueHeaders !== undefined;
  expect(isRest ? answered.multiValueHeaders : answered.headers).toMatchObject({ etag: isRest ? ['"1"'] : '"1"' });
  expect(isRest ? answered.multiValueHeaders : answered).toMatchObject(
    isRest ? { 'set-cookie': ['a=1', 'b=2'] } : { cookies: ['a=1', 'b=2'] },
  );
});

test.each(KINDS)('%s: a large answer is compressed for who takes it, and refused by name where it does not fit', async (_, event) => {
  const large = JSON.stringify({ text: 'x'.repeat(5_000_000) });
  const serve = serveGateway(
    telling(() => new Response(large, { headers: { 'Content-Type': 'application/json', 'X-Correlation-Id': 'id-1' } })),
    '',
    env,
  );
  const packed = await serve(event({ path: '/', headers: { 'accept-encoding': ['gzip, br'] } }));
  expect(gunzipSync(answeredBytes(packed)).toString()).toBe(large);
  const refused = await serve(event({ path: '/' }));
  expect(refused.statusCode).toBe(503);
  expect(JSON.parse(refused.body)).toEqual({
    error: { code: 'UNAVAILABLE', message: expect.stringContaining('gzip'), correlationId: 'id-1' },
  });
});
