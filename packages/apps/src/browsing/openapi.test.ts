import type { Json } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asObject, type Hints, requestsFrom, soundRoutesOf } from '../task-tracker/openapi-requests.suite.ts';
import { aggregateOf, openBrowsingServer, PASSWORD, visitAt } from './browsing-server.suite.ts';

const readFile = async () => (await (await openBrowsingServer()).call('GET', '/openapi.json')).body;

describe('GET /openapi.json', () => {
  test('is OpenAPI 3.1, as an independent validator reads it, and names every route', async () => {
    const file = await readFile();
    expect(await soundRoutesOf(file)).toEqual([
      'delete /api/data',
      'get /api/auth/me',
      'get /api/insights/daily',
      'get /api/insights/hours',
      'get /api/insights/top-sites',
      'get /api/insights/weekly',
      'get /api/page-visits',
      'get /api/tab-aggregates',
      'get /api/v1/auth/me',
      'post /api/auth/login',
      'post /api/auth/logout',
      'post /api/auth/refresh',
      'post /api/auth/register',
      'post /api/sync/page-visits',
      'post /api/sync/tab-aggregates',
      'post /api/v1/auth/login',
      'post /api/v1/auth/logout',
      'post /api/v1/auth/refresh',
      'post /api/v1/auth/register',
      'post /api/v1/data/sync',
      'post /api/v1/resend-verification',
      'post /api/v1/verify-email',
    ]);
  });

  test('says which routes ask for a token, and how each words a refusal', async () => {
    const paths = asObject((await readFile()).paths);
    const described = (path: string, method: string) => asObject(asObject(paths[path])[method]);
    expect(described('/api/v1/auth/login', 'post').security).toEqual([]);
    expect(described('/api/v1/auth/me', 'get').security).toEqual([{ bearer: [] }]);
    expect(described('/api/v1/data/sync', 'post').security).toBe(undefined);
    const errorOf = (path: string) => JSON.stringify(asObject(asObject(described(path, 'post').responses)['413']).content);
    expect(errorOf('/api/v1/data/sync')).toContain('#/components/schemas/V1Error');
    expect(errorOf('/api/sync/page-visits')).toContain('#/components/schemas/Error');
  });
});

test('GET /docs is one page that names every route and loads nothing', async () => {
  const { call } = await openBrowsingServer();
  const page = await call('GET', '/docs', undefined, '');
  for (const text of ['/api/v1/data/sync', '/api/insights/top-sites', 'PageVisit', 'EMAIL_TAKEN']) expect(page.text).toContain(text);
  expect(page.text).not.toMatch(/<script|<link|src=|https?:\/\//);
});

/** A record with some of its members replaced by anything. */
const spoilt = (record: object): fc.Arbitrary<Json> =>
  fc
    .dictionary(fc.constantFrom(...Object.keys(record)), fc.jsonValue(), { maxKeys: 2 })
    .map((bad): Json => JSON.parse(JSON.stringify({ ...record, ...bad })));
const records = (make: (i: number) => object): fc.Arbitrary<Json> =>
  fc.array(
    fc.oneof(
      fc.nat(20).map((i): Json => JSON.parse(JSON.stringify(make(i)))),
      fc.nat(20).chain((i) => spoilt(make(i))),
      fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value))),
    ),
    { maxLength: 4 },
  );
const visits = records(visitAt);
const aggregates = records(aggregateOf);
const HINTS: Hints = {
  visits,
  aggregates,
  pageVisits: visits,
  tabAggregates: aggregates,
  email: fc.constantFrom('ada@example.com', 'nobody@example.com', 'nobody'),
  password: fc.constantFrom(PASSWORD, 'short'),
};

test('requests made from the file never cause a fault of the server, and every answer is as the file says', {
  timeout: 120_000,
}, async () => {
  const server = await openBrowsingServer();
  const registered = await server.call('POST', '/api/auth/register', { email: 'ada@example.com', password: PASSWORD }, '');
  const { accessToken } = registered.body;
  const file = (await server.call('GET', '/openapi.json')).body;
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(requestsFrom(file, [], HINTS), fc.constantFrom('test-ada', String(accessToken), ''), async (request, token) => {
      const { method, path, query, body } = request;
      const answer = await server.call(method, `${path}?${new URLSearchParams(query)}`, body, token);
      statuses.add(answer.status);
      expect(answer.status, answer.text).toBeLessThan(500);
    }),
    { numRuns: 600 },
  );
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 409]));
});
