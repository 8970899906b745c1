import type { JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asList, asObject, nativeRoutesOf, requestsFrom, soundRoutesOf } from './openapi-requests.suite.ts';
import { openTaskServer } from './task-server.suite.ts';

const readFile = async (): Promise<JsonObject> => (await (await openTaskServer()).call('GET', '/openapi.json')).body;

describe('GET /openapi.json', () => {
  test('is OpenAPI 3.1, as an independent validator reads it, and names every route', async () => {
    const file = await readFile();
    expect(await soundRoutesOf(file)).toEqual([
      'delete /categories/{id}',
      'delete /tasks/{id}',
      'get /categories',
      'get /categories/{id}',
      'get /tasks',
      'get /tasks/export.csv',
      'get /tasks/{id}',
      'patch /categories/{id}',
      'patch /tasks/{id}',
      'post /categories',
      'post /tasks',
      'post /tasks/bulk',
      'put /categories/{id}',
      'put /tasks/{id}',
    ]);
    expect(nativeRoutesOf(file).sort()).toEqual([
      'delete /devices/{clientId}',
      'get /devices',
      'get /export',
      'get /sync/conflicts',
      'get /sync/digest',
      'get /sync/history',
      'get /sync/live',
      'get /sync/session',
      'get /sync/state',
      'get /sync/stream',
      'patch /devices/{clientId}',
      'post /import',
      'post /sync',
      'post /sync/conflicts/{id}/resolve',
      'post /sync/pull',
      'post /sync/push',
      'post /sync/restore',
    ]);
    expect(Object.keys(asObject(asObject(file.components).schemas)).sort()).toEqual(['Category', 'Error', 'Problem', 'Task']);
  });

  test('says what the schemas check', async () => {
    const paths = asObject((await readFile()).paths);
    const body = asObject(
      asObject(asObject(asObject(asObject(asObject(paths['/tasks']).post).requestBody).content)['application/json']).schema,
    );
    expect(body).toMatchObject({
      required: expect.arrayContaining(['title', 'priority']),
      additionalProperties: false,
      properties: { title: { type: 'string', minLength: 1, maxLength: 200 }, priority: { enum: ['low', 'medium', 'high'] } },
    });
    expect(asList(body.required)).not.toContain('completed');
    const parameters = asList(asObject(asObject(paths['/sync/conflicts']).get).parameters).map(asObject);
    expect(parameters.map(({ name, required = false }) => [name, required])).toEqual([
      ['state', false],
      ['after', false],
      ['limit', false],
    ]);
  });
});

test('GET /docs is one page that names every route and loads nothing', async () => {
  const { call } = await openTaskServer();
  const page = await call('GET', '/docs', undefined, { Authorization: '' });
  expect(page.headers.get('Content-Type')).toContain('text/html');
  for (const text of [
    '/tasks/export.csv',
    'Idempotency-Key',
    'CATEGORY_IN_USE',
    'low | medium | high',
    'string, 1 to 200',
    '<h3>Task</h3>',
  ]) {
    expect(page.text.toLowerCase()).toContain(text.toLowerCase());
  }
  expect(page.text).not.toMatch(/<script|<link|src=|https?:\/\//);
});

test('requests made from the file never cause a fault of the server', { timeout: 120_000 }, async () => {
  const server = await openTaskServer();
  const file = (await server.call('GET', '/openapi.json')).body;
  const ids = [String((await server.task()).taskId), await server.category('Home')];
  await fc.assert(
    fc.asyncProperty(requestsFrom(file, ids, {}, { native: true }), async ({ method, path, query, headers, body }) => {
      const sent = Object.fromEntries(headers.filter(([, value]) => /^[\x20-\x7e]*$/.test(value)));
      const answer = await server.call(method, `${path}?${new URLSearchParams(query)}`, body, sent);
      expect(answer.status, answer.text).toBeLessThan(500);
    }),
    { numRuns: 1_000 },
  );
});
