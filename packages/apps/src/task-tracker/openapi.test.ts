import { Validator } from '@seriousme/openapi-schema-validator';
import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTaskServer } from './task-server.suite.ts';

const readFile = async (): Promise<JsonObject> => (await (await openTaskServer()).call('GET', '/openapi.json')).body;

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);

describe('GET /openapi.json', () => {
  test('is OpenAPI 3.1, as an independent validator reads it, and names every route', async () => {
    const file = await readFile();
    const result = await new Validator().validate(JSON.parse(JSON.stringify(file)));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    const routes = Object.entries(asObject(file.paths)).flatMap(([path, methods]) =>
      Object.keys(asObject(methods)).map((one) => `${one} ${path}`),
    );
    expect(routes.sort()).toEqual([
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

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Values for a schema of the file: mostly such as fit, some that do not. */
const valuesFor = (schema: JsonObject): fc.Arbitrary<Json> => {
  const hostile = fc.oneof(fc.constantFrom<Json>(null, '', 'x'.repeat(300), '\u0000', [], {}, -1, 1e21, { toString: null }), fc.string());
  return fc.oneof({ weight: 5, arbitrary: fitting(schema) }, { weight: 1, arbitrary: hostile });
};

const fitting = (schema: JsonObject): fc.Arbitrary<Json> => {
  const { enum: values, const: only, anyOf, type, format, items, properties } = schema;
  if (values !== undefined) return fc.constantFrom(...asList(values));
  if (only !== undefined) return fc.constant(only);
  if (anyOf !== undefined) return fc.oneof(...asList(anyOf).map((one) => valuesFor(asObject(one))));
  const kind = Array.isArray(type) ? type[0] : type;
  if (kind === 'object') {
    const members = Object.entries(asObject(properties)).map(([name, one]) => [name, valuesFor(asObject(one))]);
    return fc.record(Object.fromEntries(members), { requiredKeys: [] }).map((value): Json => JSON.parse(JSON.stringify(value)));
  }
  if (kind === 'array') return fc.array(valuesFor(asObject(items)), { maxLength: 4 });
  if (kind === 'boolean') return fc.boolean();
  if (kind === 'integer' || kind === 'number') return fc.integer({ min: -1, max: 300 });
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  return fc.string({ unit: 'binary', maxLength: 250 });
};

test('requests made from the file never cause a fault of the server', { timeout: 120_000 }, async () => {
  const server = await openTaskServer();
  const file = (await server.call('GET', '/openapi.json')).body;
  const ids = [String((await server.task()).taskId), await server.category('Home')];
  const endpoints = Object.entries(asObject(file.paths)).flatMap(([path, methods]) =>
    Object.entries(asObject(methods)).map(([method, one]) => ({ path, method: method.toUpperCase(), endpoint: asObject(one) })),
  );
  const requests = fc.constantFrom(...endpoints).chain(({ path, method, endpoint }) => {
    const named = (where: string) =>
      asList(endpoint.parameters)
        .map(asObject)
        .filter((one) => one.in === where);
    const texts = (where: string) =>
      fc
        .record(Object.fromEntries(named(where).map((one) => [String(one.name), valuesFor(asObject(one.schema)).map(asText)])), {
          requiredKeys: [],
        })
        .map((given) => Object.entries(given).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])));
    const body = asObject(asObject(asObject(asObject(endpoint.requestBody).content)['application/json']).schema);
    return fc.record({
      method: fc.constant(method),
      path: fc.oneof(fc.constantFrom(...ids), fc.string()).map((id) => path.replace('{id}', encodeURIComponent(id) || '%20')),
      query: texts('query'),
      headers: texts('header'),
      body: endpoint.requestBody === undefined ? fc.constant(undefined) : valuesFor(body),
    });
  });
  await fc.assert(
    fc.asyncProperty(requests, async ({ method, path, query, headers, body }) => {
      const sent = Object.fromEntries(headers.filter(([, value]) => /^[\x20-\x7e]*$/.test(value)));
      const answer = await server.call(method, `${path}?${new URLSearchParams(query)}`, body, sent);
      expect(answer.status, answer.text).toBeLessThan(500);
    }),
    { numRuns: 600 },
  );
});
